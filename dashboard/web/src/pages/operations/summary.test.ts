import { expect, test } from 'vitest'
import { translator } from '@/i18n/i18n'
import type { Lateness, OperationsStatus } from '@/api/types'
import { parseLateness, parseStatus } from '@/api/parse_operations'
import { latenessAnswer, statusAnswer } from '../../../mock/operations'
import { spanTitle } from './span'
import { attention, owedForms, summaryOf } from './summary'

const status: OperationsStatus = parseStatus(statusAnswer())
const lateness: Lateness = parseLateness(latenessAnswer())
const t = translator('zh')

test('what needs attention is said, the gravest first', () => {
  // Of seven tables one is older than promised and one is empty; one job fails; 50 + 12 values wait.
  expect(summaryOf(status)).toEqual({ promised: 7, stale: 1, empty: 1, jobs: 7, failing: 1, waiting: 62, waitingTables: 1 })
  expect(attention(summaryOf(status), lateness, 'zh', t)).toBe('1 个任务运行失败，1 张表超期未更新，62 处问题数据待处理，14 家单位欠报')
})

test('forms owed are counted, not organisations', () => {
  // 4 + 3 + 2 + 1, twice, and 5 + 4 + 3 + 2 + 1 between and after: 14 organisations owe 40.
  expect(owedForms(lateness)).toBe(40)
})

test('a lake where all is well says so', () => {
  const tables = status.tables.map((table) => ({ ...table, freshness: null, quarantine: [] }))
  const well = summaryOf({ ...status, tables, jobs: [] })
  expect(attention(well, { ...lateness, organizations: [] }, 'zh', t)).toBe('数据按时入库，没有需要处理的事项')
})

test('a span is told in the unit that says it best and never rounded up', () => {
  expect([0, 59, 3599, 3600, 172_799, 172_800].map((seconds) => spanTitle(seconds, t))).toEqual(['0 分钟', '0 分钟', '59 分钟', '1 小时', '47 小时', '2 天'])
})

test('an answer of another shape is refused with its place', () => {
  expect(() => parseStatus({ ...(statusAnswer() as object), tables: [{}] })).toThrow('tables[0].table')
})
