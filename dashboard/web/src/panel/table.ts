/** Reads a panel's rows by column name, so that no page counts columns. */
import type { Cell, Column, Note, PanelData } from '@/api/types'
import type { Decimal } from '@/format/decimal'
import { decimalOf, placesOf } from '@/format/value'

/** The answer lacks a column that the page draws: board and page are of different versions. */
export class MissingColumnError extends Error {
  constructor(
    readonly panel: string,
    readonly column: string,
  ) {
    super(`panel \`${panel}\` has no column \`${column}\``)
    this.name = 'MissingColumnError'
  }
}

export class PanelTable {
  readonly rows: readonly Row[]
  private readonly positions: ReadonlyMap<string, number>

  constructor(readonly data: PanelData) {
    this.positions = new Map(data.columns.map((column, index) => [column.name, index]))
    this.rows = data.rows.map((cells) => new Row(this, cells))
  }

  has(name: string): boolean {
    return this.positions.has(name)
  }

  position(name: string): number {
    const position = this.positions.get(name)
    if (position === undefined) throw new MissingColumnError(this.data.panel, name)
    return position
  }

  column(name: string): Column {
    const column = this.data.columns[this.position(name)]
    if (column === undefined) throw new MissingColumnError(this.data.panel, name)
    return column
  }

  unit(name: string): string | null {
    return this.column(name).unit
  }

  places(name: string): number | undefined {
    return placesOf(this.column(name).format)
  }

  /** Notes that belong to a column; without a name, those of the whole panel. */
  notes(column: string | null): readonly Note[] {
    return this.data.notes.filter((note) => note.column === column)
  }

  decimals(name: string): readonly (Decimal | null)[] {
    return this.rows.map((row) => row.decimal(name))
  }
}

export class Row {
  constructor(
    private readonly table: PanelTable,
    private readonly cells: readonly Cell[],
  ) {}

  cell(name: string): Cell {
    return this.cells[this.table.position(name)] ?? null
  }

  decimal(name: string): Decimal | null {
    return decimalOf(this.cell(name))
  }

  /** A count or a year; 0 where the cell is empty would be a lie, so that is null. */
  integer(name: string): number | null {
    const cell = this.cell(name)
    if (typeof cell === 'number') return cell
    return typeof cell === 'string' && /^-?\d+$/.test(cell) ? Number(cell) : null
  }

  boolean(name: string): boolean | null {
    const cell = this.cell(name)
    return typeof cell === 'boolean' ? cell : null
  }

  text(name: string): string | null {
    const cell = this.cell(name)
    return cell === null ? null : String(cell)
  }

  /** The first of the columns that exists and has a text: a name, else its id. */
  firstText(...names: readonly string[]): string | null {
    for (const name of names) {
      const text = this.table.has(name) ? this.text(name) : null
      if (text !== null && text !== '') return text
    }
    return null
  }
}
