/** Names of regions as a table's rows or the board's choices give them. */
import type { Board } from '@/api/types'
import { pick, type Locale } from '@/format/locale'
import { translator } from '@/i18n/i18n'
import type { Row } from '@/panel/table'

export function regionTitle(board: Board | null, code: string | null, locale: Locale): string {
  const choice = board?.choices['region_code']?.find(({ value }) => value === code)
  return choice === undefined ? (code ?? '') : pick(choice.title, locale)
}

/** The chosen region where it is one of several; `null` while the whole is chosen, which no row of a list is. */
export function chosenPart(board: Board | null): string | null {
  const code = board?.parameters['region_code'] ?? null
  return code === board?.choices['region_code']?.[0]?.value ? null : code
}

/**
 * The region's name in a row, in the chosen language if the row has it. In a list of regions, the code of the region
 * above them all stands for the organisations of its own level (市本级).
 */
export function regionOf(row: Row, board: Board | null, locale: Locale): string {
  const choices = board?.choices['region_code'] ?? []
  if (choices.length > 1 && row.text('region_code') === choices[0]?.value) return translator(locale)('own_level')
  const names = locale === 'en' ? ['region_name_en', 'region_name'] : ['region_name']
  return row.firstText(...names, 'region_code') ?? ''
}
