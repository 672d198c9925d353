import type { Locale, Titles } from './locale'

/** One rung of a unit's ladder: values of 10^from and more are divided by 10^shift and carry this label. */
interface Rung {
  readonly from: number
  readonly shift: number
  readonly label: string
}

/** How a value is divided and labelled. Charts choose one for all their values, so that an axis has one unit. */
export interface Scale {
  readonly shift: number
  readonly label: string
}

type Ladder = Readonly<Record<Locale, readonly Rung[]>>

/**
 * Units whose size changes with the value: Chinese counts in 万 and 亿, English in thousands and millions.
 * A rung begins a little above its shift where a smaller unit still reads well: 9,860 万元, not 0.99 亿元.
 */
const LADDERS: Readonly<Record<string, Ladder>> = {
  yuan: {
    zh: [rung(0, 0, '元'), rung(4, 4, '万元'), rung(8, 8, '亿元')],
    en: [rung(0, 0, 'CNY'), rung(3, 3, 'CNY k'), rung(6, 6, 'CNY m'), rung(9, 9, 'CNY bn')],
  },
  kgce: {
    zh: [rung(0, 0, '千克标准煤'), rung(3, 3, '吨标准煤'), rung(8, 7, '万吨标准煤')],
    en: [rung(0, 0, 'kgce'), rung(3, 3, 'tce'), rung(8, 6, 'kt ce')],
  },
  kgCO2: {
    zh: [rung(0, 0, '千克CO₂'), rung(3, 3, '吨CO₂'), rung(8, 7, '万吨CO₂')],
    en: [rung(0, 0, 'kgCO₂'), rung(3, 3, 'tCO₂'), rung(8, 6, 'ktCO₂')],
  },
  tce: {
    zh: [rung(0, 0, '吨标准煤'), rung(5, 4, '万吨标准煤')],
    en: [rung(0, 0, 'tce'), rung(5, 3, 'kt ce')],
  },
  tCO2: {
    zh: [rung(0, 0, '吨CO₂'), rung(5, 4, '万吨CO₂')],
    en: [rung(0, 0, 'tCO₂'), rung(5, 3, 'ktCO₂')],
  },
  m2: {
    zh: [rung(0, 0, 'm²'), rung(5, 4, '万m²')],
    en: [rung(0, 0, 'm²'), rung(5, 3, 'thousand m²')],
  },
  m3: {
    zh: [rung(0, 0, 'm³'), rung(5, 4, '万m³')],
    en: [rung(0, 0, 'm³'), rung(5, 3, 'thousand m³')],
  },
  kWh: {
    zh: [rung(0, 0, 'kWh'), rung(5, 4, '万kWh')],
    en: [rung(0, 0, 'kWh'), rung(4, 3, 'MWh'), rung(7, 6, 'GWh')],
  },
}

/** Names of the parts of a unit that has no ladder, quotients among them (`kgce/person`). */
const NAMES: Readonly<Record<string, Titles>> = {
  yuan: { zh: '元', en: 'CNY' },
  kgce: { zh: '千克标准煤', en: 'kgce' },
  tce: { zh: '吨标准煤', en: 'tce' },
  kgCO2: { zh: '千克CO₂', en: 'kgCO₂' },
  tCO2: { zh: '吨CO₂', en: 'tCO₂' },
  m2: { zh: 'm²', en: 'm²' },
  m3: { zh: 'm³', en: 'm³' },
  person: { zh: '人', en: 'person' },
  d: { zh: '天', en: 'd' },
  month: { zh: '月', en: 'month' },
  count: { zh: '', en: '' },
}

function rung(from: number, shift: number, label: string): Rung {
  return { from, shift, label }
}

/** The unit as people write it: `kgce/person` is 千克标准煤/人. Unknown parts are shown as they come. */
export function unitName(unit: string, locale: Locale): string {
  return unit
    .split('/')
    .map((part) => NAMES[part]?.[locale] ?? part)
    .join('/')
}

/** Chooses the rung for the greatest of the values, given as its count of whole digits minus one (its power of ten). */
export function scaleFor(unit: string, power: number, locale: Locale): Scale {
  const ladder = LADDERS[unit]?.[locale]
  if (ladder === undefined) return { shift: 0, label: unitName(unit, locale) }
  let chosen: Scale = { shift: 0, label: unitName(unit, locale) }
  for (const { from, shift, label } of ladder) if (power >= from) chosen = { shift, label }
  return chosen
}
