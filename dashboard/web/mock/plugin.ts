/** `npm run dev` without a server: answers the API from `answers.ts` in the shape that the real server promises. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Plugin } from 'vite'
import { ANSWERS, type MockParameters, type MockRow } from './answers.ts'
import { operationsAnswer } from './operations.ts'
import { columnNames, readBoard, readMetrics, type DeclaredBoard } from './board.ts'
import { CITY, FIRST_YEAR, FIXED_FACTOR, LAST_MONTH, lastMonthOf, REGIONS, TOP, yearFactor } from './facts.ts'

type Panel = DeclaredBoard['panels'][number]

const PUBLICATION = { number: 12, created_at: '2026-11-23T18:10:00Z' }
export function mockServer(): Plugin {
  const attach = (use: (handler: (request: IncomingMessage, response: ServerResponse, next: () => void) => void) => void) => {
    use((request, response, next) => {
      const url = new URL(request.url ?? '/', 'http://localhost')
      if (!url.pathname.startsWith('/api/v1/')) next()
      else answer(url, request, response)
    })
  }
  return {
    name: 'jieyue-mock',
    configureServer: (server) => attach((handler) => server.middlewares.use(handler)),
    configurePreviewServer: (server) => attach((handler) => server.middlewares.use(handler)),
  }
}

function answer(url: URL, request: IncomingMessage, response: ServerResponse): void {
  const board = readBoard()
  const parameters: MockParameters = {
    region_code: url.searchParams.get('region_code') ?? TOP,
    year: Number(url.searchParams.get('year') ?? LAST_MONTH.slice(0, 4)),
  }
  const [, , , resource, name, , panelName] = url.pathname.split('/')
  const operations = operationsAnswer(url)
  const panel = board.panels.find((candidate) => candidate.panel === panelName)
  if (operations !== null) {
    send(response, 'application/json', JSON.stringify(operations))
  } else if (resource !== 'boards' || name !== board.board) {
    problem(response, 404, 'unknown_board', 'there is no such board')
  } else if (panelName === undefined) {
    send(response, 'application/json', JSON.stringify(boardAnswer(board, parameters)))
  } else if (panel === undefined) {
    problem(response, 404, 'unknown_panel', `board has no panel \`${panelName}\``)
  } else if (request.headers.accept === 'text/csv') {
    const { columns, rows } = panelAnswer(panel, parameters)
    const lines = [columns.map((column) => column.name), ...rows].map((cells) => cells.join(','))
    send(response, 'text/csv; charset=utf-8', lines.join('\r\n'))
  } else {
    send(response, 'application/json', JSON.stringify(panelAnswer(panel, parameters)))
  }
}

function boardAnswer(board: DeclaredBoard, { region_code, year }: MockParameters): unknown {
  const years = Array.from({ length: Number(LAST_MONTH.slice(0, 4)) - FIRST_YEAR + 1 }, (_, index) => FIRST_YEAR + index)
  const month = lastMonthOf(year)
  return {
    board: board.board,
    title: board.title,
    is_demo: true,
    publication: PUBLICATION,
    parameters: {
      region_code,
      year,
      plan: '14FYP-jingmen',
      previous_year: year - 1,
      cost_month: month,
      previous_cost_month: `${year - 1}${month.slice(4)}`,
      carbon_month: month,
      previous_carbon_month: `${year - 1}${month.slice(4)}`,
      reporting_month: month,
      vehicle_month: month,
      whole_year: Math.min(year, 2025),
    },
    choices: {
      region_code: [{ code: TOP, ...CITY }, ...REGIONS].map(({ code, zh, en }) => ({ value: code, title: { zh, en } })),
      year: years.reverse().map((value) => ({ value: String(value), title: { zh: `${value}年`, en: String(value) } })),
    },
    panels: board.panels.map(({ panel, title, kind, source, empty }) => ({ panel, title, kind, source, empty })),
  }
}

function panelAnswer(panel: Panel, parameters: MockParameters) {
  const rows = ANSWERS[panel.panel]?.(parameters) ?? []
  const limit = panel.query.limit ?? 1
  const columns = columnNames(panel)
  return {
    panel: panel.panel,
    title: panel.title,
    publication: PUBLICATION,
    columns: columns.map((name) => columnAnswer(panel, name, rows)),
    rows: rows.slice(0, limit).map((row) => columns.map((name) => row[name] ?? null)),
    notes: notesAnswer(panel, parameters),
    total_rows: rows.length,
    limit,
  }
}

function columnAnswer(panel: Panel, name: string, rows: readonly MockRow[]) {
  const measure = panel.query.measures?.find((candidate) => candidate.measure === name)
  const metric = measure?.metric === undefined ? undefined : readMetrics().get(measure.metric)
  const cell = rows.map((row) => row[name]).find((value) => value != null)
  const type =
    typeof cell === 'boolean' ? 'boolean' : typeof cell === 'number' ? 'integer' : measure === undefined ? 'text' : 'decimal'
  return {
    name,
    title: measure?.title ?? metric?.title ?? { zh: name, en: name },
    type,
    unit: measure?.unit ?? metric?.unit ?? (name.endsWith('_pct') ? '%' : null),
    format: measure?.format ?? metric?.format ?? null,
  }
}

function notesAnswer(panel: Panel, { year }: MockParameters) {
  const declared = (panel.notes ?? []).filter(
    ({ kind, text }) => text !== undefined && kind !== 'missing' && (kind !== 'carried_forward' || year > 2023),
  )
  const notes = declared.map(({ kind, text, of, grade, source }) => ({
    kind: kind ?? 'caveat',
    text,
    column: of ?? null,
    source: source ?? null,
    grade: grade ?? null,
  }))
  const { factor, of } = yearFactor(year)
  if (panel.panel === 'targets') return [fixedFactorNote('co2_per_area'), ...notes]
  if (panel.panel !== 'carbon_by_month') return notes
  return [
    fixedFactorNote('co2_fixed_t'),
    {
      kind: 'factor',
      column: 'co2_year_t',
      text: { zh: `电力 湖北 ${of}：${factor} kgCO₂/kWh`, en: `Electricity, Hubei ${of}: ${factor} kgCO₂/kWh` },
      source: 'MEE+NBS 2025 No.47, 湖北; S06',
      grade: 'B',
    },
    ...notes,
  ]
}

function fixedFactorNote(column: string) {
  const factor = `${FIXED_FACTOR.toFixed(4)} kgCO₂/kWh`
  return {
    kind: 'placeholder',
    column,
    text: { zh: `电力 湖北 2020：${factor}`, en: `Electricity, Hubei 2020: ${factor}` },
    source: 'older provincial series for GHG-target assessment, 湖北',
    grade: 'D',
  }
}

function send(response: ServerResponse, type: string, body: string): void {
  response.setHeader('content-type', type)
  response.end(body)
}

function problem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/problem+json')
  response.end(JSON.stringify({ type: 'about:blank', title: 'Not found', status, code, detail, hint: 'GET /api/v1/boards lists them', request_id: 'mock' }))
}
