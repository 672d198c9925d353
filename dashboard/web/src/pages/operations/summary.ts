/** What the page says first: how many of what need attention. */
import type { Lateness, OperationsStatus, TableStatus } from '@/api/types'
import { formatCount } from '@/format/value'
import type { Locale } from '@/format/locale'
import type { Translate } from '@/i18n/i18n'

export interface Summary {
  readonly promised: number
  readonly stale: number
  readonly empty: number
  readonly jobs: number
  readonly failing: number
  readonly waiting: number
  readonly waitingTables: number
}

export function waitingOf(table: TableStatus): number {
  return table.quarantine.reduce((sum, { rows }) => sum + rows, 0)
}

export function summaryOf(status: OperationsStatus): Summary {
  const states = status.tables.flatMap(({ freshness }) => (freshness === null ? [] : [freshness.state]))
  const waiting = status.tables.map(waitingOf)
  return {
    promised: states.length,
    stale: states.filter((state) => state === 'stale').length,
    empty: states.filter((state) => state === 'empty').length,
    jobs: status.jobs.length,
    failing: status.jobs.filter(({ failures }) => failures > 0).length,
    waiting: waiting.reduce((sum, rows) => sum + rows, 0),
    waitingTables: waiting.filter((rows) => rows > 0).length,
  }
}

export function owedForms(lateness: Lateness): number {
  return lateness.organizations.reduce((sum, { owed }) => sum + owed.length, 0)
}

/** The sentence on top: what is wrong, the gravest first, or that nothing is. */
export function attention(summary: Summary, lateness: Lateness | null, locale: Locale, t: Translate): string {
  const count = (number: number) => ({ count: formatCount(number, locale) })
  const owing = lateness?.organizations.length ?? 0
  const parts = [
    summary.failing > 0 ? t('operations_failing', count(summary.failing)) : null,
    summary.stale > 0 ? t('operations_stale', count(summary.stale)) : null,
    summary.waiting > 0 ? t('operations_waiting', count(summary.waiting)) : null,
    owing > 0 ? t('operations_owed', count(owing)) : null,
  ].filter((part) => part !== null)
  return parts.length === 0 ? t('operations_good') : parts.join(t('join_comma'))
}
