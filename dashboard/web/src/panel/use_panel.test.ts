import { effectScope, nextTick, ref } from 'vue'
import { expect, test } from 'vitest'
import { ApiError } from '@/api/client'
import type { PanelData } from '@/api/types'
import { usePanel } from './use_panel'

const title = { zh: '题', en: 'title' }

function answer(value: string | null): PanelData {
  return {
    panel: 'p',
    title,
    publication: { number: 1, created_at: '2026-11-23T18:10:00Z' },
    columns: [{ name: 'value', title, type: 'text', unit: null, format: null }],
    rows: value === null ? [] : [[value]],
    notes: [],
    total_rows: value === null ? 0 : 1,
    limit: null,
  }
}

/** A server whose answers are given by hand, in any order. */
function deferredServer() {
  const waiting = new Map<string, { resolve: (data: PanelData) => void; reject: (error: unknown) => void }>()
  return {
    ask: (question: string) =>
      new Promise<PanelData>((resolve, reject) => waiting.set(question, { resolve, reject })),
    async resolve(question: string, data: PanelData) {
      waiting.get(question)?.resolve(data)
      await nextTick()
      await nextTick()
    },
    async reject(question: string, error: unknown) {
      waiting.get(question)?.reject(error)
      await nextTick()
      await nextTick()
    },
  }
}

function setup(first: string | null, columns: readonly string[] = []) {
  const question = ref(first)
  const server = deferredServer()
  const scope = effectScope()
  const panel = scope.run(() => usePanel(() => question.value, server.ask, columns))
  if (panel === undefined) throw new Error('the scope did not run')
  return { question, server, panel, value: () => panel.table.value?.rows[0]?.text('value') ?? null }
}

test('an answer that comes after a newer question is dropped', async () => {
  const { question, server, panel, value } = setup('city')
  question.value = 'county'
  await nextTick()
  await server.resolve('county', answer('county'))
  await server.resolve('city', answer('city'))
  expect(value()).toBe('county')
  expect(panel.status.value).toBe('ready')
})

test('the previous answer stays while a newer one is fetched', async () => {
  const { question, server, panel, value } = setup('city')
  expect(panel.status.value).toBe('loading')
  await server.resolve('city', answer('city'))
  question.value = 'county'
  await nextTick()
  expect(panel.status.value).toBe('updating')
  expect(value()).toBe('city')
})

test('no row is empty, not an error', async () => {
  const { server, panel } = setup('city')
  await server.resolve('city', answer(null))
  expect(panel.status.value).toBe('empty')
})

test('a failed request keeps the problem and a retry asks again', async () => {
  const { server, panel, value } = setup('city')
  const problem = { status: 503, code: 'busy', title: 'busy', detail: null, hint: 'wait', request_id: 'r1' }
  await server.reject('city', new ApiError(problem))
  expect(panel.status.value).toBe('error')
  expect(panel.problem.value).toEqual(problem)
  panel.retry()
  await server.resolve('city', answer('city'))
  expect(panel.status.value).toBe('ready')
  expect(panel.problem.value).toBeNull()
  expect(value()).toBe('city')
})

test('an answer without a column that the page draws is an error that names it', async () => {
  const { server, panel } = setup('city', ['value', 'gap'])
  await server.resolve('city', answer('city'))
  expect(panel.status.value).toBe('error')
  expect(panel.problem.value?.detail).toBe('panel `p` has no column `gap`')
})

test('a panel waits while there is no question', () => {
  expect(setup(null).panel.status.value).toBe('loading')
})
