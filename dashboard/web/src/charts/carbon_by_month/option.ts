import { formatValue, plotted, scaleOf } from '@/format/value'
import { monthNumber, monthTitle, yearMonthTitle, yearOf } from '@/format/title'
import { translator } from '@/i18n/i18n'
import { categoryAxis, tooltip, valueAxis } from '../axes'
import type { ChartContext, ChartOption } from '../option_types'
import type { CarbonMonth } from './data'

/** Two lines: solid with the fixed factor, dashed with the factor of the year; hollow points where that is carried forward. */
export function carbonByMonthOption(months: readonly CarbonMonth[], unit: string | null, context: ChartContext): ChartOption {
  const { locale, palette, rem } = context
  const t = translator(locale)
  const scale = scaleOf(months.flatMap(({ fixed, yearly }) => [fixed, yearly]), unit, locale)
  const quarterly = (index: number) => ((monthNumber(months[index]?.month ?? '') ?? 0) - 1) % 3 === 0
  return {
    animation: false,
    grid: { left: 2.9 * rem, right: 0.8 * rem, top: 0.7 * rem, bottom: 2.5 * rem },
    xAxis: categoryAxis(
      months.map(({ month }) => (monthNumber(month) === 1 ? `${monthTitle(month, locale)}\n${yearOf(month)}` : monthTitle(month, locale))),
      context,
      quarterly,
    ),
    yAxis: valueAxis(context, { min: 0 }),
    tooltip: tooltip(context, (index) => {
      const month = months[index]
      const print = (value: CarbonMonth['fixed']) => formatValue(value, { locale, unit, scale, places: 0 }).text
      const carried = month?.isCarriedForward === true ? ` · ${t('carried')}` : ''
      return {
        title: month === undefined ? '' : yearMonthTitle(month.month, locale),
        lines: [
          { swatch: 'dashed', colour: palette.second, name: t('year_factor') + carried, value: print(month?.yearly ?? null) },
          { swatch: 'line', colour: palette.accent, name: t('fixed_factor'), value: print(month?.fixed ?? null) },
        ],
      }
    }),
    series: [
      {
        type: 'line',
        name: t('year_factor'),
        data: months.map(({ yearly, isCarriedForward }) => ({
          value: plotted(yearly, scale),
          itemStyle: isCarriedForward
            ? { color: palette.card, borderColor: palette.second, borderWidth: 0.1 * rem }
            : { color: palette.second },
        })),
        symbol: 'circle',
        symbolSize: 0.42 * rem,
        showAllSymbol: true,
        lineStyle: { color: palette.second, width: 0.13 * rem, type: [0.4 * rem, 0.25 * rem] },
      },
      {
        type: 'line',
        name: t('fixed_factor'),
        data: months.map(({ fixed }) => plotted(fixed, scale)),
        symbol: 'circle',
        symbolSize: 0.36 * rem,
        showAllSymbol: true,
        itemStyle: { color: palette.accent },
        lineStyle: { color: palette.accent, width: 0.16 * rem },
      },
    ],
  }
}
