/** Reads the declared board as the server does, as far as a made-up answer needs it. */
import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Titles } from '../src/format/locale'

interface DeclaredMeasure {
  readonly measure: string
  readonly title?: Titles
  readonly unit?: string
  readonly format?: string
  readonly metric?: string
  readonly [aggregate: string]: unknown
}

interface DeclaredNote {
  readonly kind?: string
  readonly text?: Titles
  readonly of?: string
  readonly grade?: string
  readonly source?: string
}

interface DeclaredMetric {
  readonly metric: string
  readonly title: Titles
  readonly unit: string
  readonly format: string
}

interface DeclaredPanel {
  readonly panel: string
  readonly title: Titles
  readonly kind: string
  readonly source: Titles
  readonly empty: Titles
  readonly notes?: readonly DeclaredNote[]
  readonly query: {
    readonly from: string
    readonly columns?: readonly string[]
    readonly dimensions?: readonly string[]
    readonly names?: readonly string[]
    readonly measures?: readonly DeclaredMeasure[]
    readonly limit?: number
  }
}

export interface DeclaredBoard {
  readonly board: string
  readonly title: Titles
  readonly panels: readonly DeclaredPanel[]
}

export function readBoard(): DeclaredBoard {
  const file = new URL('../../boards/overview.yaml', import.meta.url)
  return parse(readFileSync(file, 'utf8')) as DeclaredBoard
}

/** The metrics of the semantic layer by name. */
export function readMetrics(): ReadonlyMap<string, DeclaredMetric> {
  const folder = new URL('../../../sql/metrics/', import.meta.url)
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'))
  const metrics = files.flatMap((name) => {
    const { metrics: declared } = parse(readFileSync(new URL(name, folder), 'utf8')) as { metrics: DeclaredMetric[] }
    return declared
  })
  return new Map(metrics.map((metric) => [metric.metric, metric]))
}

/** The names of the columns that a panel's query returns, in the order the server sends them. */
export function columnNames({ query }: DeclaredPanel): string[] {
  const named = (column: string) => {
    const stem = column.replace(/_(code|id)$/, '')
    return column === 'organization_id' ? [`${stem}_name`] : [`${stem}_name`, `${stem}_name_en`]
  }
  const dimensions = (query.dimensions ?? []).flatMap((column) =>
    query.names?.includes(column) === true ? [column, ...named(column)] : [column],
  )
  const measures = (query.measures ?? []).map(({ measure }) => measure)
  return [...(query.columns ?? []), ...dimensions, ...measures]
}
