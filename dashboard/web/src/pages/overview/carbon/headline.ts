/** The sentence over the carbon. */
import type { Locale } from '@/format/locale'
import { toDateTitle } from '@/format/title'
import { formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { PanelTable } from '@/panel/table'
import { changeClause, joinClauses } from '../sentence'

export function carbonHeadline(table: PanelTable, month: string, locale: Locale): string | null {
  const row = table.rows[0]
  const fixed = row?.decimal('co2_fixed_kg') ?? null
  if (row === undefined || fixed === null) return null
  const t = translator(locale)
  const print = (name: string) => formatValue(row.decimal(name), { locale, unit: table.unit(name) }).text
  const emitted = t('carbon_headline', { period: toDateTitle(month, locale), amount: print('co2_fixed_kg') })
  const other = row.decimal('co2_year_kg') === null ? null : t('carbon_other', { amount: print('co2_year_kg') })
  const first = joinClauses([emitted, changeClause(row.decimal('co2_fixed_change_pct'), locale)], locale)
  return joinClauses([first, other], locale, 'join_semicolon')
}
