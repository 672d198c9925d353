/** The sentence over the carbon. */
import type { Decimal } from '@/format/decimal'
import type { Locale } from '@/format/locale'
import { toDateTitle } from '@/format/title'
import { formatValue, scaleOf } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { PanelTable } from '@/panel/table'
import { changeClause, joinClauses } from '../sentence'

/** Whole tonnes are fine enough for a sentence; a scaled unit chooses its own places. */
function tonnes(value: Decimal | null, unit: string | null, locale: Locale): string {
  const scale = scaleOf([value], unit, locale)
  return formatValue(value, { locale, unit, scale, places: scale.shift === 0 ? 0 : undefined }).text
}

export function carbonHeadline(table: PanelTable, month: string, locale: Locale): string | null {
  const row = table.rows[0]
  const fixed = row?.decimal('co2_fixed_t') ?? null
  if (row === undefined || fixed === null) return null
  const t = translator(locale)
  const print = (name: string) => tonnes(row.decimal(name), table.unit(name), locale)
  const emitted = t('carbon_headline', { period: toDateTitle(month, locale), amount: print('co2_fixed_t') })
  const other = row.decimal('co2_year_t') === null ? null : t('carbon_other', { amount: print('co2_year_t') })
  const first = joinClauses([emitted, changeClause(row.decimal('co2_fixed_change_pct'), locale)], locale)
  return joinClauses([first, other], locale, 'join_semicolon')
}
