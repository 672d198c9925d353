/** A run's ledger to the two sides of a balance. */
import type { RunSummary } from '@/api/types'

/** Where rows go, in the order in which they are drawn. */
export const PARTS = ['inserted', 'updated', 'unchanged', 'duplicate', 'quarantined'] as const
export type Part = (typeof PARTS)[number]

export interface LedgerPart {
  readonly part: Part
  readonly rows: number
  /** What is drawn: a few rows among a million would not be seen at their true length. */
  readonly drawn: number
}

export interface Ledger {
  readonly read: number
  readonly accounted: number
  readonly parts: readonly LedgerPart[]
  /** The length of the greater side as it is drawn. */
  readonly length: number
}

/** The least share of the whole that a part which is there is drawn with. */
const SEEN = 0.012

export function ledgerOf(run: RunSummary): Ledger {
  const rows = PARTS.map((part) => ({ part, rows: run[part] }))
  const accounted = rows.reduce((sum, part) => sum + part.rows, 0)
  const whole = Math.max(run.read, accounted)
  const least = whole * SEEN
  // What small parts are drawn too long is taken from those that have enough.
  const lent = rows.reduce((sum, part) => sum + (part.rows > 0 ? Math.max(0, least - part.rows) : 0), 0)
  const rich = rows.reduce((sum, part) => sum + (part.rows > least ? part.rows : 0), 0)
  const parts = rows.map(({ part, rows: count }) => {
    if (count === 0) return { part, rows: 0, drawn: 0 }
    return { part, rows: count, drawn: count <= least ? least : count - (lent * count) / rich }
  })
  return { read: run.read, accounted, parts, length: whole }
}
