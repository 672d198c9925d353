/** Builds the panel data that tests need from rows as objects. */
import type { Cell, ColumnType, Note, PanelData } from '../src/api/types'
import { PanelTable } from '../src/panel/table'

interface Given {
  readonly rows: readonly Readonly<Record<string, Cell>>[]
  readonly units?: Readonly<Record<string, string>>
  readonly notes?: readonly Note[]
}

/** Columns are those of the first row, in its order. */
export function panelTable({ rows, units = {}, notes = [] }: Given): PanelTable {
  const names = Object.keys(rows[0] ?? {})
  const data: PanelData = {
    panel: 'panel',
    title: { zh: '题', en: 'title' },
    publication: { number: 1, created_at: '2026-11-23T18:10:00Z' },
    columns: names.map((name) => ({
      name,
      title: { zh: name, en: name },
      type: typeOf(rows[0]?.[name] ?? null),
      unit: units[name] ?? null,
      format: null,
    })),
    rows: rows.map((row) => names.map((name) => row[name] ?? null)),
    notes,
    total_rows: rows.length,
    limit: null,
  }
  return new PanelTable(data)
}

function typeOf(cell: Cell): ColumnType {
  if (typeof cell === 'boolean') return 'boolean'
  return typeof cell === 'number' ? 'integer' : 'text'
}
