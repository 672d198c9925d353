/**
 * A small made-up city for working on the pages without a server. It imitates the answers, not the warehouse: sums are
 * ordinary numbers here, and only their print is decimal text. The real made-up city is `tests/city`.
 */
export interface MockRegion {
  readonly code: string
  readonly zh: string
  readonly en: string
  readonly weight: number
  readonly organisations: number
}

export const TOP = '420800'
export const CITY = { zh: '荆门市', en: 'Jingmen' }
export const REGIONS: readonly MockRegion[] = [
  { code: '420800-BJ', zh: '荆门市本级', en: 'City level', weight: 0.3, organisations: 96 },
  { code: '420802', zh: '东宝区', en: 'Dongbao', weight: 0.1, organisations: 88 },
  { code: '420804', zh: '掇刀区', en: 'Duodao', weight: 0.1, organisations: 74 },
  { code: '420822', zh: '沙洋县', en: 'Shayang', weight: 0.14, organisations: 104 },
  { code: '420881', zh: '钟祥市', en: 'Zhongxiang', weight: 0.22, organisations: 138 },
  { code: '420882', zh: '京山市', en: 'Jingshan', weight: 0.12, organisations: 101 },
  { code: '420800-QJL', zh: '屈家岭管理区', en: 'Qujialing', weight: 0.01, organisations: 14 },
  { code: '420800-ZHX', zh: '漳河新区', en: 'Zhanghe', weight: 0.01, organisations: 11 },
]

export const FIRST_YEAR = 2020
export const LAST_MONTH = '2026-10'

/** A number in [0, 1) that depends on the text alone. */
export function noise(key: string): number {
  let hash = 2166136261
  for (const character of key) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619)
  hash ^= hash >>> 15
  hash = Math.imul(hash, 2246822519)
  return ((hash ^ (hash >>> 13)) >>> 0) / 4294967296
}

/** A factor around 1, e.g. 0.98 to 1.02 for a width of 0.04. */
function wobble(key: string, width: number): number {
  return 1 + (noise(key) - 0.5) * width
}

/** The regions whose rows a choice of region takes in. */
export function within(region: string): readonly MockRegion[] {
  return region === TOP ? REGIONS : REGIONS.filter(({ code }) => code === region)
}

export function monthsBetween(from: string, to: string): string[] {
  const months: string[] = []
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1)
    for (let month = 1; month <= 12; month += 1) {
      const text = `${year}-${String(month).padStart(2, '0')}`
      if (text >= from && text <= to) months.push(text)
    }
  return months
}

export function lastMonthOf(year: number): string {
  return `${year}-12` < LAST_MONTH ? `${year}-12` : LAST_MONTH
}

export const COST_GROUPS = [
  { id: 'personnel', zh: '人员成本', en: 'Personnel', share: 0.62, drift: 0.012 },
  { id: 'public', zh: '公用成本', en: 'Running', share: 0.21, drift: -0.055 },
  { id: 'project', zh: '项目支出', en: 'Projects', share: 0.11, drift: -0.03 },
  { id: 'asset', zh: '资产成本', en: 'Assets', share: 0.06, drift: -0.09 },
] as const

const COST_SEASON = [1.24, 0.78, 0.92, 0.94, 0.95, 1.05, 0.98, 0.96, 1.02, 0.95, 1.0, 1.21]

/** Executed cost in yuan of one region, month and group. */
export function cost(region: MockRegion, month: string, group: (typeof COST_GROUPS)[number]): number {
  const year = Number(month.slice(0, 4))
  const season = COST_SEASON[Number(month.slice(5)) - 1] ?? 1
  const yearly = 1.31e9 * region.weight * group.share * (1 + group.drift) ** (year - 2024)
  return (yearly / 12) * season * wobble(`cost ${region.code} ${month} ${group.id}`, 0.12)
}

/** Approved budget in yuan of one region, year and group. */
export function budget(region: MockRegion, year: number, group: (typeof COST_GROUPS)[number]): number {
  return 1.335e9 * region.weight * group.share * (1 + group.drift * 0.8) ** (year - 2024)
}

const POWER_SEASON = [1.16, 1.02, 0.86, 0.76, 0.84, 1.14, 1.46, 1.42, 1.04, 0.74, 0.78, 1.02]
export const FIXED_FACTOR = 0.316
const YEAR_FACTORS: Readonly<Record<number, number>> = { 2020: 0.316, 2021: 0.3672, 2022: 0.4364, 2023: 0.4044 }

export function yearFactor(year: number): { factor: number; of: number } {
  const of = Math.min(year, 2023)
  return { factor: YEAR_FACTORS[of] ?? FIXED_FACTOR, of }
}

/** Carbon in kg of one region and month, with the electricity factor given. */
export function carbon(region: MockRegion, month: string, factor: number): number {
  const year = Number(month.slice(0, 4))
  const season = POWER_SEASON[Number(month.slice(5)) - 1] ?? 1
  const powerKwh = ((1.28e8 * region.weight * 0.986 ** (year - 2020)) / 12) * season * wobble(`power ${region.code} ${month}`, 0.06)
  const fuelsKg = ((8.2e6 * region.weight) / 12) * wobble(`fuel ${region.code} ${month}`, 0.1)
  return powerKwh * factor + fuelsKg
}

/** Organisations of a region that had not reported a month, and those that reported it late. */
export function reporting(region: MockRegion, month: string): { missing: number; late: number } {
  const age = monthsBetween(month, LAST_MONTH).length - 1
  const base = age === 0 ? 0.06 : age === 1 ? 0.022 : age === 2 ? 0.009 : 0.003
  const draw = noise(`missing ${region.code} ${month}`) * 1.7 * (region.code === '420881' ? 1.5 : 1)
  return {
    missing: Math.round(region.organisations * base * draw),
    late: Math.round(region.organisations * 0.035 * noise(`late ${region.code} ${month}`)),
  }
}

export const TARGETS = [
  { metric: 'energy_per_capita', unit: 'kgce/person', base: 329.56, goal: -6, path: [-1.31, -2.52, -3.9, -5.18, -6.84] },
  { metric: 'water_per_capita', unit: 'm3/person', base: 21.53, goal: -7, path: [-1.12, -2.51, -3.72, -4.88, -5.63] },
  { metric: 'energy_per_area', unit: 'kgce/m2', base: 18.48, goal: -5, path: [-0.88, -2.44, -3.31, -4.17, -5.42] },
  { metric: 'co2_per_area', unit: 'kgCO2/m2', base: 28.71, goal: -7, path: [-1.65, -3.38, -4.9, -6.51, -8.07] },
] as const
