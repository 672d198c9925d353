/** The axes that the month charts share: quiet lines, few labels, one unit. */
import type { ChartContext, ChartOption } from './option_types'

type XAxis = NonNullable<ChartOption['xAxis']>
type YAxis = NonNullable<ChartOption['yAxis']>
type Tooltip = Exclude<NonNullable<ChartOption['tooltip']>, readonly unknown[]>

export function categoryAxis(labels: readonly string[], { palette, rem }: ChartContext, shown?: (index: number) => boolean): XAxis {
  return {
    type: 'category',
    data: [...labels],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: palette.line_strong } },
    axisLabel: {
      color: palette.ink_faint,
      fontSize: 0.82 * rem,
      margin: 0.45 * rem,
      ...(shown === undefined ? {} : { interval: (index: number) => shown(index), showMaxLabel: null }),
    },
  }
}

export function valueAxis({ palette, rem }: ChartContext, changes: Record<string, unknown> = {}): YAxis {
  return {
    type: 'value',
    splitNumber: 3,
    splitLine: { lineStyle: { color: palette.line } },
    axisLabel: { color: palette.ink_faint, fontSize: 0.82 * rem, margin: 0.5 * rem },
    ...changes,
  }
}

export interface TooltipLine {
  readonly swatch: 'bar' | 'line' | 'dashed'
  readonly colour: string
  readonly name: string
  readonly value: string
}

/** A tooltip whose values are printed by our formatter, never by ECharts from floats. */
export function tooltip({ palette, rem }: ChartContext, content: (index: number) => { title: string; lines: readonly TooltipLine[] }): Tooltip {
  return {
    trigger: 'axis',
    confine: true,
    axisPointer: { type: 'line', lineStyle: { color: palette.line_strong } },
    backgroundColor: palette.card,
    borderColor: palette.line_strong,
    padding: [0.5 * rem, 0.75 * rem],
    textStyle: { color: palette.ink, fontSize: 0.92 * rem },
    formatter: (parameters) => {
      const first = Array.isArray(parameters) ? parameters[0] : parameters
      if (first?.dataIndex === undefined) return ''
      const { title, lines } = content(first.dataIndex)
      const element = document.createElement('div')
      element.append(line('tooltip-title', title))
      for (const { swatch, colour, name, value } of lines) {
        const row = document.createElement('div')
        row.className = 'tooltip-row'
        const mark = document.createElement('i')
        mark.className = `swatch swatch-${swatch}`
        mark.style.color = colour
        row.append(mark, line('tooltip-name', name), line('tooltip-value', value))
        element.append(row)
      }
      return element
    },
  }
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement('span')
  element.className = className
  element.textContent = text
  return element
}
