import { expect, test } from 'vitest'
import { exact } from './exact'

test('every digit stays and the unit is called as people call it', () => {
  expect(exact('1234567.8901', 'yuan', 'zh')).toBe('1,234,567.8901 元')
  expect(exact('1234567.8901', 'yuan', 'en')).toBe('CNY 1,234,567.8901')
  expect(exact('-0.10', 'kWh', 'zh')).toBe('−0.10 kWh')
})

test('a number without a unit is the number, and none at all is no zero', () => {
  expect(exact('12', null, 'zh')).toBe('12')
  expect(exact(null, 'kWh', 'zh')).toBe('—')
})
