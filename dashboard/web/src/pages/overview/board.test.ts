import { expect, test } from 'vitest'
import { columnNames, readBoard, readMetrics } from '../../../mock/board.ts'
import { PANEL_COLUMNS, PANEL_IDS } from './panels'

const board = readBoard()

test('the page draws exactly the panels that the board declares', () => {
  expect([...PANEL_IDS].sort()).toEqual(board.panels.map(({ panel }) => panel).sort())
})

test.each(PANEL_IDS)('every column that the page draws of %s is asked for', (id) => {
  const panel = board.panels.find((candidate) => candidate.panel === id)
  if (panel === undefined) throw new Error(`board has no panel ${id}`)
  expect(columnNames(panel)).toEqual(expect.arrayContaining([...PANEL_COLUMNS[id]]))
})

test('every metric of the board is declared in sql/metrics', () => {
  const known = readMetrics()
  const asked = board.panels.flatMap(({ query }) => query.measures ?? []).flatMap(({ metric }) => (metric === undefined ? [] : [metric]))
  expect(asked.filter((metric) => !known.has(metric))).toEqual([])
})
