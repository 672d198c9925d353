/** The sentence over the reporting: who has not sent the newest month. */
import type { Locale } from '@/format/locale'
import { monthTitle } from '@/format/title'
import { formatCount, formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { Row } from '@/panel/table'
import { joinClauses } from '../sentence'

export function reportingHeadline(row: Row, month: string, locale: Locale): string | null {
  const expected = row.integer('expected_count')
  const missing = row.integer('missing_count')
  if (expected === null || expected === 0 || missing === null) return null
  const t = translator(locale)
  const named = { month: monthTitle(month, locale), expected: formatCount(expected, locale) }
  if (missing === 0) return t('reporting_complete', named)
  const pct = formatValue(row.decimal('complete_pct'), { locale, unit: '%', places: 1 }).text
  return joinClauses(
    [t('reporting_missing', { ...named, missing: formatCount(missing, locale) }), t('reporting_share', { pct })],
    locale,
  )
}
