/**
 * Owns one ECharts instance: init, update, resize, dispose. One owner serves all charts; what differs between them is
 * in their `data.ts` and `option.ts`.
 */
import type { ChartOption } from './option_types'
import type * as parts_module from './parts'

type Parts = typeof parts_module

let parts: Promise<Parts> | null = null

/** Loads ECharts once for the page. A page that will draw calls it early, so that it comes while the data does. */
export function loadParts(): Promise<Parts> {
  parts ??= import('./parts')
  return parts
}

export class Chart {
  private instance: ReturnType<Parts['init']> | null = null
  private readonly observer: ResizeObserver
  private newest = 0
  private disposed = false

  constructor(private readonly element: HTMLElement) {
    this.observer = new ResizeObserver(() => this.resize())
    this.observer.observe(element)
  }

  /** Draws an option; if a newer one comes while ECharts is loading, this one is dropped. */
  async draw(option: ChartOption): Promise<void> {
    const mine = ++this.newest
    const { init } = await loadParts()
    if (this.disposed || mine !== this.newest) return
    this.instance ??= init(this.element, null, { renderer: 'svg' })
    const fontFamily = getComputedStyle(this.element).fontFamily
    this.instance.setOption({ textStyle: { fontFamily }, ...option }, { notMerge: true })
  }

  /** Lets the drawing scale with its box: paper is laid out when it is too late to draw anew. */
  makeScalable(): void {
    const svg = this.element.querySelector('svg')
    svg?.setAttribute('viewBox', `0 0 ${svg.clientWidth} ${svg.clientHeight}`)
  }

  resize(): void {
    if (this.element.clientWidth > 0 && this.element.clientHeight > 0) this.instance?.resize()
  }

  dispose(): void {
    this.disposed = true
    this.observer.disconnect()
    this.instance?.dispose()
    this.instance = null
  }
}
