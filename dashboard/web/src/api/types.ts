/**
 * The shapes of the server's answers that the pages use, as `api/parse.ts` has checked them. They follow from the
 * server's own description: `npm run generate` makes `generated.ts` of it.
 */
import type {
  SchemaAnswerBody,
  SchemaBegun,
  SchemaBoardBody,
  SchemaCell,
  SchemaChoice,
  SchemaColumnBody,
  SchemaColumnKind,
  SchemaExplanationBody,
  SchemaFreshnessState,
  SchemaLatenessBody,
  SchemaListedColumnBody,
  SchemaMakingBody,
  SchemaMarkBody,
  SchemaNote,
  SchemaNoteKind,
  SchemaPanelItem,
  SchemaPartBody,
  SchemaProblem,
  SchemaPublicationRef,
  SchemaRunSummary,
  SchemaSourceBody,
  SchemaSourceRowBody,
  SchemaStatusBody,
  SchemaTableStatus,
} from './generated'

/** What the server may leave out is there, and null, once an answer is checked. */
type Checked<T> = T extends object ? { readonly [K in keyof T]-?: Checked<Exclude<T[K], undefined>> } : T

export type Cell = SchemaCell
export type PublicationRef = SchemaPublicationRef
export type ColumnType = SchemaColumnKind
export type Column = Checked<SchemaColumnBody>
/** Something that must be read beside the numbers. */
export type Note = Checked<SchemaNote>
export type PanelData = Omit<Checked<SchemaAnswerBody>, 'offset'>
export type PanelMeta = Checked<SchemaPanelItem>
export type Choice = SchemaChoice
export type Board = Checked<SchemaBoardBody>
/** A value, opened down to the rows it was loaded from. */
export type Explanation = Checked<SchemaExplanationBody>
/** Its numerator or denominator. */
export type Part = Checked<SchemaPartBody>
/** The rows of one table behind a part. */
export type Source = Checked<SchemaSourceBody>
export type SourceRow = Checked<SchemaSourceRowBody>
export type ListedColumn = Checked<SchemaListedColumnBody>

/** How the lake stands: tables against what their contracts promise, jobs, what waits. */
export type OperationsStatus = Checked<SchemaStatusBody>
export type TableStatus = Checked<SchemaTableStatus>
export type FreshnessState = SchemaFreshnessState
/** A run with its ledger, in rows. */
export type RunSummary = Checked<SchemaRunSummary>
/** Who owes which month's form. */
export type Lateness = Checked<SchemaLatenessBody>
/** A run that was asked for and has begun. */
export type Begun = SchemaBegun
/** A row refused by a rule; what quotes the source is null for readers who may not see it. */
export interface RefusedRow {
  readonly table: string
  readonly job: string
  readonly run_id: string
  readonly rule: string
  readonly column: string
  readonly file: string
  readonly sheet: string
  readonly row: number
  readonly first_seen_at: string
  readonly raw_value: string | null
  readonly message: string | null
  readonly cells: readonly (readonly [name: string, text: string | null])[] | null
}
export interface Page<Row> {
  readonly rows: readonly Row[]
  readonly total_rows: number
}

/** An error in the server's `application/problem+json`, or one of ours in the same shape. */
export type Problem = Omit<Checked<SchemaProblem>, 'type' | 'detail'> & { readonly detail: string | null }

// As objects, so that the compiler misses a word the server learns and one it forgets.
export const COLUMN_TYPES = words<ColumnType>({
  text: true,
  integer: true,
  decimal: true,
  boolean: true,
  date: true,
  timestamp: true,
})
export const NOTE_KINDS = words<SchemaNoteKind>({
  factor: true,
  caveat: true,
  placeholder: true,
  carried_forward: true,
  missing: true,
})
export const FRESHNESS_STATES = words<FreshnessState>({ fresh: true, stale: true, empty: true, untold: true })
export const MAKINGS = words<SchemaMakingBody>({ sum: true, used: true })
export const MARKS = words<SchemaMarkBody>({ defaulted: true, converted: true })

function words<Word extends string>(all: Record<Word, true>): readonly Word[] {
  return Object.keys(all) as Word[]
}
