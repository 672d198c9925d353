import { expect, test } from 'vitest'
import { plain } from '@/format/decimal'
import { panelTable } from '../../../test/panel_data'
import { monthPairs } from './data'

const table = panelTable({
  rows: [
    { month: '2025-01', operating_cost_yuan: '134583654.05' },
    { month: '2025-12', operating_cost_yuan: '130000000.10' },
    { month: '2026-01', operating_cost_yuan: '132000000.00' },
  ],
})

test('months of two years stand side by side', () => {
  const january = monthPairs(table, '2026')[0]
  expect(january?.current && plain(january.current)).toBe('132000000.00')
  expect(january?.previous && plain(january.previous)).toBe('134583654.05')
})

test('there are always twelve months and those to come are empty, not zero', () => {
  const pairs = monthPairs(table, '2026')
  expect(pairs.map(({ month }) => month)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(pairs[11]?.current).toBeNull()
  expect(pairs[5]).toEqual({ month: 6, current: null, previous: null })
})
