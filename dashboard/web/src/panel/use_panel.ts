/** The life of one panel's request: a newer question cancels the older, whose answer is never shown. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ApiError } from '@/api/client'
import type { PanelData, Problem } from '@/api/types'
import { MissingColumnError, PanelTable } from './table'

type PanelStatus = 'loading' | 'updating' | 'ready' | 'empty' | 'error'

export interface Panel {
  readonly status: Readonly<Ref<PanelStatus>>
  /** The newest answer; while `updating`, still the previous one. */
  readonly table: Readonly<ShallowRef<PanelTable | null>>
  readonly problem: Readonly<ShallowRef<Problem | null>>
  readonly retry: () => void
}

/** Asks again whenever `question` changes; a question of `null` waits. An answer must have the `columns` the page draws. */
export function usePanel<Q>(
  question: () => Q | null,
  ask: (question: Q, signal: AbortSignal) => Promise<PanelData>,
  columns: readonly string[] = [],
): Panel {
  const status = ref<PanelStatus>('loading')
  const table = shallowRef<PanelTable | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let current: AbortController | null = null

  async function load(asked: Q): Promise<void> {
    current?.abort()
    const mine = new AbortController()
    current = mine
    status.value = table.value === null ? 'loading' : 'updating'
    try {
      const answer = await ask(asked, mine.signal)
      if (mine.signal.aborted) return
      const received = new PanelTable(answer)
      for (const column of columns) received.position(column)
      table.value = received
      problem.value = null
      status.value = answer.rows.length === 0 ? 'empty' : 'ready'
    } catch (error) {
      if (mine.signal.aborted) return
      table.value = null
      problem.value = problemOf(error)
      status.value = 'error'
    }
  }

  function run(): void {
    const asked = question()
    if (asked !== null) void load(asked)
  }

  watch(() => JSON.stringify(question()), run, { immediate: true })
  onScopeDispose(() => current?.abort())
  return { status, table, problem, retry: run }
}

/** Any failure in the shape of a problem, so that there is one way to show it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem
  const detail = error instanceof Error ? error.message : String(error)
  const code = error instanceof MissingColumnError ? 'unexpected_answer' : 'page_fault'
  return { status: 0, code, title: 'this part of the page failed', detail, hint: null, request_id: null }
}
