/** The sentence over the operating cost. */
import { compare, type Decimal } from '@/format/decimal'
import type { Locale } from '@/format/locale'
import { monthNumber, toDateTitle } from '@/format/title'
import { formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { Row } from '@/panel/table'
import { changeClause, joinClauses } from '../sentence'

/** How much of the year has passed at the end of a month, in per cent with one place (序时进度). */
export function timePassed(month: string): Decimal | null {
  const number = monthNumber(month)
  return number === null ? null : { digits: (BigInt(number) * 1000n + 6n) / 12n, scale: 1 }
}

export function costHeadline(row: Row, month: string, unit: string | null, locale: Locale): string {
  const t = translator(locale)
  const amount = formatValue(row.decimal('current_yuan'), { locale, unit }).text
  const spent = t('cost_headline', { period: toDateTitle(month, locale), amount })
  const change = changeClause(row.decimal('change_pct'), locale)
  return joinClauses([joinClauses([spent, change], locale), budgetClause(row, month, locale)], locale, 'join_semicolon')
}

function budgetClause(row: Row, month: string, locale: Locale): string | null {
  const used = row.decimal('budget_used_pct')
  const passed = timePassed(month)
  if (used === null || passed === null) return null
  const percent = (value: Decimal) => formatValue(value, { locale, unit: '%', places: 1 }).text
  const named = { used: percent(used), passed: percent(passed) }
  if (monthNumber(month) === 12) return translator(locale)('cost_budget_whole', named)
  return translator(locale)(compare(used, passed) > 0 ? 'cost_budget_above' : 'cost_budget_below', named)
}
