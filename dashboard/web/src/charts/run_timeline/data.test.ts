import { expect, test } from 'vitest'
import { run } from '../../../test/run'
import { secondsOf, timelineOf } from './data'

test('each job has a line and the one that ran last stands on top', () => {
  const runs = [
    run({ run_id: '3', job: 'cost.expense', started_at: '2026-11-24T03:00:00Z' }),
    run({ run_id: '2', job: 'energy.bill', started_at: '2026-11-24T02:00:00Z' }),
    run({ run_id: '1', job: 'cost.expense', started_at: '2026-11-23T03:00:00Z' }),
  ]
  const { jobs, marks } = timelineOf(runs)
  expect(jobs).toEqual(['energy.bill', 'cost.expense'])
  expect(marks.map(({ line }) => line)).toEqual([1, 0, 1])
  expect(marks[0]?.at).toBe(Date.UTC(2026, 10, 24, 3))
})

test('a run whose end is not told has no length', () => {
  expect(secondsOf(run({ finished_at: null }))).toBeNull()
  expect(secondsOf(run({ started_at: '2026-11-24T03:00:00Z', finished_at: '2026-11-24T03:00:02.500Z' }))).toBe(2.5)
})
