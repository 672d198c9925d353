/** The overview's question (region, year, publication), the board's answer to it, and its panels. */
import { computed, inject, provide, ref, shallowRef, watch, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { fetchBoard, fetchPanel, type Query } from '@/api/client'
import type { Board, PanelMeta, Problem } from '@/api/types'
import { problemOf, usePanel, type Panel } from '@/panel/use_panel'
import { PANEL_COLUMNS, PANEL_IDS, type PanelId } from './panels'

const BOARD = 'overview'

export interface Overview {
  readonly boardId: string
  readonly board: ShallowRef<Board | null>
  readonly problem: ShallowRef<Problem | null>
  /** What every panel is asked with: one publication, so that no two panels show different states. */
  readonly question: ComputedRef<Query | null>
  readonly panels: Readonly<Record<PanelId, Panel>>
  readonly meta: (panel: PanelId) => PanelMeta | null
  /** A parameter as the server resolved it. */
  readonly parameter: (name: string) => string | null
  readonly choose: (name: 'region_code' | 'year' | 'as_of', value: string | undefined) => void
  /** The board is being asked for; its panels follow. */
  readonly isLoading: Ref<boolean>
  /** An older publication was asked for. */
  readonly isPast: ComputedRef<boolean>
  readonly reload: () => void
}

const KEY: InjectionKey<Overview> = Symbol('overview')

export function useOverview(): Overview {
  const overview = inject(KEY)
  if (overview === undefined) throw new Error('useOverview belongs below a component that called provideOverview')
  return overview
}

export function provideOverview(): Overview {
  const route = useRoute()
  const router = useRouter()
  const board = shallowRef<Board | null>(null)
  const problem = shallowRef<Problem | null>(null)
  const isLoading = ref(true)
  let current: AbortController | null = null

  const chosen = computed<Query>(() => ({
    region_code: single(route.query['region_code']),
    year: single(route.query['year']),
    as_of: single(route.query['as_of']),
  }))

  async function load(): Promise<void> {
    current?.abort()
    const mine = new AbortController()
    current = mine
    isLoading.value = true
    try {
      const answer = await fetchBoard(BOARD, chosen.value, mine.signal)
      if (mine.signal.aborted) return
      board.value = answer
      problem.value = null
      isLoading.value = false
    } catch (error) {
      if (mine.signal.aborted) return
      board.value = null
      problem.value = problemOf(error)
      isLoading.value = false
    }
  }

  const question = computed<Query | null>(() => {
    if (board.value === null) return null
    const { parameters, publication } = board.value
    return {
      region_code: parameters['region_code'] ?? undefined,
      year: parameters['year'] ?? undefined,
      as_of: String(publication.number),
    }
  })
  const entries = PANEL_IDS.map((id) => [
    id,
    usePanel(() => question.value, (query, signal) => fetchPanel(BOARD, id, query, signal), PANEL_COLUMNS[id]),
  ])

  const overview: Overview = {
    boardId: BOARD,
    board,
    problem,
    question,
    panels: Object.fromEntries(entries) as Record<PanelId, Panel>,
    meta: (panel) => board.value?.panels.find((candidate) => candidate.panel === panel) ?? null,
    parameter: (name) => board.value?.parameters[name] ?? null,
    choose: (name, value) => void router.push({ query: { ...route.query, [name]: value } }),
    isLoading,
    isPast: computed(() => chosen.value['as_of'] !== undefined),
    reload: () => void load(),
  }
  watch(() => JSON.stringify(chosen.value), () => void load(), { immediate: true })
  provide(KEY, overview)
  return overview
}

function single(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
