/** Chromium with a page that remembers what went wrong on it. */
import { chromium, type Browser, type Page } from 'playwright-core'

/** The server under test, as `vitest.config.ts` hands it on; `npm run preview` when none is named. */
export const BASE_URL = process.env['SERVER_URL'] ?? ''

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

interface Size {
  readonly width: number
  readonly height: number
}

export interface Watched {
  readonly page: Page
  /** Errors and warnings of the console, uncaught errors, failed requests. */
  readonly faults: string[]
  /** Requests to anywhere but the server. */
  readonly outside: string[]
}

/** Opens an address and waits until every panel has its answer. */
export async function open(browser: Browser, path: string, size: Size = { width: 1366, height: 768 }): Promise<Watched> {
  const watched = await blank(browser, size)
  await watched.page.goto(BASE_URL + path)
  await settled(watched.page)
  return watched
}

export async function blank(browser: Browser, size: Size = { width: 1366, height: 768 }): Promise<Watched> {
  const page = await browser.newPage({ viewport: size, reducedMotion: 'reduce' })
  page.setDefaultTimeout(30_000)
  const faults: string[] = []
  const outside: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(BASE_URL) && !url.startsWith('data:') && !url.startsWith('blob:')) outside.push(url)
  })
  return { page, faults, outside }
}

/** No skeleton, nothing being updated, and every chart drawn. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1')
  await page.waitForFunction(() => {
    const isWaiting = document.querySelector('[aria-busy="true"]') !== null
    const charts = [...document.querySelectorAll('[role="img"]')]
    return !isWaiting && document.querySelector('.body') !== null && charts.every((chart) => chart.querySelector('svg path') !== null)
  })
}
