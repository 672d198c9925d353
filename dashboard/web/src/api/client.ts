/** Fetches from the server this page came from. Answers are kept by the browser's own cache through their ETag. */
import type { paths } from './generated'
import { parseBoard, parsePanelData, parseProblem, ShapeError } from './parse'
import { parseExplanation } from './parse_explanation'
import type { Board, Explanation, PanelData, Problem } from './types'

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

/** The same rows as a CSV file. */
export async function fetchPanelCsv(board: string, panel: string, query: Query): Promise<Blob> {
  const response = await request(panelUrl(board, panel, query), 'text/csv', null)
  return response.blob()
}

function boardUrl(board: string, query: Query): string {
  return url('/api/v1/boards/{board}', { board }, query)
}

function panelUrl(board: string, panel: string, query: Query): string {
  return url('/api/v1/boards/{board}/panels/{panel}', { board, panel }, query)
}

/** The address of a path of the server's description, which the compiler knows with the names in it. */
function url<Path extends keyof paths>(
  path: Path,
  names: paths[Path]['get']['parameters']['path'] & Readonly<Record<string, string>>,
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

async function request(url: string, accept: string, signal: AbortSignal | null): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { headers: { accept }, signal })
  } catch (error) {
    if (signal?.aborted === true) throw error
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
