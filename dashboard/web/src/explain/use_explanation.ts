/** An explanation asked for, and asked for again with more rows; an answer that is no longer wanted is dropped. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { fetchExplanation, type Query } from '@/api/client'
import type { Explanation, Problem } from '@/api/types'
import { problemOf } from '@/panel/use_panel'

/** Rows of each listing at first, and how many more each time. */
const ROWS = 20

export interface Asked {
  readonly explanation: ShallowRef<Explanation | null>
  readonly problem: ShallowRef<Problem | null>
  readonly isLoading: Ref<boolean>
  readonly step: number
  readonly more: () => void
  readonly retry: () => void
}

export function useExplanation(metric: string, query: Query): Asked {
  const explanation = shallowRef<Explanation | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(false)
  let limit = ROWS
  let current: AbortController | null = null

  async function load(): Promise<void> {
    current?.abort()
    const mine = new AbortController()
    current = mine
    isLoading.value = true
    try {
      const answer = await fetchExplanation(metric, { ...query, limit: String(limit) }, mine.signal)
      if (mine.signal.aborted) return
      explanation.value = answer
      problem.value = null
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = problemOf(error)
    }
    isLoading.value = false
  }

  function more(): void {
    limit += ROWS
    void load()
  }

  onScopeDispose(() => current?.abort())
  void load()
  return { explanation, problem, isLoading, step: ROWS, more, retry: () => void load() }
}
