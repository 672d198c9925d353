import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import { BASE_URL, blank, launch, open, settled } from './browser.ts'

const SHOTS = process.env['SCREENSHOTS'] ?? fileURLToPath(new URL('../screenshots', import.meta.url))
const SIZES = {
  '1920x1080': { width: 1920, height: 1080 },
  '1366x768': { width: 1366, height: 768 },
  '390x844': { width: 390, height: 844 },
} as const

let browser: Browser
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true })
  browser = await launch()
})
afterAll(() => browser.close())

describe.each(Object.entries(SIZES))('at %s', (name, size) => {
  test.each(['zh', 'en'])('operations in %s is whole, quiet and within its width', async (lang) => {
    const { page, faults, outside } = await open(browser, `/operations?lang=${lang}`, size)
    await page.screenshot({ path: `${SHOTS}/operations-${name}-${lang}.png` })
    await page.screenshot({ path: `${SHOTS}/operations-${name}-${lang}-whole.png`, fullPage: true })
    expect(faults).toEqual([])
    expect(outside).toEqual([])
    expect(await page.locator('section').count()).toBe(6)
    expect(await page.locator('.problem').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    await page.close()
  })
})

test('a run is chosen from the list and its ledger balances', async () => {
  const { page } = await open(browser, '/operations')
  await page.getByRole('button', { name: /查看 公共机构能源资源消费状况/ }).first().click()
  const ledger = page.getByRole('region', { name: '运行台账' })
  await ledger.getByText('energy.monthly', { exact: false }).first().waitFor()
  const text = await ledger.innerText()
  // 收支平衡：读入 n 行，去向共 n 行; the parts below come to the same.
  const read = Number(/读入 ([\d,]+) 行/.exec(text)?.[1]?.replaceAll(',', ''))
  const parts = await ledger.locator('dd').allInnerTexts()
  const sum = parts.slice(0, 5).reduce((total, part) => total + Number(part.replaceAll(',', '')), 0)
  expect(text).toContain('收支平衡')
  expect(read).toBeGreaterThan(0)
  expect(sum).toBe(read)
  await page.screenshot({ path: `${SHOTS}/operations-ledger.png`, fullPage: true })
  await page.close()
})

test('a rule in quarantine opens its rows with file, row, value and the whole row', async () => {
  const { page, faults } = await open(browser, '/operations')
  const quarantine = page.getByRole('region', { name: '隔离区' }).first()
  await quarantine.getByRole('button', { name: /公共机构/ }).first().click()
  await quarantine.getByText(/第 \d+ 行/).first().waitFor()
  await quarantine.getByRole('button', { name: '查看原始行' }).first().click()
  expect(await quarantine.locator('.raw dt').count()).toBeGreaterThan(2)
  await page.screenshot({ path: `${SHOTS}/operations-quarantine.png`, fullPage: true })
  await quarantine.getByRole('button', { name: '返回列表' }).click()
  expect(faults).toEqual([])
  await page.close()
})

test('a service that only shows has no buttons that change anything', async () => {
  const { page } = await open(browser, '/operations')
  expect(await page.getByRole('button', { name: '重新运行' }).count()).toBe(0)
  await page.close()
})

describe('where runs may be started', () => {
  const OPERATED = process.env['OPERATED_URL'] ?? ''

  test.skipIf(OPERATED === '')('a job is run again from its ledger, and its run is told', async () => {
    const { page, faults } = await blank(browser)
    await page.goto(`${OPERATED}/operations`)
    await settled(page)
    await page.getByRole('button', { name: '重新运行' }).click()
    await page.getByText('已结束：成功').waitFor({ timeout: 120_000 })
    expect(faults).toEqual([])
    await page.screenshot({ path: `${SHOTS}/operations-run-again.png`, fullPage: true })
    await page.close()
  })
})

describe('states', () => {
  test('an area whose answer fails says so and mends itself on retry', async () => {
    const { page } = await blank(browser)
    const problem = { type: 'about:blank', title: 'x', status: 504, code: 'deadline', detail: 'the answer took longer than 30 s', hint: 'ask for less', request_id: 'R' }
    await page.route('**/operations/lateness?*', (route) => route.fulfill({ status: 504, contentType: 'application/problem+json', json: problem }))
    await page.goto(`${BASE_URL}/operations`)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    expect(await alert.innerText()).toContain(problem.detail)
    await page.screenshot({ path: `${SHOTS}/operations-error.png` })
    await page.unroute('**/operations/lateness?*')
    await alert.getByRole('button', { name: '重试' }).click()
    await settled(page)
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.close()
  })

  test('a lake without runs says so', async () => {
    const { page } = await blank(browser)
    await page.route('**/api/v1/runs?*', async (route) => {
      const answer = (await (await route.fetch()).json()) as Record<string, unknown>
      await route.fulfill({ json: { ...answer, rows: [], total_rows: 0 } })
    })
    await page.goto(`${BASE_URL}/operations`)
    await page.getByText('还没有运行过任务。').waitFor()
    await page.screenshot({ path: `${SHOTS}/operations-empty.png` })
    await page.close()
  })

  test('areas that are on their way show skeletons', async () => {
    const { page } = await blank(browser)
    await page.route('**/api/v1/**', () => undefined)
    await page.goto(`${BASE_URL}/operations`)
    await page.waitForSelector('.skeleton')
    expect(await page.locator('.skeleton').count()).toBe(5)
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await page.close()
  })
})

test('the overview leads here and back', async () => {
  const { page } = await open(browser, '/')
  await page.getByRole('link', { name: '数据运行' }).click()
  await page.getByRole('link', { name: '运行总览' }).click()
  await page.waitForURL(/\/\?lang=zh$/)
  await page.close()
})
