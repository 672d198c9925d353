import { describe, expect, test } from 'vitest'
import { abs, compare, parseDecimal, plain, round, shift, toNumber } from './decimal'

function decimal(text: string) {
  const value = parseDecimal(text)
  if (value === null) throw new Error(`not a decimal: ${text}`)
  return value
}

describe('reading', () => {
  test.each(['0', '12', '-12.30', '0.00000001', '123456789012345678901234567890.12'])('%s comes back as it was', (text) => {
    expect(plain(decimal(text))).toBe(text)
  })

  test.each(['', '-', '1e5', '1,000', '.5', '5.', 'NaN', '１２'])('%j is not a decimal', (text) => {
    expect(parseDecimal(text)).toBeNull()
  })
})

describe('rounding', () => {
  test.each([
    ['2.345', 2, '2.35'],
    ['-2.345', 2, '-2.35'],
    ['2.344999', 2, '2.34'],
    ['0.5', 0, '1'],
    ['-0.4', 0, '0'],
    ['7', 2, '7.00'],
    // 1.005 is 1.00499999999999989… as a float and would print 1.00.
    ['1.005', 2, '1.01'],
  ])('%s to %i places is %s', (text, places, expected) => {
    expect(plain(round(decimal(text), places))).toBe(expected)
  })
})

test('shifting keeps every digit of a sum in yuan', () => {
  expect(plain(shift(decimal('123456789012345.67'), 8))).toBe('1234567.8901234567')
  expect(plain(shift(decimal('5'), -2))).toBe('500')
})

test('comparison is exact where floats are equal', () => {
  expect(compare(decimal('9007199254740993'), decimal('9007199254740992.0'))).toBe(1)
  expect(compare(decimal('1.10'), decimal('1.1'))).toBe(0)
  expect(compare(abs(decimal('-2')), decimal('3'))).toBe(-1)
})

test('geometry gets a plain number', () => {
  expect(toNumber(decimal('-12.5'))).toBe(-12.5)
})
