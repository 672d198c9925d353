/** The sentence over the intensities: who uses most and least energy for a person. */
import { compare } from '@/format/decimal'
import type { Locale } from '@/format/locale'
import { formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { PanelTable, Row } from '@/panel/table'
import { regionOf } from '../region'

export function intensityHeadline(table: PanelTable, year: string, locale: Locale): string | null {
  const known = table.rows.filter((row) => row.decimal('energy_per_capita') !== null)
  const [highest, lowest] = [known.reduce(greater, known[0]), known.reduce(smaller, known[0])]
  if (highest === undefined || lowest === undefined || highest === lowest) return null
  const print = (row: Row) => formatValue(row.decimal('energy_per_capita'), { locale, places: 1 }).text
  return translator(locale)('intensity_headline', {
    year,
    highest: regionOf(highest, locale),
    high: print(highest),
    lowest: regionOf(lowest, locale),
    low: print(lowest),
  })
}

function greater(left: Row | undefined, right: Row): Row {
  return left === undefined || order(right, left) > 0 ? right : left
}

function smaller(left: Row | undefined, right: Row): Row {
  return left === undefined || order(right, left) < 0 ? right : left
}

function order(left: Row, right: Row): number {
  const [first, second] = [left.decimal('energy_per_capita'), right.decimal('energy_per_capita')]
  return first === null || second === null ? 0 : compare(first, second)
}
