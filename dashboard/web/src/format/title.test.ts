import { expect, test } from 'vitest'
import { columnTitle, instantTitle, monthNumber, monthTitle, smallNumber, toDateTitle, yearMonthTitle } from './title'

test('months read in both languages', () => {
  expect(monthTitle('2026-10', 'zh')).toBe('10月')
  expect(monthTitle('2026-10', 'en')).toBe('Oct')
  expect(yearMonthTitle('2026-03', 'zh')).toBe('2026年3月')
  expect(yearMonthTitle('2026-03', 'en')).toBe('Mar 2026')
})

test('what is no month stays as it is', () => {
  expect(monthNumber('2026-13')).toBeNull()
  expect(monthTitle('2026-13', 'zh')).toBe('2026-13')
})

test('a period to date names its last month', () => {
  expect(toDateTitle('2026-10', 'zh')).toBe('1—10月')
  expect(toDateTitle('2026-10', 'en')).toBe('Jan–Oct')
  expect(toDateTitle('2026-01', 'zh')).toBe('1月')
  expect(toDateTitle('2025-12', 'en')).toBe('Full year')
})

test('an instant is shown on the clock of the city', () => {
  expect(instantTitle('2026-11-23T18:10:00Z')).toBe('2026-11-24 02:10')
  expect(instantTitle('yesterday')).toBe('yesterday')
})

test('a heading carries its unit in brackets of the language', () => {
  const column = { title: { zh: '人均综合能耗', en: 'Energy per person' }, unit: 'kgce/person' }
  expect(columnTitle(column, 'zh')).toBe('人均综合能耗（千克标准煤/人）')
  expect(columnTitle(column, 'en')).toBe('Energy per person (kgce/person)')
  expect(columnTitle({ ...column, unit: null }, 'en')).toBe('Energy per person')
})

test('two is 两 before a measure word', () => {
  expect(smallNumber(2, 'zh')).toBe('两')
  expect(smallNumber(4, 'zh')).toBe('四')
  expect(smallNumber(4, 'en')).toBe('four')
})
