import { describe, expect, test } from 'vitest'
import { parseBoard, parsePanelData, parseProblem } from './parse'

const title = { zh: '题', en: 'title' }
const publication = { number: 12, created_at: '2026-11-23T18:10:00Z' }

function panel(changes: Record<string, unknown>): unknown {
  return {
    panel: 'p',
    title,
    publication,
    columns: [{ name: 'value', title, type: 'decimal', unit: 'yuan', format: null }],
    rows: [['12345678901234567890.12'], [null]],
    notes: [],
    total_rows: 2,
    limit: 10,
    ...changes,
  }
}

describe('panel data', () => {
  test('decimals stay the text they came as', () => {
    expect(parsePanelData(panel({})).rows).toEqual([['12345678901234567890.12'], [null]])
  })

  test('a float is refused because it is no longer exact', () => {
    expect(() => parsePanelData(panel({ rows: [[0.1]] }))).toThrow(
      'expected a text, a safe integer, a boolean or null (decimals come as text) at `rows[0][0]`',
    )
  })

  test('a row of another width is refused with its place', () => {
    expect(() => parsePanelData(panel({ rows: [['1', '2']] }))).toThrow('expected 1 cells at `rows[0]`')
  })

  test('an unknown column type names the known ones', () => {
    const columns = [{ name: 'value', title, type: 'float' }]
    expect(() => parsePanelData(panel({ columns }))).toThrow(
      'expected one of text, integer, decimal, boolean, date, timestamp at `columns[0].type`',
    )
  })

  test('a note of a kind this page does not know is still shown', () => {
    const [note] = parsePanelData(panel({ notes: [{ kind: 'novel', text: title }] })).notes
    expect(note).toEqual({ kind: 'caveat', text: title, source: null, grade: null, column: null })
  })
})

test('parameters of a board are compared as text', () => {
  const board = parseBoard({
    board: 'overview',
    title,
    is_demo: true,
    publication,
    parameters: { year: 2026, region_code: '420800', cost_month: null },
    choices: { year: [{ value: 2026, title }] },
    panels: [],
  })
  expect(board.parameters).toEqual({ year: '2026', region_code: '420800', cost_month: null })
  expect(board.choices['year']).toEqual([{ value: '2026', title }])
})

test('a problem without a body still says what happened', () => {
  expect(parseProblem(502, '<html>')).toEqual({
    status: 502,
    code: 'http_502',
    title: 'HTTP 502',
    detail: null,
    hint: null,
    request_id: null,
  })
})
