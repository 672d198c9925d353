/** The shapes of the server's answers that the pages use, as `api/parse.ts` has checked them. */
import type { Titles } from '@/format/locale'

export type Cell = string | number | boolean | null

export interface PublicationRef {
  readonly number: number
  /** UTC, RFC 3339. */
  readonly created_at: string
}

export const COLUMN_TYPES = ['text', 'integer', 'decimal', 'boolean', 'date', 'timestamp'] as const
export type ColumnType = (typeof COLUMN_TYPES)[number]

export interface Column {
  readonly name: string
  readonly title: Titles
  readonly type: ColumnType
  readonly unit: string | null
  readonly format: string | null
}

export const NOTE_KINDS = ['factor', 'caveat', 'placeholder', 'carried_forward', 'missing'] as const
type NoteKind = (typeof NOTE_KINDS)[number]

/** Something that must be read beside the numbers. */
export interface Note {
  readonly kind: NoteKind
  readonly text: Titles
  readonly source: string | null
  /** A (read in the source itself) to D (placeholder to be confirmed). */
  readonly grade: string | null
  /** The column it belongs to; the whole panel when absent. */
  readonly column: string | null
}

export interface PanelData {
  readonly panel: string
  readonly title: Titles
  readonly publication: PublicationRef
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly notes: readonly Note[]
  readonly total_rows: number
  readonly limit: number | null
}

export interface PanelMeta {
  readonly panel: string
  readonly title: Titles
  readonly kind: string
  readonly source: Titles | null
  /** What to say when no row matches. */
  readonly empty: Titles | null
}

export interface Choice {
  readonly value: string
  readonly title: Titles
}

export interface Board {
  readonly board: string
  readonly title: Titles
  /** The data is made up: every page must say so. */
  readonly is_demo: boolean
  readonly publication: PublicationRef
  /** Every parameter as the server resolved it, those it worked out among them. */
  readonly parameters: Readonly<Record<string, string | null>>
  /** What a reader may choose, by parameter. */
  readonly choices: Readonly<Record<string, readonly Choice[]>>
  readonly panels: readonly PanelMeta[]
}

/** An error in the server's `application/problem+json`, or one of ours in the same shape. */
export interface Problem {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string | null
  readonly hint: string | null
  readonly request_id: string | null
}
