/** Runs to marks on a line for each job. */
import type { RunSummary } from '@/api/types'

export interface RunMark {
  readonly run: RunSummary
  /** Milliseconds since 1970. */
  readonly at: number
  /** The job's line, counted from the bottom. */
  readonly line: number
}

export interface Timeline {
  /** The jobs, from the bottom up: the one that ran last stands on top. */
  readonly jobs: readonly string[]
  readonly marks: readonly RunMark[]
}

/** `runs` come newest first, as the server lists them. */
export function timelineOf(runs: readonly RunSummary[]): Timeline {
  const jobs = [...new Set(runs.map(({ job }) => job))].reverse()
  const marks = runs.map((run) => ({ run, at: Date.parse(run.started_at), line: jobs.indexOf(run.job) }))
  return { jobs, marks: marks.filter(({ at }) => !Number.isNaN(at)) }
}

/** How long a run took, in seconds; `null` while it is not told. */
export function secondsOf({ started_at, finished_at }: RunSummary): number | null {
  if (finished_at === null) return null
  const seconds = (Date.parse(finished_at) - Date.parse(started_at)) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}
