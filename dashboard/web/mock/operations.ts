/** Made-up answers about operations: a lake that has run daily for a month, with one job that fails. */

const NOW = Date.UTC(2026, 10, 24, 2, 10)
const DAY = 86_400_000

const TABLES = [
  { table: 'energy.monthly', zh: '能耗月报', en: 'Monthly energy form', within: 40, newest: '2026-10', age: 23 },
  { table: 'energy.bill', zh: '能源账单', en: 'Energy bill', within: 60, newest: '2026-10', age: 23 },
  { table: 'energy.reading', zh: '表计读数', en: 'Meter reading', within: 2, newest: '2026-11-19T15:30:00.000Z', age: 4 },
  { table: 'vehicle.trip', zh: '用车行程', en: 'Trip', within: 3, newest: '2026-11-23T09:12:00.000Z', age: 0 },
  { table: 'cost.expense', zh: '支出凭证', en: 'Voucher', within: 40, newest: '2026-10-31', age: 23 },
  { table: 'office.building', zh: '楼栋', en: 'Building', within: 400, newest: '2026-03-02', age: 267 },
  { table: 'asset.card', zh: '资产卡片', en: 'Asset card', within: 40, newest: null, age: null },
]

type Row = Readonly<Record<string, string | number | null>>

const RUNS: readonly Row[] = Array.from({ length: 30 }, (_, back) => TABLES.map((table, line) => runOf(table, line, back))).flat()

const REFUSED: readonly Row[] = Array.from({ length: 62 }, (_, index) => ({
  table_name: 'energy.monthly',
  object: '9f2c41aa03b7d1e5',
  sheet: '2026年10月',
  row: 14 + 3 * index,
  rule: index < 50 ? 'required' : 'quantity_is_plausible',
  column_name: index < 50 ? 'organization_id' : 'electricity_kwh',
  job: 'energy.monthly_2025',
  run_id: '20261124T013000.000Z-00000000',
  file_name: '能耗月报/2026-10/掇刀区.xlsx',
  raw_value: index < 50 ? '' : '1.2e9',
  message: index < 50 ? '`organization_id` is empty' : '1200000000 is above 50000000',
  first_seen_at: new Date(NOW - 2400_000).toISOString(),
  status: 'open',
  row_json: JSON.stringify({ 单位编号: null, 单位名称: '掇刀区某中心', '电(千瓦时)': '1.2e9', '水(立方米)': '320' }),
}))

/** `null` for what is no address of operations. */
export function operationsAnswer(url: URL): unknown {
  const limit = Number(url.searchParams.get('limit') ?? 100)
  switch (url.pathname) {
    case '/api/v1/operations/status':
      return statusAnswer()
    case '/api/v1/operations/lateness':
      return latenessAnswer()
    case '/api/v1/runs':
      return page(RUNS, limit)
    case '/api/v1/operations/quarantine':
      return page(REFUSED.filter(({ rule }) => rule === url.searchParams.get('rule')), limit)
    default:
      return null
  }
}

function runOf({ table }: { table: string }, line: number, back: number): Row {
  const failed = table === 'energy.reading' && back < 5
  const read = failed ? 0 : 400 + 7919 * (line + 1) + 13 * back
  const quarantined = table === 'energy.monthly' && back === 0 ? 62 : 0
  const inserted = failed ? 0 : Math.floor(read / 40) + 3
  const updated = failed ? 0 : Math.floor(read / 90)
  const started = NOW - back * DAY - 2400_000 + line * 60_000
  return {
    run_id: `${new Date(started).toISOString().replace(/[-:]/g, '')}-0000000${line}`,
    job: `${table}${table === 'energy.monthly' ? '_2025' : ''}`,
    table_name: table,
    status: failed ? 'failed' : 'ok',
    started_at: new Date(started).toISOString(),
    finished_at: new Date(started + 1400 + read / 20).toISOString(),
    decoded: read + 4,
    left_out: failed ? 0 : 4,
    read_rows: read,
    inserted,
    updated,
    unchanged: read - inserted - updated - quarantined,
    duplicate: 0,
    quarantined,
    deleted: 0,
  }
}

export function statusAnswer(): unknown {
  const summary = ({ read_rows, table_name, ...run }: Row) => ({ ...run, table: table_name, read: read_rows, balances: true })
  const lastOf = (table: string) => RUNS.find((run) => run['table_name'] === table) ?? {}
  return {
    may_operate: true,
    now: new Date(NOW).toISOString(),
    publication: { number: 12, created_at: '2026-11-23T18:10:00Z', age_seconds: 28_800 },
    tables: TABLES.map(({ table, zh, en, within, newest, age }) => ({
      table,
      title: { zh, en },
      version: 31,
      published_version: 31,
      rows: 250_000,
      files: 12,
      bytes: 4_000_000,
      changed_at: new Date(NOW - 2400_000).toISOString(),
      freshness: {
        column: 'month',
        within_seconds: within * 86_400,
        newest,
        reaches: age === null ? null : new Date(NOW - age * DAY).toISOString(),
        age_seconds: age === null ? null : age * 86_400 + 3_600,
        state: age === null ? 'empty' : age >= within ? 'stale' : 'fresh',
      },
      last_run: summary(lastOf(table)),
      quarantine:
        table === 'energy.monthly'
          ? [
              { job: 'energy.monthly_2025', rule: 'required', title: null, rows: 50, since: null },
              { job: 'energy.monthly_2025', rule: 'quantity_is_plausible', title: { zh: '用量应在合理范围', en: 'quantities are plausible' }, rows: 12, since: null },
            ]
          : [],
    })),
    jobs: TABLES.map(({ table }) => ({
      job: lastOf(table)['job'],
      table,
      last_run: summary(lastOf(table)),
      last_ok_at: new Date(NOW - 5 * DAY).toISOString(),
      failures: table === 'energy.reading' ? 5 : 0,
      failing_since: table === 'energy.reading' ? new Date(NOW - 4 * DAY).toISOString() : null,
    })),
  }
}

export function latenessAnswer(): unknown {
  const months = Array.from({ length: 12 }, (_, back) => {
    const first = new Date(Date.UTC(2026, 9 - back, 1))
    const due = new Date(Date.UTC(2026, 10 - back, 15))
    return { month: first.toISOString().slice(0, 7), due_date: due.toISOString().slice(0, 10) }
  })
  const organizations = Array.from({ length: 14 }, (_, index) => ({
    organization_id: `ORG-${index}`,
    name: ['东宝区文化和旅游局', '掇刀区市场监督管理局', '京山市交通运输局'][index % 3],
    region_code: '420802',
    owed: months
      .slice(0, 1 + ((13 - index) % 5))
      .reverse()
      .map((month) => ({ ...month, days_overdue: Math.floor((NOW - Date.parse(month.due_date)) / DAY) })),
    late_forms: index % 4,
  }))
  const owed = (month: string) => organizations.filter((one) => one.owed.some((form) => form.month === month)).length
  return {
    publication: { number: 12, created_at: '2026-11-23T18:10:00Z' },
    months: months.map(({ month, due_date }) => ({
      month,
      due_date,
      expected: 612,
      reported: 612 - owed(month),
      late: 20,
      owed: owed(month),
      is_unheard: false,
    })),
    organizations,
  }
}

function page(rows: readonly Row[], limit: number): unknown {
  const names = Object.keys(rows[0] ?? {})
  const shown = rows.slice(0, limit)
  return {
    columns: names.map((name) => ({ name })),
    rows: shown.map((row) => names.map((name) => row[name] ?? null)),
    total_rows: rows.length,
  }
}
