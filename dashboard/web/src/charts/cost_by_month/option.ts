import { formatValue, plotted, scaleOf } from '@/format/value'
import { monthOfYearTitle } from '@/format/title'
import { categoryAxis, tooltip, valueAxis } from '../axes'
import type { ChartContext, ChartOption } from '../option_types'
import type { MonthPair } from './data'

/** This year's months as slim dark bars before last year's as wide pale ones: what stands out above is the growth. */
export function costByMonthOption(pairs: readonly MonthPair[], unit: string | null, year: string, context: ChartContext): ChartOption {
  const { locale, palette, rem } = context
  const scale = scaleOf(pairs.flatMap(({ current, previous }) => [current, previous]), unit, locale)
  const previousYear = String(Number(year) - 1)
  return {
    animation: false,
    grid: { left: 2.5 * rem, right: 0.2 * rem, top: 0.7 * rem, bottom: 1.5 * rem },
    xAxis: categoryAxis(
      pairs.map(({ month }) => (locale === 'zh' ? String(month) : monthOfYearTitle(month, locale).slice(0, 1))),
      context,
      () => true,
    ),
    yAxis: valueAxis(context),
    tooltip: tooltip(context, (index) => {
      const pair = pairs[index]
      const print = (value: MonthPair['current']) => formatValue(value, { locale, unit, scale }).text
      return {
        title: pair === undefined ? '' : monthOfYearTitle(pair.month, locale),
        lines: [
          { swatch: 'bar', colour: palette.accent, name: year, value: print(pair?.current ?? null) },
          { swatch: 'bar', colour: palette.past, name: previousYear, value: print(pair?.previous ?? null) },
        ],
      }
    }),
    series: [
      {
        type: 'bar',
        name: previousYear,
        data: pairs.map(({ previous }) => plotted(previous, scale)),
        barWidth: '72%',
        barGap: '-76%',
        itemStyle: { color: palette.past, borderRadius: [2, 2, 0, 0] },
      },
      {
        type: 'bar',
        name: year,
        data: pairs.map(({ current }) => plotted(current, scale)),
        barWidth: '38%',
        itemStyle: { color: palette.accent, borderRadius: [2, 2, 0, 0] },
      },
    ],
  }
}
