import { expect, test } from 'vitest'
import { panelTable } from '../../../../test/panel_data'
import { missingMatrix } from './matrix'

test('a region has twelve cells, empty where nothing was due', () => {
  const table = panelTable({
    rows: [{ region_code: '420802', region_name: '东宝区', month: '2026-03', expected_count: 88, missing_count: 3, late_count: 1 }],
  })
  const [row] = missingMatrix(table, 'zh')
  expect(row?.name).toBe('东宝区')
  expect(row?.cells.map((cell) => cell?.missing ?? null)).toEqual([null, null, 3, ...Array<null>(9).fill(null)])
})

test.each([
  [0, 0],
  [2, 1],
  [5, 2],
  [10, 3],
  [11, 4],
])('%i missing of 100 is shade %i', (missing, level) => {
  const table = panelTable({ rows: [{ region_code: 'r', month: '2026-01', expected_count: 100, missing_count: missing, late_count: 0 }] })
  expect(missingMatrix(table, 'zh')[0]?.cells[0]?.level).toBe(level)
})
