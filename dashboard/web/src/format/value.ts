/** The one formatter of values: every number on every page goes through here. */
import { abs, parseDecimal, plain, round, shift, toNumber, type Decimal } from './decimal'
import type { Locale } from './locale'
import { scaleFor, unitName, type Scale } from './unit'

/** What stands where a value is not known. It is never a zero. */
export const NO_VALUE = '—'

export interface ValueStyle {
  readonly locale: Locale
  readonly unit?: string | null | undefined
  /** Decimal places; by default three significant digits where a unit scale is in use, else the value's own places. */
  readonly places?: number | undefined
  /** One scale for several values; by default the value chooses its own. */
  readonly scale?: Scale | undefined
  /** Print a plus before a positive value: for changes. */
  readonly signed?: boolean | undefined
}

/** A value in print. Number and unit are apart so that a page can set them in different sizes. */
export interface Printed {
  readonly number: string
  readonly unit: string
  /** Both, joined as the language wants it. */
  readonly text: string
}

export function formatValue(value: Decimal | null, style: ValueStyle): Printed {
  if (value === null) return { number: NO_VALUE, unit: '', text: NO_VALUE }
  const scale = style.scale ?? scaleOf([value], style.unit, style.locale)
  const scaled = shift(value, scale.shift)
  const places = style.places ?? (scale.shift > 0 ? significantPlaces(scaled) : Math.min(value.scale, 2))
  const number = group(round(scaled, places), style.signed ?? false)
  return { number, unit: scale.label, text: joinUnit(number, scale.label, style.locale) }
}

/** The scale that suits the greatest of the values: what a chart's axis and all its labels use. */
export function scaleOf(values: readonly (Decimal | null)[], unit: string | null | undefined, locale: Locale): Scale {
  if (unit === null || unit === undefined) return { shift: 0, label: '' }
  const known = values.filter((value) => value !== null)
  return scaleFor(unit, Math.max(0, ...known.map(powerOfTen)), locale)
}

/** A number for a chart's geometry, in the scale's unit. */
export function plotted(value: Decimal | null, scale: Scale): number | null {
  return value === null ? null : toNumber(shift(value, scale.shift))
}

/** `"0.00"` of a contract or board is two places; without one, none is asked for. */
export function placesOf(format: string | null | undefined): number | undefined {
  if (format === null || format === undefined) return undefined
  return /\.(0+)/.exec(format)?.[1]?.length ?? 0
}

/** A count as an integer with separators. */
export function formatCount(count: number, locale: Locale, unit = ''): string {
  const number = group({ digits: BigInt(Math.trunc(count)), scale: 0 }, false)
  return unit === '' ? number : joinUnit(number, unitName(unit, locale), locale)
}

/** Reads a cell of the API: decimals come as text, integers as numbers. */
export function decimalOf(cell: string | number | boolean | null): Decimal | null {
  if (cell === null || typeof cell === 'boolean') return null
  if (typeof cell === 'string') return parseDecimal(cell)
  return Number.isSafeInteger(cell) ? { digits: BigInt(cell), scale: 0 } : null
}

/** Chinese units stand close (12.3亿元 is set with a thin space), `%` always without space. */
export function joinUnit(number: string, unit: string, locale: Locale): string {
  if (unit === '' || number === NO_VALUE) return number
  if (unit === '%') return `${number}%`
  if (locale === 'en' && unit.startsWith('CNY')) return `CNY ${number}${unit.slice(3)}`.trimEnd()
  return `${number} ${unit}`
}

function group(value: Decimal, signed: boolean): string {
  const [whole = '0', fraction] = plain(abs(value)).split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  const mark = value.digits < 0n ? '−' : signed && value.digits > 0n ? '+' : ''
  return `${mark}${grouped}${fraction === undefined ? '' : `.${fraction}`}`
}

/** Three significant digits for small scaled numbers, none after the point from 1,000 on. */
function significantPlaces(scaled: Decimal): number {
  const power = powerOfTen(scaled)
  if (power >= 3) return 0
  return power >= 2 ? 1 : 2
}

function powerOfTen(value: Decimal): number {
  const whole = plain(abs(value)).split('.')[0] ?? '0'
  return whole === '0' ? 0 : whole.length - 1
}
