/** A run asked for from the page: begun, watched until it has ended, then told. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { fetchRuns } from '@/api/client'
import type { Begun, Problem, RunSummary } from '@/api/types'
import { problemOf } from '@/panel/use_panel'

/** How often the list of runs is looked at, and how long at the most: a run is in it once it has ended. */
const EVERY_MS = 1500
const AT_MOST_MS = 10 * 60_000

export interface Operation {
  readonly begun: Ref<string | null>
  readonly ended: ShallowRef<RunSummary | null>
  readonly problem: ShallowRef<Problem | null>
  readonly isUnderWay: Ref<boolean>
  readonly start: (post: () => Promise<Begun>, job: string) => Promise<void>
}

export function useOperate(changed: () => void): Operation {
  const begun = ref<string | null>(null)
  const ended = shallowRef<RunSummary | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isUnderWay = ref(false)
  const stop = new AbortController()

  async function start(post: () => Promise<Begun>, job: string): Promise<void> {
    begun.value = null
    ended.value = null
    problem.value = null
    isUnderWay.value = true
    try {
      const { run_id } = await post()
      begun.value = run_id
      ended.value = await end(run_id, job)
      changed()
    } catch (error) {
      if (!stop.signal.aborted) problem.value = problemOf(error)
    }
    isUnderWay.value = false
  }

  async function end(runId: string, job: string): Promise<RunSummary | null> {
    for (let waited = 0; waited < AT_MOST_MS; waited += EVERY_MS) {
      const { rows } = await fetchRuns({ job, limit: '20' }, stop.signal)
      const found = rows.find(({ run_id }) => run_id === runId)
      if (found !== undefined) return found
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS))
      stop.signal.throwIfAborted()
    }
    return null
  }

  onScopeDispose(() => stop.abort())
  return { begun, ended, problem, isUnderWay, start }
}
