/** The one formatter of titles: months, periods, publications and columns as people read them. */
import { pick, type Locale, type Titles } from './locale'
import { unitName } from './unit'

const ENGLISH_MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** The month's number, 1 to 12, of a `YYYY-MM`; `null` when it is none. */
export function monthNumber(month: string): number | null {
  const match = /^\d{4}-(0[1-9]|1[0-2])$/.exec(month)
  return match === null ? null : Number(match[1])
}

export function yearOf(month: string): string {
  return month.slice(0, 4)
}

/** `2026-10` is 10月, or Oct. */
export function monthTitle(month: string, locale: Locale): string {
  const number = monthNumber(month)
  return number === null ? month : monthOfYearTitle(number, locale)
}

export function monthOfYearTitle(number: number, locale: Locale): string {
  return locale === 'zh' ? `${number}月` : (ENGLISH_MONTHS[number - 1] ?? String(number))
}

/** `2026-10` is 2026年10月, or Oct 2026. */
export function yearMonthTitle(month: string, locale: Locale): string {
  const number = monthNumber(month)
  if (number === null) return month
  return locale === 'zh' ? `${yearOf(month)}年${number}月` : `${monthOfYearTitle(number, locale)} ${yearOf(month)}`
}

/** January to the month given: 1—10月, or Jan–Oct; a whole year is 全年, or full year. */
export function toDateTitle(month: string, locale: Locale): string {
  const number = monthNumber(month)
  if (number === null) return month
  if (number === 12) return locale === 'zh' ? '全年' : 'Full year'
  if (number === 1) return monthOfYearTitle(1, locale)
  return locale === 'zh' ? `1—${number}月` : `Jan–${monthOfYearTitle(number, locale)}`
}

export function yearTitle(year: number | string, locale: Locale): string {
  return locale === 'zh' ? `${year}年` : String(year)
}

/** A column's heading with its unit in brackets, so that cells need none. */
export function columnTitle(column: { title: Titles; unit: string | null }, locale: Locale): string {
  const title = pick(column.title, locale)
  const unit = column.unit === null ? '' : unitName(column.unit, locale)
  if (unit === '') return title
  return locale === 'zh' ? `${title}（${unit}）` : `${title} (${unit})`
}

/** An instant as the city's clock shows it: 2026-11-24 02:10. */
export function instantTitle(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  const parts = new Intl.DateTimeFormat('sv-SE', {
    timeZone: 'Asia/Shanghai',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  return parts.format(date)
}

/** Small numbers as Chinese and English sentences spell them: 四项, three targets. */
export function smallNumber(count: number, locale: Locale): string {
  const words = locale === 'zh' ? '零一二三四五六七八九十' : null
  if (words !== null) return (count === 2 ? '两' : words[count]) ?? String(count)
  return ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'][count] ?? String(count)
}
