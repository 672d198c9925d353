/** Rows of `targets` to the four cards: for each metric its newest judged year and the path to it. */
import type { Note } from '@/api/types'
import { pathOf, type PathPoint } from '@/charts/target_path/data'
import type { Verdict } from '@/charts/target_path/option'
import type { Decimal } from '@/format/decimal'
import type { MessageKey } from '@/i18n/catalogue'
import type { PanelTable, Row } from '@/panel/table'

export interface Target {
  readonly metric: string
  readonly year: number
  readonly baseYear: number
  readonly targetYear: number
  readonly unit: string | null
  readonly value: Decimal | null
  /** Per cent since the base year. */
  readonly change: Decimal | null
  /** Per cent asked for by the target year. */
  readonly goal: Decimal | null
  readonly allowed: Decimal | null
  /** value − allowed: above zero is too much. */
  readonly gap: Decimal | null
  readonly gapPct: Decimal | null
  readonly verdict: Verdict
  /** Why there is no verdict. */
  readonly reason: string | null
  readonly grade: string | null
  readonly path: readonly PathPoint[]
  /** A placeholder that the value rests on. */
  readonly placeholder: Note | null
}

/** The plan's own order. */
const ORDER = ['energy_per_capita', 'water_per_capita', 'energy_per_area', 'co2_per_area']

const TITLES: Readonly<Record<string, MessageKey>> = {
  energy_per_capita: 'energy_per_capita',
  water_per_capita: 'water_per_capita',
  energy_per_area: 'energy_per_area',
  co2_per_area: 'co2_per_area',
}

export function metricKey(metric: string): MessageKey | null {
  return TITLES[metric] ?? null
}

export function readTargets(table: PanelTable): readonly Target[] {
  const byMetric = new Map<string, Row[]>()
  for (const row of table.rows) {
    const metric = row.text('metric') ?? ''
    byMetric.set(metric, [...(byMetric.get(metric) ?? []), row])
  }
  const place = (metric: string) => (ORDER.includes(metric) ? ORDER.indexOf(metric) : ORDER.length)
  return [...byMetric]
    .sort(([left], [right]) => place(left) - place(right))
    .flatMap(([metric, rows]) => {
      const judged = rows.filter((row) => (row.integer('year') ?? 0) <= (row.integer('target_year') ?? Infinity))
      const last = judged.at(-1)
      return last === undefined ? [] : [targetOf(metric, last, judged, table)]
    })
}

function targetOf(metric: string, row: Row, rows: readonly Row[], table: PanelTable): Target {
  const isOnTrack = row.boolean('is_on_track')
  return {
    metric,
    year: row.integer('year') ?? 0,
    baseYear: row.integer('base_year') ?? 0,
    targetYear: row.integer('target_year') ?? 0,
    unit: row.text('unit'),
    value: row.decimal('value'),
    change: row.decimal('change_pct'),
    goal: row.decimal('change_pct_target'),
    allowed: row.decimal('allowed_value'),
    gap: row.decimal('gap'),
    gapPct: row.decimal('gap_pct'),
    verdict: isOnTrack === null ? 'wait' : isOnTrack ? 'good' : 'bad',
    reason: row.text('reason'),
    grade: row.text('grade'),
    path: pathOf(rows),
    placeholder: table.notes(metric).find(({ kind }) => kind === 'placeholder') ?? null,
  }
}
