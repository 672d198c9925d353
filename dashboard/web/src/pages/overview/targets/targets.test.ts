import { describe, expect, test } from 'vitest'
import type { Cell } from '@/api/types'
import { panelTable } from '../../../../test/panel_data'
import { targetsHeadline } from './headline'
import { readTargets } from './targets'

type Changes = Readonly<Record<string, Cell>>

function row(metric: string, changes: Changes = {}): Changes {
  return {
    metric,
    year: 2025,
    base_year: 2020,
    target_year: 2025,
    value: '307.02',
    unit: 'kgce/person',
    change_pct: '-6.84',
    change_pct_target: '-6.0000',
    allowed_value: '309.79',
    gap: '-2.77',
    gap_pct: '-0.89',
    is_on_track: true,
    reason: null,
    grade: 'A',
    ...changes,
  }
}

const OVER = { is_on_track: false, gap: '0.29', gap_pct: '1.4501' }
const OPEN = { is_on_track: null, gap: null, gap_pct: null, reason: 'year_incomplete' }

function headlines(rows: readonly Changes[]): [string | null, string | null] {
  const targets = readTargets(panelTable({ rows }))
  return [targetsHeadline(targets, 'zh'), targetsHeadline(targets, 'en')]
}

describe('reading', () => {
  test('the four come in the order of the plan, whatever the order of the rows', () => {
    const rows = ['water_per_capita', 'co2_per_area', 'energy_per_area', 'energy_per_capita'].map((metric) => row(metric))
    expect(readTargets(panelTable({ rows })).map(({ metric }) => metric)).toEqual([
      'energy_per_capita',
      'water_per_capita',
      'energy_per_area',
      'co2_per_area',
    ])
  })

  test('after the last year of the plan its result stands', () => {
    const rows = [row('energy_per_capita'), row('energy_per_capita', { year: 2026, ...OPEN })]
    const [target] = readTargets(panelTable({ rows }))
    expect(target?.year).toBe(2025)
    expect(target?.verdict).toBe('good')
  })

  test('without a judgement there is a reason and no colour of success', () => {
    const [target] = readTargets(panelTable({ rows: [row('energy_per_capita', { year: 2024, ...OPEN })] }))
    expect(target?.verdict).toBe('wait')
    expect(target?.reason).toBe('year_incomplete')
  })

  test('a placeholder is found by the metric its note is about', () => {
    const note = { kind: 'placeholder', text: { zh: '待确认', en: 'to confirm' }, source: null, grade: 'D', column: 'co2_per_area' } as const
    const table = panelTable({ rows: [row('co2_per_area'), row('energy_per_area')], notes: [note] })
    expect(readTargets(table).map(({ placeholder }) => placeholder)).toEqual([null, note])
  })
})

describe('the sentence', () => {
  test('all on track', () => {
    expect(headlines([row('energy_per_capita'), row('water_per_capita')])).toEqual([
      '两项目标全部达标',
      'All two targets are on track',
    ])
  })

  test('names what is over and by how much', () => {
    const rows = [row('energy_per_capita'), row('water_per_capita', OVER), row('energy_per_area'), row('co2_per_area')]
    expect(headlines(rows)).toEqual([
      '四项目标三项达标，人均用水量高出允许值 1.5%',
      'Three of four targets on track, water per person 1.5% above allowed',
    ])
  })

  test('names several that are over without their gaps, which stand in the cards', () => {
    const rows = [row('energy_per_capita', OVER), row('water_per_capita', OVER), row('energy_per_area')]
    expect(headlines(rows)).toEqual([
      '三项目标一项达标，人均综合能耗、人均用水量高于允许值',
      'One of three targets on track, energy per person and water per person above allowed',
    ])
  })

  test('says how many are still open', () => {
    const rows = [row('energy_per_capita'), row('water_per_capita', OVER), row('energy_per_area', OPEN)]
    expect(headlines(rows)).toEqual([
      '三项目标一项达标，人均用水量高出允许值 1.5%，一项待定',
      'One of three targets on track, water per person 1.5% above allowed, one undecided',
    ])
  })

  test('none on track, and none judged, are different things', () => {
    expect(headlines([row('water_per_capita', OVER)])[0]).toBe('一项目标均未达标，人均用水量高出允许值 1.5%')
    expect(headlines([row('water_per_capita', OPEN)])[0]).toBe('一项目标均待定')
  })

  test('there is none without targets', () => {
    expect(headlines([])).toEqual([null, null])
  })
})
