/** Names of regions as a table's rows or the board's choices give them. */
import type { Query } from '@/api/client'
import type { Board } from '@/api/types'
import { pick, type Locale } from '@/format/locale'
import type { Row } from '@/panel/table'
import type { Overview } from './use_overview'

export function regionTitle(board: Board | null, code: string | null, locale: Locale): string {
  const choice = board?.choices['region_code']?.find(({ value }) => value === code)
  return choice === undefined ? (code ?? '') : pick(choice.title, locale)
}

/** The chosen region where it is one of several; `null` while the whole is chosen, which no row of a list is. */
export function chosenPart(board: Board | null): string | null {
  const code = board?.parameters['region_code'] ?? null
  return code === board?.choices['region_code']?.[0]?.value ? null : code
}

/** The region's name in a row, in the chosen language if the row has it. */
export function regionOf(row: Row, locale: Locale): string {
  const names = locale === 'en' ? ['region_name_en', 'region_name'] : ['region_name']
  return row.firstText(...names, 'region_code') ?? ''
}

/** The question of one region's year, as an explanation is asked. */
export function regionYear(overview: Overview, region: string | null, year: number | string | null): Query {
  const when = year === null ? undefined : String(year)
  return {
    'filter.region_code': region ?? undefined,
    from: when,
    to: when,
    as_of: overview.question.value?.['as_of'],
  }
}
