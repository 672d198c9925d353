import { expect, test } from 'vitest'
import { panelTable } from '../../../test/panel_data'
import { nevMonths, sameMonthLastYear } from './data'

const months = nevMonths(
  panelTable({
    rows: [
      { month: '2025-10', nev_share_pct: '27.61', nev_count: 372, vehicle_count: 1347 },
      { month: '2026-10', nev_share_pct: '31.80', nev_count: 428, vehicle_count: 1346 },
    ],
  }),
)

test('the same month of last year is found by its name', () => {
  expect(sameMonthLastYear(months, '2026-10')?.nev).toBe(372)
})

test('without last year there is nothing to compare with', () => {
  expect(sameMonthLastYear(months, '2025-10')).toBeNull()
})
