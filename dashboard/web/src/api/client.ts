/** Fetches from the server this page came from. Answers are kept by the browser's own cache through their ETag. */
import type { paths } from './generated'
import { parseBoard, parsePanelData, parseProblem, ShapeError } from './parse'
import { parseExplanation } from './parse_explanation'
import { parseBegun, parseLateness, parseRefused, parseRuns, parseStatus } from './parse_operations'
import type { Begun, Board, Explanation, Lateness, OperationsStatus, Page, PanelData, Problem, RefusedRow, RunSummary } from './types'

/** What a reader may ask of a board: parameters by name, and the publication to read as of. */
export type Query = Readonly<Record<string, string | undefined>>

/** A request that gave no answer, with what the server said of it. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.title)
    this.name = 'ApiError'
  }
}

export function fetchBoard(board: string, query: Query, signal: AbortSignal): Promise<Board> {
  return fetchJson(boardUrl(board, query), signal, parseBoard)
}

export function fetchPanel(board: string, panel: string, query: Query, signal: AbortSignal): Promise<PanelData> {
  return fetchJson(panelUrl(board, panel, query), signal, parsePanelData)
}

export function fetchExplanation(metric: string, query: Query, signal: AbortSignal): Promise<Explanation> {
  return fetchJson(url('/api/v1/metrics/{metric}/explain', { metric }, query), signal, parseExplanation)
}

export function fetchStatus(signal: AbortSignal): Promise<OperationsStatus> {
  return fetchJson(url('/api/v1/operations/status', {}, {}), signal, parseStatus)
}

export function fetchLateness(query: Query, signal: AbortSignal): Promise<Lateness> {
  return fetchJson(url('/api/v1/operations/lateness', {}, query), signal, parseLateness)
}

export function fetchRuns(query: Query, signal: AbortSignal): Promise<Page<RunSummary>> {
  return fetchJson(url('/api/v1/runs', {}, query), signal, parseRuns)
}

export function fetchRefused(query: Query, signal: AbortSignal): Promise<Page<RefusedRow>> {
  return fetchJson(url('/api/v1/operations/quarantine', {}, query), signal, parseRefused)
}

/** Runs a job. The header is what tells the server that the request is from its own pages. */
export function postRun(job: string): Promise<Begun> {
  return post('/api/v1/operations/runs', { job })
}

/** Replays the refused rows of a job that broke a rule. */
export function postReplay(job: string, table: string, rule: string): Promise<Begun> {
  return post('/api/v1/operations/replays', { job, table, rule })
}

/** The same rows as a CSV file. */
export async function fetchPanelCsv(board: string, panel: string, query: Query): Promise<Blob> {
  const response = await request(panelUrl(board, panel, query), 'text/csv', null)
  return response.blob()
}

async function post(address: string, body: Readonly<Record<string, string>>): Promise<Begun> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'x-jieyue-operate': '1' }
  const response = await answered(address, { method: 'POST', headers, body: JSON.stringify(body) })
  return parseBegun(await response.json())
}

function boardUrl(board: string, query: Query): string {
  return url('/api/v1/boards/{board}', { board }, query)
}

function panelUrl(board: string, panel: string, query: Query): string {
  return url('/api/v1/boards/{board}/panels/{panel}', { board, panel }, query)
}

/** The paths of the server's description that are read. */
type Read = { [Path in keyof paths]: paths[Path] extends { get: { parameters: unknown } } ? Path : never }[keyof paths]
type NamesOf<Path extends Read> = paths[Path] extends { get: { parameters: { path: infer Names } } } ? Names : unknown

/** The address of a path, which the compiler knows with the names in it. */
function url<Path extends Read>(
  path: Path,
  names: NamesOf<Path> & Readonly<Record<string, string>>,
  query: Query,
): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? '')) + search(query)
}

/** Parameters in one order, so that one question has one address and one cache entry. */
function search(query: Query): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined)
  given.sort(([left], [right]) => (left < right ? -1 : 1))
  const text = new URLSearchParams(given).toString()
  return text === '' ? '' : `?${text}`
}

async function fetchJson<T>(url: string, signal: AbortSignal, parse: (answer: unknown) => T): Promise<T> {
  const response = await request(url, 'application/json', signal)
  try {
    return parse(await response.json())
  } catch (error) {
    if (signal.aborted) throw error
    throw new ApiError({
      status: response.status,
      code: 'unexpected_answer',
      title: 'the server answered in a shape this page does not know',
      detail: error instanceof ShapeError ? error.message : null,
      hint: 'reload the page; if it stays, page and server are of different versions',
      request_id: response.headers.get('x-request-id'),
    })
  }
}

function request(url: string, accept: string, signal: AbortSignal | null): Promise<Response> {
  return answered(url, { headers: { accept }, signal })
}

async function answered(url: string, how: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, how)
  } catch (error) {
    if (how.signal?.aborted === true) throw error
    throw new ApiError({
      status: 0,
      code: 'unreachable',
      title: 'the server cannot be reached',
      detail: null,
      hint: 'check the network and try again',
      request_id: null,
    })
  }
  if (response.ok) return response
  const body: unknown = await response.json().catch(() => null)
  throw new ApiError(parseProblem(response.status, body))
}
