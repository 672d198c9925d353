/** One question to the server and its newest answer; an answer that is no longer wanted is dropped. */
import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { Problem } from '@/api/types'
import { problemOf } from '@/panel/use_panel'

export interface Asked<Answer> {
  readonly answer: ShallowRef<Answer | null>
  readonly problem: ShallowRef<Problem | null>
  readonly isLoading: Ref<boolean>
  readonly status: ComputedRef<'loading' | 'updating' | 'ready' | 'error'>
  readonly reload: () => void
}

/** Asks now, whenever `question` changes, and when told to; the answer before stays while the next is on its way. */
export function useAsked<Question, Answer>(
  question: () => Question,
  ask: (question: Question, signal: AbortSignal) => Promise<Answer>,
): Asked<Answer> {
  const answer = shallowRef<Answer | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(false)
  let current: AbortController | null = null

  async function load(): Promise<void> {
    current?.abort()
    const mine = new AbortController()
    current = mine
    isLoading.value = true
    // Whoever asks again sees that it is asked, not what went wrong before.
    problem.value = null
    try {
      const received = await ask(question(), mine.signal)
      if (mine.signal.aborted) return
      answer.value = received
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = problemOf(error)
    }
    isLoading.value = false
  }

  watch(() => JSON.stringify(question()), () => void load(), { immediate: true })
  onScopeDispose(() => current?.abort())
  const status = computed(() => {
    if (problem.value !== null) return 'error'
    if (answer.value === null) return 'loading'
    return isLoading.value ? 'updating' : 'ready'
  })
  return { answer, problem, isLoading, status, reload: () => void load() }
}
