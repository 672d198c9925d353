/**
 * Exact decimals. The server sends every decimal as text so that no digit is lost; it stays exact here until it is
 * printed. There is deliberately no addition: a total shown on a page is one the server computed.
 */
export interface Decimal {
  /** All digits as one integer, e.g. 12.30 is 1230n. */
  readonly digits: bigint
  /** How many of the digits stand after the point. */
  readonly scale: number
}

const PATTERN = /^([+-]?)(\d+)(?:\.(\d+))?$/

/** Reads `-12.30`; `null` for anything else, exponents among it, which the API never sends. */
export function parseDecimal(text: string): Decimal | null {
  const match = PATTERN.exec(text)
  if (match === null) return null
  const [, sign = '', whole = '', fraction = ''] = match
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length }
}

/** Divides by a power of ten without losing a digit: 元 to 万元 is `shift(value, 4)`. */
export function shift(value: Decimal, places: number): Decimal {
  return { digits: value.digits, scale: value.scale + places }
}

/** Rounds half away from zero (四舍五入), the rule of statistical reports. */
export function round(value: Decimal, places: number): Decimal {
  if (value.scale <= places) return { digits: value.digits * 10n ** BigInt(places - value.scale), scale: places }
  const divisor = 10n ** BigInt(value.scale - places)
  const magnitude = value.digits < 0n ? -value.digits : value.digits
  const rounded = (magnitude + divisor / 2n) / divisor
  return { digits: value.digits < 0n ? -rounded : rounded, scale: places }
}

export function abs(value: Decimal): Decimal {
  return value.digits < 0n ? { digits: -value.digits, scale: value.scale } : value
}

/** Negative, zero or positive as `left` is smaller than, equal to or greater than `right`. */
export function compare(left: Decimal, right: Decimal): number {
  const scale = Math.max(left.scale, right.scale)
  const difference = round(left, scale).digits - round(right, scale).digits
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function sign(value: Decimal): -1 | 0 | 1 {
  return value.digits < 0n ? -1 : value.digits > 0n ? 1 : 0
}

/** For geometry only (a bar's length, a point's height): never printed. */
export function toNumber(value: Decimal): number {
  return Number(plain(value))
}

/** The digits with a point and no grouping. */
export function plain(value: Decimal): string {
  const negative = value.digits < 0n
  const scale = Math.max(value.scale, 0)
  const digits = (negative ? -value.digits : value.digits) * 10n ** BigInt(Math.max(-value.scale, 0))
  const text = digits.toString().padStart(scale + 1, '0')
  const whole = text.slice(0, text.length - scale)
  const fraction = scale === 0 ? '' : `.${text.slice(-scale)}`
  return `${negative ? '-' : ''}${whole}${fraction}`
}
