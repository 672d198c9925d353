/** Rows of one target to the two paths of its sparkline. */
import type { Row } from '@/panel/table'
import { toNumber } from '@/format/decimal'

export interface PathPoint {
  readonly year: number
  /** For the height of a point only. */
  readonly value: number | null
  readonly allowed: number | null
}

/** One point a year, oldest first; years after the target's are not part of its path. */
export function pathOf(rows: readonly Row[]): readonly PathPoint[] {
  return rows.flatMap((row) => {
    const year = row.integer('year')
    const last = row.integer('target_year')
    if (year === null || (last !== null && year > last)) return []
    const value = row.decimal('value')
    const allowed = row.decimal('allowed_value')
    return [{ year, value: value && toNumber(value), allowed: allowed && toNumber(allowed) }]
  })
}
