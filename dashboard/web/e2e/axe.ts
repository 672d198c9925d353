import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Serious and critical findings of axe, as `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // Not as a script of the page: its content security policy refuses that, and is to go on doing so.
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run())
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`))
}
