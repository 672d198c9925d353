/** Parts of sentences that several headlines share. */
import { abs, round, sign, type Decimal } from '@/format/decimal'
import type { Locale } from '@/format/locale'
import { formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'

/** 同比下降 2.4%; `null` when there is nothing to compare with. */
export function changeClause(change: Decimal | null, locale: Locale): string | null {
  if (change === null) return null
  const t = translator(locale)
  const direction = sign(round(change, 1))
  if (direction === 0) return t('change_flat')
  const pct = formatValue(abs(change), { locale, unit: '%', places: 1 }).text
  return t(direction < 0 ? 'change_down' : 'change_up', { pct })
}

export function joinClauses(clauses: readonly (string | null)[], locale: Locale, key: 'join_comma' | 'join_semicolon' = 'join_comma'): string {
  return clauses.filter((clause) => clause !== null && clause !== '').join(translator(locale)(key))
}
