import { describe, expect, test } from 'vitest'
import { parseDecimal } from './decimal'
import { decimalOf, formatCount, formatValue, placesOf, plotted, scaleOf, type ValueStyle } from './value'

function print(text: string | null, style: ValueStyle): string {
  return formatValue(text === null ? null : parseDecimal(text), style).text
}

describe('money in Chinese is counted in 万 and 亿', () => {
  test.each([
    ['0.00', '0.00 元'],
    ['9999.99', '9,999.99 元'],
    ['10000.00', '1.00 万元'],
    ['98604321.55', '9,860 万元'],
    ['123456789.01', '1.23 亿元'],
    ['-45678901.20', '−4,568 万元'],
  ])('%s yuan is %s', (text, expected) => {
    expect(print(text, { locale: 'zh', unit: 'yuan' })).toBe(expected)
  })
})

describe('money in English is counted in thousands and millions', () => {
  test.each([
    ['9860.00', 'CNY 9.86 k'],
    ['98604321.55', 'CNY 98.60 m'],
    ['1234567890.12', 'CNY 1.23 bn'],
    ['12.50', 'CNY 12.50'],
  ])('%s yuan is %s', (text, expected) => {
    expect(print(text, { locale: 'en', unit: 'yuan' })).toBe(expected)
  })
})

test('standard coal and carbon change from kilograms to tonnes', () => {
  expect(print('2345678.1234', { locale: 'zh', unit: 'kgce' })).toBe('2,346 吨标准煤')
  expect(print('245678901.5', { locale: 'zh', unit: 'kgCO2' })).toBe('24.57 万吨CO₂')
  expect(print('245678901.5', { locale: 'en', unit: 'kgCO2' })).toBe('245.7 ktCO₂')
  expect(print('39228.4321', { locale: 'zh', unit: 'tCO2', places: 0 })).toBe('39,228 吨CO₂')
  expect(print('245678.9', { locale: 'zh', unit: 'tCO2' })).toBe('24.57 万吨CO₂')
  expect(print('812.4', { locale: 'zh', unit: 'kgCO2' })).toBe('812.4 千克CO₂')
})

test('an intensity keeps its unit and the places it is given', () => {
  expect(print('308.80451234', { locale: 'zh', unit: 'kgce/person', places: 2 })).toBe('308.80 千克标准煤/人')
  expect(print('19.1', { locale: 'en', unit: 'm3/person', places: 2 })).toBe('19.10 m³/person')
})

test('a change carries its sign, a zero does not', () => {
  const change: ValueStyle = { locale: 'zh', unit: '%', places: 1, signed: true }
  expect(print('2.449', change)).toBe('+2.4%')
  expect(print('-6.85', change)).toBe('−6.9%')
  expect(print('0.02', change)).toBe('0.0%')
  expect(print('-0.02', change)).toBe('0.0%')
})

test('an unknown value is a dash and never a zero', () => {
  expect(print(null, { locale: 'zh', unit: 'yuan' })).toBe('—')
})

test('one scale serves all values of a chart', () => {
  const values = ['980000.00', '125000000.00', null].map((text) => (text === null ? null : parseDecimal(text)))
  const scale = scaleOf(values, 'yuan', 'zh')
  expect(scale).toEqual({ shift: 8, label: '亿元' })
  expect(values.map((value) => plotted(value, scale))).toEqual([0.0098, 1.25, null])
})

test('a count has separators and no places', () => {
  expect(formatCount(12034, 'zh')).toBe('12,034')
})

test('cells are read by what the API sends', () => {
  expect(decimalOf('12.50')).toEqual({ digits: 1250n, scale: 2 })
  expect(decimalOf(7)).toEqual({ digits: 7n, scale: 0 })
  expect(decimalOf(0.5)).toBeNull()
  expect(decimalOf(true)).toBeNull()
})

test('places are read from a format', () => {
  expect(placesOf('0.00')).toBe(2)
  expect(placesOf('#,##0')).toBe(0)
  expect(placesOf(null)).toBeUndefined()
})
