import type { ChartContext, ChartOption } from '../option_types'
import type { PathPoint } from './data'

export type Verdict = 'good' | 'bad' | 'wait'

/** The value year by year against the path it may not exceed; the last point says by shape and colour how it ended. */
export function targetPathOption(points: readonly PathPoint[], verdict: Verdict, { palette, rem }: ChartContext): ChartOption {
  const heights = points.flatMap(({ value, allowed }) => [value, allowed]).filter((height) => height !== null)
  const [low, high] = [Math.min(...heights), Math.max(...heights)]
  const margin = (high - low || Math.abs(high) || 1) * 0.12
  const colour = palette[verdict]
  const last = points.length - 1
  return {
    animation: false,
    grid: { left: 0.9 * rem, right: 0.9 * rem, top: 0.5 * rem, bottom: 1.25 * rem },
    xAxis: {
      type: 'category',
      data: points.map(({ year }) => String(year)),
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: palette.line_strong } },
      axisLabel: {
        color: palette.ink_faint,
        fontSize: 0.78 * rem,
        margin: 0.3 * rem,
        interval: (index: number) => index === 0 || index === last,
      },
    },
    yAxis: { type: 'value', show: false, min: low - margin, max: high + margin },
    series: [
      {
        type: 'line',
        data: points.map(({ allowed }) => allowed),
        symbol: 'none',
        silent: true,
        lineStyle: { color: palette.past_strong, width: 0.11 * rem, type: [0.3 * rem, 0.25 * rem] },
      },
      {
        type: 'line',
        data: points.map(({ value }, index) => ({
          value,
          symbol: verdict === 'bad' ? 'triangle' : verdict === 'good' ? 'circle' : 'diamond',
          symbolSize: index === last ? 0.72 * rem : 0,
        })),
        silent: true,
        showAllSymbol: true,
        itemStyle: { color: colour },
        lineStyle: { color: palette.accent, width: 0.15 * rem },
      },
    ],
  }
}
