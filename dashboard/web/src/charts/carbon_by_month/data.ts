/** Monthly rows to the two carbon series. */
import type { Decimal } from '@/format/decimal'
import type { PanelTable } from '@/panel/table'

export interface CarbonMonth {
  readonly month: string
  readonly fixed: Decimal | null
  readonly yearly: Decimal | null
  /** The month's factor of the year is an earlier year's. */
  readonly isCarriedForward: boolean
}

export function carbonMonths(table: PanelTable): readonly CarbonMonth[] {
  return table.rows.flatMap((row) => {
    const month = row.text('month')
    if (month === null) return []
    return [
      {
        month,
        fixed: row.decimal('co2_fixed_t'),
        yearly: row.decimal('co2_year_t'),
        isCarriedForward: row.boolean('is_carried_forward') === true,
      },
    ]
  })
}
