import { expect, test } from 'vitest'
import { nevMonths } from '@/charts/nev_share/data'
import { plain } from '@/format/decimal'
import { panelTable } from '../../../test/panel_data'
import { carbonHeadline } from './carbon/headline'
import { costHeadline, timePassed } from './cost/headline'
import { intensityHeadline } from './intensity/headline'
import { nevHeadline } from './nev/headline'
import { officeHeadline } from './office/headline'
import { reportingHeadline } from './reporting/headline'

function first(rows: Parameters<typeof panelTable>[0]['rows']) {
  const [row] = panelTable({ rows }).rows
  if (row === undefined) throw new Error('no row')
  return row
}

test('time passed is counted in whole months', () => {
  // 1/12 = 8.33…, 8/12 = 66.66…, 10/12 = 83.33… per cent.
  expect(['2026-01', '2026-08', '2026-10', '2026-12'].map((month) => plain(timePassed(month) ?? { digits: 0n, scale: 0 }))).toEqual([
    '8.3',
    '66.7',
    '83.3',
    '100.0',
  ])
})

test('cost compares with last year and with the time passed', () => {
  const row = first([{ current_yuan: '1042900000.00', change_pct: '-0.71', budget_used_pct: '79.71' }])
  expect(costHeadline(row, '2026-10', 'yuan', 'zh')).toBe(
    '1—10月支出 10.43 亿元，同比下降 0.7%；预算执行 79.7%，低于序时进度 83.3%',
  )
  expect(costHeadline(row, '2026-10', 'yuan', 'en')).toBe(
    'Jan–Oct: CNY 1.04 bn spent, down 0.7% on last year; 79.7% of the budget used with 83.3% of the year passed',
  )
})

test('cost of a whole year has no time to compare with', () => {
  const row = first([{ current_yuan: '294000000.00', change_pct: '0.01', budget_used_pct: '99.02' }])
  expect(costHeadline(row, '2023-12', 'yuan', 'zh')).toBe('全年支出 2.94 亿元，与上年同期持平；全年预算执行 99.0%')
})

test('cost without last year or budget says only what is known', () => {
  const row = first([{ current_yuan: '95000.00', change_pct: null, budget_used_pct: null }])
  expect(costHeadline(row, '2020-03', 'yuan', 'zh')).toBe('1—3月支出 9.50 万元')
})

test('carbon gives both series in whole tonnes', () => {
  const table = panelTable({
    rows: [{ co2_fixed_t: '39298.4321', co2_fixed_change_pct: '-0.94', co2_year_t: '48376.9' }],
    units: { co2_fixed_t: 'tCO2', co2_year_t: 'tCO2' },
  })
  expect(carbonHeadline(table, '2026-10', 'zh')).toBe('1—10月排放 39,298 吨CO₂，同比下降 0.9%；按当年因子为 48,377 吨CO₂')
})

test('reporting names the missing, or that all are there', () => {
  expect(reportingHeadline(first([{ expected_count: 626, missing_count: 39, complete_pct: '93.77' }]), '2026-10', 'zh')).toBe(
    '10月应报 626 家，39 家未报，报送率 93.8%',
  )
  expect(reportingHeadline(first([{ expected_count: 138, missing_count: 0, complete_pct: '100' }]), '2023-12', 'en')).toBe(
    'Dec: all 138 organisations reported',
  )
})

test('intensity names the highest and the lowest region', () => {
  const table = panelTable({
    rows: [
      { region_code: '420881', region_name: '钟祥市', energy_per_capita: '344.6' },
      { region_code: '420822', region_name: '沙洋县', energy_per_capita: '252.0' },
      { region_code: '420804', region_name: '掇刀区', energy_per_capita: null },
    ],
  })
  expect(intensityHeadline(table, '2025', 'zh')).toBe('2025年人均综合能耗钟祥市最高（344.6），沙洋县最低（252.0）')
  expect(intensityHeadline(panelTable({ rows: [] }), '2025', 'zh')).toBeNull()
})

test('vehicles compare with the same month of last year', () => {
  const months = nevMonths(
    panelTable({
      rows: [
        { month: '2025-10', nev_share_pct: '27.61', nev_count: 372, vehicle_count: 1347 },
        { month: '2026-10', nev_share_pct: '31.80', nev_count: 428, vehicle_count: 1346 },
      ],
    }),
  )
  expect(nevHeadline(months, 'zh')).toBe('2026年10月使用新能源车 428 辆，占 31.8%，上年同月 27.6%')
})

test('offices over standard name the worst region only when there are several', () => {
  const total = panelTable({ rows: [{ over_standard_rooms: 97, over_standard_m2: '424.31' }], units: { over_standard_m2: 'm2' } })
  const regions = panelTable({
    rows: [
      { region_code: '420800-BJ', region_name: '荆门市本级', over_standard_rooms: 25 },
      { region_code: '420822', region_name: '沙洋县', over_standard_rooms: 20 },
    ],
  })
  expect(officeHeadline(total, regions, 'zh')).toBe('超标准办公用房 97 间，超出 424 m²，荆门市本级最多（25 间）')
  expect(officeHeadline(total, null, 'zh')).toBe('超标准办公用房 97 间，超出 424 m²')
})
