/** Rows of `reporting_by_month` to a table of regions by months. */
import type { Locale } from '@/format/locale'
import { monthNumber } from '@/format/title'
import type { PanelTable } from '@/panel/table'
import { regionOf } from '../region'

export interface MatrixCell {
  readonly month: string
  readonly expected: number | null
  readonly missing: number | null
  readonly late: number | null
  /** How dark the cell is: 0 nothing missing, then by share of those due up to 4. */
  readonly level: 0 | 1 | 2 | 3 | 4
}

export interface MatrixRow {
  readonly code: string
  readonly name: string
  /** January to December; `null` where nothing was due. */
  readonly cells: readonly (MatrixCell | null)[]
}

export function missingMatrix(table: PanelTable, locale: Locale): readonly MatrixRow[] {
  const regions = new Map<string, { name: string; cells: (MatrixCell | null)[] }>()
  for (const row of table.rows) {
    const code = row.text('region_code') ?? ''
    const month = row.text('month') ?? ''
    const number = monthNumber(month)
    if (number === null) continue
    const region = regions.get(code) ?? { name: regionOf(row, locale), cells: Array.from({ length: 12 }, () => null) }
    const expected = row.integer('expected_count')
    const missing = row.integer('missing_count')
    region.cells[number - 1] = { month, expected, missing, late: row.integer('late_count'), level: level(missing, expected) }
    regions.set(code, region)
  }
  return [...regions].map(([code, { name, cells }]) => ({ code, name, cells }))
}

/** Steps that a leader can tell apart: up to 2 %, 5 %, 10 % and more of those due. */
function level(missing: number | null, expected: number | null): MatrixCell['level'] {
  if (missing === null || missing === 0 || expected === null || expected === 0) return 0
  const percent = (100 * missing) / expected
  return percent <= 2 ? 1 : percent <= 5 ? 2 : percent <= 10 ? 3 : 4
}
