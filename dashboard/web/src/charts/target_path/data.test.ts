import { expect, test } from 'vitest'
import { panelTable } from '../../../test/panel_data'
import { pathOf } from './data'

test('a path ends in the target year though rows go on', () => {
  const { rows } = panelTable({
    rows: [
      { year: 2024, target_year: 2025, value: '19.5', allowed_value: '19.9' },
      { year: 2025, target_year: 2025, value: '18.9', allowed_value: '19.6' },
      { year: 2026, target_year: 2025, value: '15.1', allowed_value: '19.6' },
    ],
  })
  expect(pathOf(rows).map(({ year }) => year)).toEqual([2024, 2025])
})

test('a year without a value leaves a gap and keeps what was allowed', () => {
  const { rows } = panelTable({ rows: [{ year: 2021, target_year: 2025, value: null, allowed_value: '21.2' }] })
  expect(pathOf(rows)).toEqual([{ year: 2021, value: null, allowed: 21.2 }])
})
