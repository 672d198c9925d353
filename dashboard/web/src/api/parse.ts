/** Turns `unknown` answers into the shapes of `types.ts`: a shape is checked here once and trusted afterwards. */
import type { Titles } from '@/format/locale'
import {
  COLUMN_TYPES,
  NOTE_KINDS,
  type Board,
  type Cell,
  type Choice,
  type Column,
  type Note,
  type PanelData,
  type PanelMeta,
  type Problem,
  type PublicationRef,
} from './types'

/** The answer is not what this page was built for. */
export class ShapeError extends Error {
  constructor(
    readonly place: string,
    readonly expected: string,
  ) {
    super(`expected ${expected} at \`${place}\``)
    this.name = 'ShapeError'
  }
}

export type Fields = Readonly<Record<string, unknown>>

export function parseBoard(answer: unknown): Board {
  const fields = object(answer, 'board')
  return {
    board: text(fields['board'], 'board.board'),
    title: titles(fields['title'], 'board.title'),
    is_demo: fields['is_demo'] === true,
    publication: publication(fields['publication'], 'board.publication'),
    parameters: record(fields['parameters'], 'board.parameters', (value, place) =>
      value === null ? null : scalarText(value, place),
    ),
    choices: record(fields['choices'] ?? {}, 'board.choices', (value, place) => list(value, place, choice)),
    panels: list(fields['panels'], 'board.panels', panelMeta),
  }
}

export function parsePanelData(answer: unknown): PanelData {
  const fields = object(answer, 'panel')
  const columns = list(fields['columns'], 'columns', column)
  return {
    panel: text(fields['panel'], 'panel.panel'),
    title: titles(fields['title'], 'panel.title'),
    publication: publication(fields['publication'], 'panel.publication'),
    columns,
    rows: list(fields['rows'], 'rows', (row, place) => {
      const cells = list(row, place, cell)
      if (cells.length !== columns.length) throw new ShapeError(place, `${columns.length} cells`)
      return cells
    }),
    notes: list(fields['notes'] ?? [], 'notes', note),
    total_rows: integer(fields['total_rows'], 'total_rows'),
    limit: fields['limit'] == null ? null : integer(fields['limit'], 'limit'),
  }
}

/** Reads a problem+json body as far as it goes: an error about an error helps nobody. */
export function parseProblem(status: number, body: unknown): Problem {
  const fields: Fields = isObject(body) ? body : {}
  const field = (name: string) => (typeof fields[name] === 'string' ? fields[name] : null)
  return {
    status,
    code: field('code') ?? `http_${status}`,
    title: field('title') ?? `HTTP ${status}`,
    detail: field('detail'),
    hint: field('hint'),
    request_id: field('request_id'),
  }
}

function panelMeta(value: unknown, place: string): PanelMeta {
  const fields = object(value, place)
  return {
    panel: text(fields['panel'], `${place}.panel`),
    title: titles(fields['title'], `${place}.title`),
    kind: text(fields['kind'], `${place}.kind`),
    source: fields['source'] == null ? null : titles(fields['source'], `${place}.source`),
    empty: fields['empty'] == null ? null : titles(fields['empty'], `${place}.empty`),
  }
}

function choice(value: unknown, place: string): Choice {
  const fields = object(value, place)
  return { value: scalarText(fields['value'], `${place}.value`), title: titles(fields['title'], `${place}.title`) }
}

function column(value: unknown, place: string): Column {
  const fields = object(value, place)
  const type = COLUMN_TYPES.find((known) => known === fields['type'])
  if (type === undefined) throw new ShapeError(`${place}.type`, `one of ${COLUMN_TYPES.join(', ')}`)
  return {
    name: text(fields['name'], `${place}.name`),
    title: titles(fields['title'], `${place}.title`),
    type,
    unit: optionalText(fields['unit'], `${place}.unit`),
    format: optionalText(fields['format'], `${place}.format`),
  }
}

function note(value: unknown, place: string): Note {
  const fields = object(value, place)
  const kind = NOTE_KINDS.find((known) => known === fields['kind']) ?? 'caveat'
  return {
    kind,
    text: titles(fields['text'], `${place}.text`),
    source: optionalText(fields['source'], `${place}.source`),
    grade: optionalText(fields['grade'], `${place}.grade`),
    column: optionalText(fields['column'], `${place}.column`),
  }
}

export function publication(value: unknown, place: string): PublicationRef {
  const fields = object(value, place)
  return {
    number: integer(fields['number'], `${place}.number`),
    created_at: text(fields['created_at'], `${place}.created_at`),
  }
}

export function titles(value: unknown, place: string): Titles {
  const fields = object(value, place)
  return { zh: text(fields['zh'], `${place}.zh`), en: text(fields['en'], `${place}.en`) }
}

function cell(value: unknown, place: string): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new ShapeError(place, 'a text, a safe integer, a boolean or null (decimals come as text)')
}

export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function object(value: unknown, place: string): Fields {
  if (!isObject(value)) throw new ShapeError(place, 'an object')
  return value
}

export function record<T>(value: unknown, place: string, item: (value: unknown, place: string) => T): Record<string, T> {
  return Object.fromEntries(
    Object.entries(object(value, place)).map(([key, inner]) => [key, item(inner, `${place}.${key}`)]),
  )
}

export function list<T>(value: unknown, place: string, item: (value: unknown, place: string) => T): readonly T[] {
  if (!Array.isArray(value)) throw new ShapeError(place, 'a list')
  return value.map((inner: unknown, index) => item(inner, `${place}[${index}]`))
}

export function text(value: unknown, place: string): string {
  if (typeof value !== 'string') throw new ShapeError(place, 'a text')
  return value
}

/** Parameters come as text or as whole numbers; the pages compare them as text. */
function scalarText(value: unknown, place: string): string {
  return typeof value === 'number' ? String(value) : text(value, place)
}

export function optionalText(value: unknown, place: string): string | null {
  return value == null ? null : text(value, place)
}

/** What may be left out. */
export function optional<T>(value: unknown, place: string, item: (value: unknown, place: string) => T): T | null {
  return value == null ? null : item(value, place)
}

export function truth(value: unknown, place: string): boolean {
  if (typeof value !== 'boolean') throw new ShapeError(place, 'true or false')
  return value
}

export function integer(value: unknown, place: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new ShapeError(place, 'a whole number')
  return value
}
