/** Ends a run with one plain line that any tool can read: `web: 75 passed, 0 failed`. */
import type { Reporter, TestCase } from 'vitest/node'

export default class ClosingLine implements Reporter {
  private readonly counts = { passed: 0, failed: 0, skipped: 0 }

  constructor(private readonly name: string) {}

  onTestCaseResult(test: TestCase): void {
    const { state } = test.result()
    if (state !== 'pending') this.counts[state] += 1
  }

  onTestRunEnd(): void {
    const { passed, failed, skipped } = this.counts
    const skippedPart = skipped === 0 ? '' : `, ${skipped} skipped`
    process.stdout.write(`${this.name}: ${passed} passed, ${failed} failed${skippedPart}\n`)
  }
}
