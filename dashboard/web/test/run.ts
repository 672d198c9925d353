/** A run for tests: one that read nothing, but for what is told. */
import type { RunSummary } from '@/api/types'

export function run(told: Partial<RunSummary>): RunSummary {
  return {
    run_id: '20261124T030000.000Z-00000000',
    job: 'energy.monthly',
    table: 'energy.monthly',
    status: 'ok',
    started_at: '2026-11-24T03:00:00Z',
    finished_at: '2026-11-24T03:00:01Z',
    decoded: 0,
    left_out: 0,
    read: 0,
    inserted: 0,
    updated: 0,
    unchanged: 0,
    duplicate: 0,
    quarantined: 0,
    deleted: 0,
    balances: true,
    ...told,
  }
}
