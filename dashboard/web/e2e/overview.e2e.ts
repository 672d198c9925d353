import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
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

function texts(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).allInnerTexts()
}

describe.each(Object.entries(SIZES))('at %s', (name, size) => {
  test.each(['zh', 'en'])('the overview in %s is whole, quiet and within its width', async (lang) => {
    const { page, faults, outside } = await open(browser, `/?lang=${lang}`, size)
    await page.screenshot({ path: `${SHOTS}/${name}-${lang}.png` })
    await page.screenshot({ path: `${SHOTS}/${name}-${lang}-whole.png`, fullPage: true })
    expect(faults).toEqual([])
    expect(outside).toEqual([])
    expect(await page.locator('article').count()).toBe(4)
    expect(await page.locator('.problem').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    expect(await seriousFindings(page)).toEqual([])
    await page.close()
  })
})

describe.each(['1920x1080', '1366x768'] as const)('the first screen at %s', (name) => {
  test('holds targets, cost, carbon and reporting without scrolling', async () => {
    const { page } = await open(browser, '/', SIZES[name])
    const bottoms = await page.locator('.first-screen section').evaluateAll((areas) => areas.map((area) => area.getBoundingClientRect().bottom))
    expect(bottoms).toHaveLength(4)
    for (const bottom of bottoms) expect(bottom).toBeLessThanOrEqual(SIZES[name].height)
    const cut = await page.locator('.first-screen section').evaluateAll((areas) =>
      areas.filter((area) => area.scrollHeight > area.clientHeight + 1).map((area) => area.querySelector('h2')?.textContent),
    )
    expect(cut).toEqual([])
    await page.close()
  })
})

test('the page says that the city is made up and which publication it shows', async () => {
  const { page } = await open(browser, '/')
  expect(await texts(page, '.demo')).toEqual(['演示数据 · 虚构城市'])
  expect((await texts(page, '.publication')).join()).toMatch(/数据第 \d+ 期\s*20\d\d-\d\d-\d\d \d\d:\d\d 发布/)
  await page.close()
})

test('each target has value, goal, allowed value and a verdict in words', async () => {
  const { page } = await open(browser, '/')
  for (const card of await texts(page, 'article')) expect(card).toMatch(/(达标|未达标|待定)[\s\S]*较2020年[\s\S]*目标[\s\S]*允许值/)
  await page.close()
})

test('the language is switched by a button, kept in the link and told to readers aloud', async () => {
  const { page } = await open(browser, '/')
  await page.getByRole('button', { name: 'English' }).click()
  await page.waitForURL(/lang=en/)
  expect(await page.locator('html').getAttribute('lang')).toBe('en')
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain('government operations')
  await page.getByRole('button', { name: '中文' }).click()
  await page.waitForURL(/lang=zh/)
  expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
  await page.close()
})

test('another region and year are chosen with the keyboard and stand in the link', async () => {
  const { page, faults } = await open(browser, '/')
  const region = page.getByRole('combobox', { name: '区划' })
  await region.focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(/region_code=/)
  await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('荆门市机关') === false)
  await settled(page)
  const first = await page.getByRole('heading', { level: 1 }).innerText()
  await page.goto(page.url())
  await settled(page)
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(first)
  expect(faults).toEqual([])
  await page.close()
})

test('the rows behind an area open as a table and leave as CSV', async () => {
  const { page } = await open(browser, '/')
  await page.getByRole('button', { name: '碳排放：数据表' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.waitFor()
  await page.waitForTimeout(500)
  expect(await dialog.locator('tbody tr').count()).toBeGreaterThan(10)
  await page.screenshot({ path: `${SHOTS}/table.png` })
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: '下载 CSV' }).first().click()])
  expect(download.suggestedFilename()).toBe('carbon_to_date.csv')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.close()
})

test.each(Object.entries(SIZES))('at %s a number opens down to the rows that make it', async (name, size) => {
  const { page, faults } = await open(browser, '/', size)
  await page.getByRole('button', { name: '人均综合能耗：查看构成' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByText('与上数完全相等').first().waitFor({ timeout: 60_000 })
  await page.waitForTimeout(500)
  expect(await drawer.locator('tbody tr').count()).toBeGreaterThan(10)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(size.width)
  expect(await seriousFindings(page)).toEqual([])
  await page.screenshot({ path: `${SHOTS}/${name}-explain.png` })
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })
  expect(faults).toEqual([])
  await page.close()
})

describe('states', () => {
  const PROBLEM = {
    type: 'about:blank',
    title: 'too slow',
    status: 503,
    code: 'deadline',
    detail: 'the query took longer than 10 s',
    hint: 'choose a smaller region',
    request_id: '01J9ZK',
  }

  test('a failed panel shows message, hint and request, and mends itself on retry', async () => {
    const { page } = await blank(browser)
    const pattern = '**/panels/carbon_by_month?*'
    await page.route(pattern, (route) => route.fulfill({ status: 503, contentType: 'application/problem+json', json: PROBLEM }))
    await page.goto(BASE_URL)
    const alert = page.getByRole('alert')
    await alert.waitFor()
    const text = await alert.innerText()
    for (const part of [PROBLEM.detail, PROBLEM.hint, PROBLEM.code, PROBLEM.request_id]) expect(text).toContain(part)
    await page.screenshot({ path: `${SHOTS}/error.png` })
    await page.unroute(pattern)
    await alert.getByRole('button', { name: '重试' }).click()
    await settled(page)
    expect(await page.getByRole('alert').count()).toBe(0)
    await page.close()
  })

  test('a panel without rows says why', async () => {
    const { page } = await blank(browser)
    await page.route('**/panels/targets?*', async (route) => {
      const answer = (await (await route.fetch()).json()) as Record<string, unknown>
      await route.fulfill({ json: { ...answer, rows: [], notes: [], total_rows: 0 } })
    })
    await page.goto(BASE_URL)
    await settled(page)
    expect(await texts(page, '.body.empty')).toEqual([expect.stringContaining('规划目标没有下达到该区划')])
    await page.screenshot({ path: `${SHOTS}/empty.png` })
    await page.close()
  })

  test('panels that are on their way show skeletons', async () => {
    const { page } = await blank(browser)
    await page.route('**/panels/**', () => undefined)
    await page.goto(BASE_URL)
    await page.waitForSelector('.skeleton')
    await page.waitForSelector('.publication')
    expect(await page.locator('.skeleton').count()).toBeGreaterThan(8)
    await page.screenshot({ path: `${SHOTS}/loading.png` })
    await page.unrouteAll({ behavior: 'ignoreErrors' })
    await page.close()
  })

  test('a server that cannot be reached is one message with a retry', async () => {
    const { page } = await blank(browser)
    await page.route(/boards\/overview/, (route) => route.abort())
    await page.goto(BASE_URL)
    expect(await page.getByRole('alert').innerText()).toContain('无法连接服务')
    await page.close()
  })
})

test('an address that does not exist leads back to the overview', async () => {
  const { page } = await blank(browser)
  await page.goto(`${BASE_URL}/no/such/page`)
  await page.getByRole('link', { name: '返回总览' }).click()
  await settled(page)
  await page.close()
})

test('on paper the first page is the first screen', async () => {
  const { page } = await open(browser, '/')
  const pdf = await page.pdf({ path: `${SHOTS}/overview.pdf`, preferCSSPageSize: true, printBackground: true })
  // Two pages: the first screen, then what stands below it.
  expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)).toHaveLength(2)
  await page.close()
})
