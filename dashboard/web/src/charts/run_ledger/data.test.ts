import { expect, test } from 'vitest'
import { run } from '../../../test/run'
import { ledgerOf } from './data'

test('both sides are as long when the ledger balances', () => {
  const ledger = ledgerOf(run({ read: 100, inserted: 60, updated: 20, unchanged: 10, duplicate: 6, quarantined: 4 }))
  expect(ledger.accounted).toBe(100)
  expect(ledger.parts.map(({ drawn }) => drawn)).toEqual([60, 20, 10, 6, 4])
})

test('one refused row among a million is seen, and the side is no longer for it', () => {
  const ledger = ledgerOf(run({ read: 1_000_000, inserted: 999_999, quarantined: 1 }))
  const drawn = ledger.parts.map((part) => part.drawn)
  // 1.2 % of a million is 12,000: lent by the rows inserted, which keep 988,000.
  expect(drawn).toEqual([988_000, 0, 0, 0, 12_000])
  expect(drawn.reduce((sum, length) => sum + length, 0)).toBe(1_000_000)
})

test('a ledger that does not balance shows it', () => {
  const ledger = ledgerOf(run({ read: 10, inserted: 7 }))
  expect([ledger.read, ledger.accounted, ledger.length]).toEqual([10, 7, 10])
})

test('a run that read nothing has nothing to draw', () => {
  expect(ledgerOf(run({})).parts.every(({ drawn }) => drawn === 0)).toBe(true)
})
