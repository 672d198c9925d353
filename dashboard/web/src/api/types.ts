/**
 * The shapes of the server's answers that the pages use, as `api/parse.ts` has checked them. They follow from the
 * server's own description: `npm run generate` makes `generated.ts` of it.
 */
import type {
  SchemaAnswerBody,
  SchemaBoardBody,
  SchemaCell,
  SchemaChoice,
  SchemaColumnBody,
  SchemaColumnKind,
  SchemaExplanationBody,
  SchemaListedColumnBody,
  SchemaMakingBody,
  SchemaMarkBody,
  SchemaNote,
  SchemaNoteKind,
  SchemaPanelItem,
  SchemaPartBody,
  SchemaProblem,
  SchemaPublicationRef,
  SchemaSourceBody,
  SchemaSourceRowBody,
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
export const MAKINGS = words<SchemaMakingBody>({ sum: true, used: true })
export const MARKS = words<SchemaMarkBody>({ defaulted: true, converted: true })

function words<Word extends string>(all: Record<Word, true>): readonly Word[] {
  return Object.keys(all) as Word[]
}
