/** The made-up rows of each panel of the overview, by column name. */
import {
  budget,
  carbon,
  cost,
  COST_GROUPS,
  FIXED_FACTOR,
  lastMonthOf,
  monthsBetween,
  noise,
  REGIONS,
  reporting,
  TARGETS,
  TOP,
  within,
  yearFactor,
  type MockRegion,
} from './facts.ts'

export type MockRow = Readonly<Record<string, string | number | boolean | null>>
export interface MockParameters {
  readonly region_code: string
  readonly year: number
}

const money = (value: number) => value.toFixed(2)
const amount = (value: number) => value.toFixed(4)
const tonnes = (kilograms: number) => (kilograms / 1000).toFixed(7)
const rate = (value: number) => value.toFixed(8)
const change = (from: number, to: number) => (from === 0 ? null : rate((100 * (to - from)) / from))

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}

export const ANSWERS: Readonly<Record<string, (parameters: MockParameters) => MockRow[]>> = {
  targets: ({ region_code, year }) =>
    (region_code === TOP ? TARGETS : []).flatMap(({ metric, unit, base: start, goal, path }) => {
      return [0, ...path].slice(0, Math.max(1, year - 2019)).map((progress, index) => {
        const reached = progress
        const value = start * (1 + reached / 100)
        const allowed = start * (1 + goal / 100) ** (index / 5)
        return {
          metric,
          unit,
          year: 2020 + index,
          base_year: 2020,
          target_year: 2025,
          base_value: rate(start),
          value: rate(value),
          change_pct_target: goal.toFixed(4),
          change_pct: rate(reached),
          progress_pct: rate((100 * reached) / goal),
          allowed_value: rate(allowed),
          gap: rate(value - allowed),
          gap_pct: rate((100 * (value - allowed)) / allowed),
          months_reported: 12,
          is_on_track: value <= allowed,
          reason: null,
          source: '荆门市机关事务工作“十四五”规划 (2022-11-11)',
          grade: 'A',
        }
      })
    }),

  cost_to_date: (parameters) => [costRow(parameters, COST_GROUPS)],
  cost_by_group: (parameters) =>
    COST_GROUPS.map((group) => ({
      cost_group: group.id,
      cost_group_name: group.zh,
      cost_group_name_en: group.en,
      ...costRow(parameters, [group]),
    })),
  cost_by_month: ({ region_code, year }) =>
    monthsBetween(`${Math.max(year - 1, 2020)}-01`, lastMonthOf(year)).map((month) => ({
      month,
      operating_cost_yuan: money(sum(within(region_code), (region) => sum(COST_GROUPS, (group) => cost(region, month, group)))),
    })),
  three_public: (parameters) => {
    const total = costRow(parameters, [COST_GROUPS[1]])
    const part = (share: number, drift: number) => {
      const current = Number(total['current_yuan']) * share
      const previous = total['previous_yuan'] === null ? 0 : Number(total['previous_yuan']) * share * drift
      return [current, previous] as const
    }
    const parts = { overseas: part(0.009, 1.09), reception: part(0.021, 1.16), vehicle: part(0.094, 1.03) }
    const all = Object.values(parts)
    const [current, previous] = [sum(all, ([now]) => now), sum(all, ([, before]) => before)]
    const entries = Object.entries(parts).flatMap(([name, [now, before]]) => [
      [`${name}_current_yuan`, money(now)],
      [`${name}_previous_yuan`, money(before)],
      [`${name}_change_pct`, change(before, now)],
    ])
    return [
      {
        current_yuan: money(current),
        previous_yuan: money(previous),
        change_pct: change(previous, current),
        ...(Object.fromEntries(entries) as MockRow),
      },
    ]
  },

  carbon_to_date: ({ region_code, year }) => {
    const total = (of: number, factor: (year: number) => number) =>
      of < 2020
        ? 0
        : sum(monthsBetween(`${of}-01`, `${of}${lastMonthOf(year).slice(4)}`), (month) =>
            sum(within(region_code), (region) => carbon(region, month, factor(of))),
          )
    const fixed = [total(year - 1, () => FIXED_FACTOR), total(year, () => FIXED_FACTOR)] as const
    const yearly = [total(year - 1, (of) => yearFactor(of).factor), total(year, (of) => yearFactor(of).factor)] as const
    return [
      {
        co2_fixed_t: tonnes(fixed[1]),
        co2_fixed_previous_t: tonnes(fixed[0]),
        co2_fixed_change_pct: change(...fixed),
        co2_year_t: tonnes(yearly[1]),
        co2_year_previous_t: tonnes(yearly[0]),
        co2_year_change_pct: change(...yearly),
      },
    ]
  },
  carbon_by_month: ({ region_code, year }) =>
    monthsBetween(`${Math.max(year - 1, 2020)}-01`, lastMonthOf(year)).map((month) => {
      const { factor, of } = yearFactor(Number(month.slice(0, 4)))
      return {
        month,
        co2_fixed_t: tonnes(sum(within(region_code), (region) => carbon(region, month, FIXED_FACTOR))),
        co2_year_t: tonnes(sum(within(region_code), (region) => carbon(region, month, factor))),
        is_carried_forward: of !== Number(month.slice(0, 4)),
      }
    }),

  reporting_latest: ({ region_code, year }) => {
    const month = lastMonthOf(year)
    const expected = sum(within(region_code), ({ organisations }) => organisations)
    const missing = sum(within(region_code), (region) => reporting(region, month).missing)
    return [
      {
        expected_count: expected,
        reported_count: expected - missing,
        missing_count: missing,
        late_count: sum(within(region_code), (region) => reporting(region, month).late),
        complete_pct: rate((100 * (expected - missing)) / expected),
      },
    ]
  },
  reporting_by_month: ({ year }) =>
    REGIONS.flatMap((region) =>
      monthsBetween(`${year}-01`, lastMonthOf(year)).map((month) => ({
        region_code: region.code,
        region_name: region.zh,
        region_name_en: region.en,
        month,
        expected_count: region.organisations,
        missing_count: reporting(region, month).missing,
        late_count: reporting(region, month).late,
      })),
    ),
  reporting_late: ({ region_code, year }) =>
    lateOrganisations(within(region_code)).map(([region, name], index) => ({
      organization_id: `JM${region.code.slice(3)}${String(index + 11).padStart(4, '0')}`,
      organization_name: name,
      region_code: region.code,
      region_name: region.zh,
      region_name_en: region.en,
      missing_months: Math.max(1, (year === 2026 ? 4 : 2) - Math.floor(index / 3)),
      late_months: Math.max(0, 3 - index),
      days_late: Math.max(3, 58 - index * 6),
      is_missing_now: index % 3 !== 2,
    })),

  intensity_total: ({ region_code, year }) => [intensity(region_code, year)],
  intensity_by_region: ({ year }) =>
    REGIONS.map((region) => ({
      region_code: region.code,
      region_name: region.zh,
      region_name_en: region.en,
      ...intensity(`own ${region.code}`, year),
    })).sort((left, right) => Number(right.energy_per_capita) - Number(left.energy_per_capita)),
  nev_by_month: ({ region_code, year }) =>
    monthsBetween('2020-01', lastMonthOf(year)).map((month, index) => {
      const vehicles = Math.round(sum(within(region_code), ({ weight }) => weight) * (1557 - index * 2.6))
      const nev = Math.round(vehicles * (0.041 + 0.0034 * index + 0.002 * noise(`nev ${region_code} ${month}`)))
      return { month, vehicle_count: vehicles, nev_count: nev, nev_share_pct: rate((100 * nev) / vehicles) }
    }),
  over_standard_total: ({ region_code }) => [office(within(region_code))],
  over_standard_by_region: () =>
    REGIONS.map((region) => ({
      region_code: region.code,
      region_name: region.zh,
      region_name_en: region.en,
      ...office([region]),
    })).sort((left, right) => right.over_standard_rooms - left.over_standard_rooms),
}

function costRow({ region_code, year }: MockParameters, groups: readonly (typeof COST_GROUPS)[number][]): MockRow {
  const regions = within(region_code)
  const until = lastMonthOf(year).slice(4)
  const executed = (of: number) =>
    sum(monthsBetween(`${of}-01`, `${of}${until}`), (month) =>
      sum(regions, (region) => sum(groups, (group) => cost(region, month, group))),
    )
  const current = executed(year)
  const previous = year > 2020 ? executed(year - 1) : null
  const planned = sum(regions, (region) => sum(groups, (group) => budget(region, year, group)))
  return {
    current_yuan: money(current),
    previous_yuan: previous === null ? null : money(previous),
    change_pct: previous === null ? null : change(previous, current),
    budget_yuan: money(planned),
    budget_used_pct: rate((100 * current) / planned),
  }
}

function intensity(key: string, year: number) {
  const of = Math.min(year, 2025) - 2020
  const spread = key === TOP ? 1 : 0.82 + 0.34 * noise(`intensity ${key}`)
  return {
    energy_per_capita: rate(329.56 * 0.986 ** of * spread),
    water_per_capita: rate(21.53 * 0.989 ** of * (key === TOP ? 1 : 0.85 + 0.3 * noise(`water ${key}`))),
    energy_per_area: rate(18.48 * 0.989 ** of * (key === TOP ? 1 : 0.85 + 0.3 * noise(`area ${key}`))),
  }
}

function office(regions: readonly MockRegion[]) {
  const rooms = sum(regions, ({ weight }) => Math.round(12043 * weight))
  const over = sum(regions, ({ code, weight }) => Math.round(118 * weight * (0.4 + 1.2 * noise(`office ${code}`))))
  return {
    room_count: rooms,
    over_standard_rooms: over,
    over_standard_m2: amount(over * 4.37),
    vacant_m2: amount(sum(regions, ({ weight }) => 8421 * weight)),
    over_standard_pct: rate((100 * over) / rooms),
  }
}

function lateOrganisations(regions: readonly MockRegion[]): [MockRegion, string][] {
  const names = [
    '第三初级中学', '中医医院', '农业农村局', '图书馆', '水利局', '疾病预防控制中心', '档案馆', '市场监督管理局', '第一幼儿园',
    '文化馆', '交通运输局', '妇幼保健院', '不动产登记中心',
  ]
  return names.flatMap((name, index) => {
    const region = regions[Math.floor(noise(`late ${name}`) * regions.length)] ?? regions[index]
    return region === undefined ? [] : [[region, `${region.zh}${name}`] as [MockRegion, string]]
  })
}
