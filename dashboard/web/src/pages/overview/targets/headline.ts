/** The sentence over the four targets. */
import { abs } from '@/format/decimal'
import type { Locale } from '@/format/locale'
import { smallNumber } from '@/format/title'
import { formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import { metricKey, type Target } from './targets'

export function targetsHeadline(targets: readonly Target[], locale: Locale): string | null {
  if (targets.length === 0) return null
  const t = translator(locale)
  const number = (count: number) => smallNumber(count, locale)
  const bad = targets.filter(({ verdict }) => verdict === 'bad')
  const good = targets.filter(({ verdict }) => verdict === 'good').length
  const waiting = targets.length - good - bad.length
  const total = number(targets.length)

  if (waiting === targets.length) return t('targets_all_waiting', { total })
  if (good === targets.length) return t('targets_all', { total })
  const first =
    good === 0 && waiting === 0
      ? t('targets_none', { total })
      : t('targets_some', { total, good: locale === 'en' ? capital(number(good)) : number(good) })
  const parts = [first, overClause(bad, locale), waiting === 0 ? '' : t('targets_waiting', { count: number(waiting) })]
  return parts.filter((part) => part !== '').join(t('join_comma'))
}

/** One that is over is named with its gap, several by their names: their gaps stand in the cards. */
function overClause(bad: readonly Target[], locale: Locale): string {
  const t = translator(locale)
  const name = ({ metric }: Target) => {
    const key = metricKey(metric)
    return key === null ? metric : sentenceName(t(key), locale)
  }
  const [first, ...others] = bad
  if (first === undefined) return ''
  if (others.length > 0) return t('targets_over_many', { names: bad.map(name).join(t('join_list')) })
  const gap = first.gapPct === null ? null : abs(first.gapPct)
  return t('targets_over', { name: name(first), pct: formatValue(gap, { locale, unit: '%', places: 1 }).text })
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

/** English titles begin with a capital that does not belong inside a sentence. */
function sentenceName(title: string, locale: Locale): string {
  return locale === 'en' ? title.charAt(0).toLowerCase() + title.slice(1) : title
}
