/** Turns an explanation's answer into the shape of `types.ts`; what is not of it is a `ShapeError` with its place. */
import { integer, list, object, optionalText, publication, ShapeError, text, titles } from './parse'
import { MAKINGS, MARKS, type Explanation, type ListedColumn, type Part, type Source, type SourceRow } from './types'

export function parseExplanation(answer: unknown): Explanation {
  const fields = object(answer, 'explanation')
  const formula = object(fields['formula'], 'formula')
  return {
    publication: publication(fields['publication'], 'publication'),
    metric: text(fields['metric'], 'metric'),
    title: titles(fields['title'], 'title'),
    caveat: fields['caveat'] == null ? null : titles(fields['caveat'], 'caveat'),
    unit: text(fields['unit'], 'unit'),
    format: optionalText(fields['format'], 'format'),
    filters: list(fields['filters'], 'filters', text),
    value: optionalText(fields['value'], 'value'),
    reason: optionalText(fields['reason'], 'reason'),
    formula: {
      symbols: text(formula['symbols'], 'formula.symbols'),
      words: titles(formula['words'], 'formula.words'),
      factor: optionalText(formula['factor'], 'formula.factor'),
    },
    numerator: part(fields['numerator'], 'numerator'),
    denominator: fields['denominator'] == null ? null : part(fields['denominator'], 'denominator'),
    notes: list(fields['notes'], 'notes', titles),
  }
}

function part(value: unknown, place: string): Part {
  const fields = object(value, place)
  const rows = object(fields['mart_rows'], `${place}.mart_rows`)
  return {
    symbols: text(fields['symbols'], `${place}.symbols`),
    words: titles(fields['words'], `${place}.words`),
    total: optionalText(fields['total'], `${place}.total`),
    unit: optionalText(fields['unit'], `${place}.unit`),
    mart: text(fields['mart'], `${place}.mart`),
    column: text(fields['column'], `${place}.column`),
    mart_rows: {
      columns: list(rows['columns'], `${place}.mart_rows.columns`, column),
      rows: list(rows['rows'], `${place}.mart_rows.rows`, cells),
      total_rows: integer(rows['total_rows'], `${place}.mart_rows.total_rows`),
      offset: integer(rows['offset'], `${place}.mart_rows.offset`),
    },
    sources: list(fields['sources'], `${place}.sources`, source),
    references: list(fields['references'], `${place}.references`, source),
  }
}

function source(value: unknown, place: string): Source {
  const fields = object(value, place)
  const agrees = fields['agrees']
  return {
    table: text(fields['table'], `${place}.table`),
    title: titles(fields['title'], `${place}.title`),
    making: word(fields['making'], `${place}.making`, MAKINGS),
    sum: optionalText(fields['sum'], `${place}.sum`),
    agrees: typeof agrees === 'boolean' ? agrees : null,
    together_with: list(fields['together_with'], `${place}.together_with`, text),
    steps: list(fields['steps'], `${place}.steps`, text),
    columns: list(fields['columns'], `${place}.columns`, column),
    rows: list(fields['rows'], `${place}.rows`, sourceRow),
    total_rows: integer(fields['total_rows'], `${place}.total_rows`),
    offset: integer(fields['offset'], `${place}.offset`),
  }
}

function sourceRow(value: unknown, place: string): SourceRow {
  const fields = object(value, place)
  const landed = fields['place'] == null ? null : object(fields['place'], `${place}.place`)
  const raw = fields['raw'] == null ? null : object(fields['raw'], `${place}.raw`)
  return {
    cells: cells(fields['cells'], `${place}.cells`),
    used: list(fields['used'], `${place}.used`, text),
    part: optionalText(fields['part'], `${place}.part`),
    marks: list(fields['marks'], `${place}.marks`, (mark, inner) => word(mark, inner, MARKS)),
    place:
      landed === null
        ? null
        : {
            object: text(landed['object'], `${place}.place.object`),
            sheet: optionalText(landed['sheet'], `${place}.place.sheet`),
            row: integer(landed['row'], `${place}.place.row`),
          },
    raw:
      raw === null
        ? null
        : {
            object: text(raw['object'], `${place}.raw.object`),
            file: text(raw['file'], `${place}.raw.file`),
            cells: list(raw['cells'], `${place}.raw.cells`, (cell, inner) => {
              const field = object(cell, inner)
              return { name: text(field['name'], `${inner}.name`), text: optionalText(field['text'], `${inner}.text`) }
            }),
          },
  }
}

function column(value: unknown, place: string): ListedColumn {
  const fields = object(value, place)
  return {
    name: text(fields['name'], `${place}.name`),
    title: titles(fields['title'], `${place}.title`),
    unit: optionalText(fields['unit'], `${place}.unit`),
  }
}

function cells(value: unknown, place: string): readonly (string | null)[] {
  return list(value, place, optionalText)
}

function word<Word extends string>(value: unknown, place: string, known: readonly Word[]): Word {
  const found = known.find((candidate) => candidate === value)
  if (found === undefined) throw new ShapeError(place, `one of ${known.join(', ')}`)
  return found
}
