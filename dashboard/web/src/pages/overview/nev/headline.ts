/** The sentence over the new-energy vehicles. */
import { sameMonthLastYear, type NevMonth } from '@/charts/nev_share/data'
import type { Locale } from '@/format/locale'
import { yearMonthTitle } from '@/format/title'
import { formatCount, formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import { joinClauses } from '../sentence'

export function nevHeadline(months: readonly NevMonth[], locale: Locale): string | null {
  const last = months.at(-1)
  if (last === undefined || last.share === null || last.nev === null) return null
  const t = translator(locale)
  const percent = (month: NevMonth) => formatValue(month.share, { locale, unit: '%', places: 1 }).text
  const before = sameMonthLastYear(months, last.month)
  return joinClauses(
    [
      t('nev_headline', { month: yearMonthTitle(last.month, locale), nev: formatCount(last.nev, locale), share: percent(last) }),
      before?.share == null ? null : t('nev_before', { share: percent(before) }),
    ],
    locale,
  )
}
