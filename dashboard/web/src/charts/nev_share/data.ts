/** Monthly rows to the share of new-energy vehicles in the stock. */
import type { Decimal } from '@/format/decimal'
import type { PanelTable } from '@/panel/table'

export interface NevMonth {
  readonly month: string
  readonly share: Decimal | null
  readonly nev: number | null
  readonly vehicles: number | null
}

export function nevMonths(table: PanelTable): readonly NevMonth[] {
  return table.rows.flatMap((row) => {
    const month = row.text('month')
    if (month === null) return []
    return [{ month, share: row.decimal('nev_share_pct'), nev: row.integer('nev_count'), vehicles: row.integer('vehicle_count') }]
  })
}

/** The month twelve before the given one, if it is among the rows. */
export function sameMonthLastYear(months: readonly NevMonth[], month: string): NevMonth | null {
  const wanted = `${Number(month.slice(0, 4)) - 1}${month.slice(4)}`
  return months.find((candidate) => candidate.month === wanted) ?? null
}
