import { expect, test } from 'vitest'
import { PALETTE } from '@/style/palette'
import { panelTable } from '../../../test/panel_data'
import { carbonMonths } from './data'
import { carbonByMonthOption } from './option'

const table = panelTable({
  rows: [
    { month: '2023-12', co2_fixed_t: '3900.5', co2_year_t: '4800.25', is_carried_forward: false },
    { month: '2024-01', co2_fixed_t: '4300.5', co2_year_t: null, is_carried_forward: true },
  ],
})

test('a month knows whether its factor is carried forward', () => {
  expect(carbonMonths(table).map(({ isCarriedForward }) => isCarriedForward)).toEqual([false, true])
})

test('a month without a value is a gap in the line', () => {
  const option = carbonByMonthOption(carbonMonths(table), 'tCO2', { locale: 'zh', palette: PALETTE, rem: 13 })
  const [yearly, fixed] = option.series as { data: unknown[] }[]
  expect(yearly?.data).toMatchObject([{ value: 4800.25 }, { value: null }])
  expect(fixed?.data).toEqual([3900.5, 4300.5])
})

test('a carried-forward point is hollow, so that colour does not say it alone', () => {
  const option = carbonByMonthOption(carbonMonths(table), 'tCO2', { locale: 'en', palette: PALETTE, rem: 13 })
  const [yearly] = option.series as { data: { itemStyle: { color: string } }[] }[]
  expect(yearly?.data.map(({ itemStyle }) => itemStyle.color)).toEqual([PALETTE.second, PALETTE.card])
})
