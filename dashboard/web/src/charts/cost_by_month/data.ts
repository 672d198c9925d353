/** Monthly rows of two years to twelve pairs. */
import type { Decimal } from '@/format/decimal'
import { monthNumber, yearOf } from '@/format/title'
import type { PanelTable } from '@/panel/table'

export interface MonthPair {
  /** 1 to 12. */
  readonly month: number
  readonly current: Decimal | null
  readonly previous: Decimal | null
}

/** Always twelve months, so that the months to come stand empty at the right. */
export function monthPairs(table: PanelTable, year: string): readonly MonthPair[] {
  const current = new Map<number, Decimal | null>()
  const previous = new Map<number, Decimal | null>()
  for (const row of table.rows) {
    const month = row.text('month')
    const number = month === null ? null : monthNumber(month)
    if (month === null || number === null) continue
    const target = yearOf(month) === year ? current : previous
    target.set(number, row.decimal('operating_cost_yuan'))
  }
  return Array.from({ length: 12 }, (_, index) => ({
    month: index + 1,
    current: current.get(index + 1) ?? null,
    previous: previous.get(index + 1) ?? null,
  }))
}
