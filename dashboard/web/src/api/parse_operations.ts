/** Answers about operations, checked: how the lake stands, runs, refused rows, who owes forms. */
import { integer, list, object, optional, optionalText, publication, ShapeError, text, titles, truth, type Fields } from './parse'
import {
  FRESHNESS_STATES,
  type Begun,
  type Lateness,
  type OperationsStatus,
  type Page,
  type RefusedRow,
  type RunSummary,
  type TableStatus,
} from './types'

export function parseStatus(answer: unknown): OperationsStatus {
  const fields = object(answer, 'status')
  return {
    may_operate: truth(fields['may_operate'], 'may_operate'),
    now: text(fields['now'], 'now'),
    publication: optional(fields['publication'], 'publication', (value, place) => ({
      ...publication(value, place),
      age_seconds: integer(object(value, place)['age_seconds'], `${place}.age_seconds`),
    })),
    tables: list(fields['tables'], 'tables', table),
    jobs: list(fields['jobs'], 'jobs', (value, place) => {
      const job = object(value, place)
      return {
        job: text(job['job'], `${place}.job`),
        table: text(job['table'], `${place}.table`),
        last_run: run(job['last_run'], `${place}.last_run`),
        last_ok_at: optionalText(job['last_ok_at'], `${place}.last_ok_at`),
        failures: integer(job['failures'], `${place}.failures`),
        failing_since: optionalText(job['failing_since'], `${place}.failing_since`),
      }
    }),
  }
}

export function parseLateness(answer: unknown): Lateness {
  const fields = object(answer, 'lateness')
  return {
    publication: publication(fields['publication'], 'publication'),
    months: list(fields['months'], 'months', (value, place) => {
      const month = object(value, place)
      return {
        month: text(month['month'], `${place}.month`),
        due_date: text(month['due_date'], `${place}.due_date`),
        expected: integer(month['expected'], `${place}.expected`),
        reported: integer(month['reported'], `${place}.reported`),
        late: integer(month['late'], `${place}.late`),
        owed: integer(month['owed'], `${place}.owed`),
        is_unheard: truth(month['is_unheard'], `${place}.is_unheard`),
      }
    }),
    organizations: list(fields['organizations'], 'organizations', (value, place) => {
      const organization = object(value, place)
      return {
        organization_id: text(organization['organization_id'], `${place}.organization_id`),
        name: optionalText(organization['name'], `${place}.name`),
        region_code: optionalText(organization['region_code'], `${place}.region_code`),
        owed: list(organization['owed'], `${place}.owed`, (inner, at) => {
          const owed = object(inner, at)
          return {
            month: text(owed['month'], `${at}.month`),
            due_date: text(owed['due_date'], `${at}.due_date`),
            days_overdue: integer(owed['days_overdue'], `${at}.days_overdue`),
          }
        }),
        late_forms: integer(organization['late_forms'], `${place}.late_forms`),
      }
    }),
  }
}

export function parseBegun(answer: unknown): Begun {
  return { run_id: text(object(answer, 'begun')['run_id'], 'run_id') }
}

/** Runs as the list of runs has them: rows under named columns. */
export function parseRuns(answer: unknown): Page<RunSummary> {
  return page(answer, (fields, place) => {
    const count = (name: string) => optional(fields[name], `${place}.${name}`, integer) ?? 0
    const parts = {
      inserted: count('inserted'),
      updated: count('updated'),
      unchanged: count('unchanged'),
      duplicate: count('duplicate'),
      quarantined: count('quarantined'),
    }
    const read = count('read_rows')
    return {
      run_id: text(fields['run_id'], `${place}.run_id`),
      job: text(fields['job'], `${place}.job`),
      table: text(fields['table_name'], `${place}.table_name`),
      status: text(fields['status'], `${place}.status`),
      started_at: text(fields['started_at'], `${place}.started_at`),
      finished_at: optionalText(fields['finished_at'], `${place}.finished_at`),
      decoded: count('decoded'),
      left_out: count('left_out'),
      read,
      ...parts,
      deleted: count('deleted'),
      balances: read === Object.values(parts).reduce((sum, rows) => sum + rows, 0),
    }
  })
}

/** Refused rows, likewise. */
export function parseRefused(answer: unknown): Page<RefusedRow> {
  return page(answer, (fields, place) => ({
    table: text(fields['table_name'], `${place}.table_name`),
    job: text(fields['job'], `${place}.job`),
    run_id: text(fields['run_id'], `${place}.run_id`),
    rule: text(fields['rule'], `${place}.rule`),
    column: text(fields['column_name'], `${place}.column_name`),
    file: text(fields['file_name'], `${place}.file_name`),
    sheet: text(fields['sheet'], `${place}.sheet`),
    row: integer(fields['row'], `${place}.row`),
    first_seen_at: text(fields['first_seen_at'], `${place}.first_seen_at`),
    raw_value: optionalText(fields['raw_value'], `${place}.raw_value`),
    message: optionalText(fields['message'], `${place}.message`),
    cells: optional(fields['row_json'], `${place}.row_json`, cells),
  }))
}

function table(value: unknown, place: string): TableStatus {
  const fields = object(value, place)
  return {
    table: text(fields['table'], `${place}.table`),
    title: titles(fields['title'], `${place}.title`),
    version: optional(fields['version'], `${place}.version`, integer),
    published_version: optional(fields['published_version'], `${place}.published_version`, integer),
    rows: optional(fields['rows'], `${place}.rows`, integer),
    files: integer(fields['files'], `${place}.files`),
    bytes: integer(fields['bytes'], `${place}.bytes`),
    changed_at: optionalText(fields['changed_at'], `${place}.changed_at`),
    freshness: optional(fields['freshness'], `${place}.freshness`, freshness),
    last_run: optional(fields['last_run'], `${place}.last_run`, run),
    next_due: optionalText(fields['next_due'], `${place}.next_due`),
    quarantine: list(fields['quarantine'], `${place}.quarantine`, (inner, at) => {
      const count = object(inner, at)
      return {
        job: text(count['job'], `${at}.job`),
        rule: text(count['rule'], `${at}.rule`),
        title: optional(count['title'], `${at}.title`, titles),
        rows: integer(count['rows'], `${at}.rows`),
        since: optionalText(count['since'], `${at}.since`),
      }
    }),
  }
}

function freshness(value: unknown, place: string): NonNullable<TableStatus['freshness']> {
  const fields = object(value, place)
  const state = FRESHNESS_STATES.find((known) => known === fields['state'])
  if (state === undefined) throw new ShapeError(`${place}.state`, `one of ${FRESHNESS_STATES.join(', ')}`)
  return {
    column: text(fields['column'], `${place}.column`),
    within_seconds: integer(fields['within_seconds'], `${place}.within_seconds`),
    newest: optionalText(fields['newest'], `${place}.newest`),
    reaches: optionalText(fields['reaches'], `${place}.reaches`),
    age_seconds: optional(fields['age_seconds'], `${place}.age_seconds`, integer),
    state,
  }
}

function run(value: unknown, place: string): RunSummary {
  const fields = object(value, place)
  const count = (name: string) => integer(fields[name], `${place}.${name}`)
  return {
    run_id: text(fields['run_id'], `${place}.run_id`),
    job: text(fields['job'], `${place}.job`),
    table: text(fields['table'], `${place}.table`),
    status: text(fields['status'], `${place}.status`),
    started_at: text(fields['started_at'], `${place}.started_at`),
    finished_at: optionalText(fields['finished_at'], `${place}.finished_at`),
    decoded: count('decoded'),
    left_out: count('left_out'),
    read: count('read'),
    inserted: count('inserted'),
    updated: count('updated'),
    unchanged: count('unchanged'),
    duplicate: count('duplicate'),
    quarantined: count('quarantined'),
    deleted: count('deleted'),
    balances: truth(fields['balances'], `${place}.balances`),
  }
}

function page<Row>(answer: unknown, item: (fields: Fields, place: string) => Row): Page<Row> {
  const fields = object(answer, 'page')
  const names = list(fields['columns'], 'columns', (column, place) => text(object(column, place)['name'], `${place}.name`))
  const rows = list(fields['rows'], 'rows', (row, place) => {
    const cells = list(row, place, (cell) => cell)
    return item(Object.fromEntries(names.map((name, index) => [name, cells[index]])), place)
  })
  return { rows, total_rows: integer(fields['total_rows'], 'total_rows') }
}

/** The row as it was decoded: an object of texts in the order of the file. */
function cells(value: unknown, place: string): NonNullable<RefusedRow['cells']> {
  const row = object(JSON.parse(text(value, place)), place)
  return Object.entries(row).map(([name, cell]) => [name, typeof cell === 'string' ? cell : cell == null ? null : JSON.stringify(cell)])
}
