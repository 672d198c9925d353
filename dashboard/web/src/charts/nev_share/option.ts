import { toNumber } from '@/format/decimal'
import { formatCount, formatValue } from '@/format/value'
import { monthNumber, yearMonthTitle, yearOf } from '@/format/title'
import { translator } from '@/i18n/i18n'
import { categoryAxis, tooltip, valueAxis } from '../axes'
import type { ChartContext, ChartOption } from '../option_types'
import type { NevMonth } from './data'

/** One line from the first month on; the axis begins at zero because the share does. */
export function nevShareOption(months: readonly NevMonth[], context: ChartContext): ChartOption {
  const { locale, palette, rem } = context
  const t = translator(locale)
  return {
    animation: false,
    grid: { left: 2.9 * rem, right: 0.9 * rem, top: 0.7 * rem, bottom: 1.5 * rem },
    xAxis: categoryAxis(
      months.map(({ month }) => yearOf(month)),
      context,
      (index) => monthNumber(months[index]?.month ?? '') === 1,
    ),
    yAxis: valueAxis(context, { min: 0, axisLabel: { color: palette.ink_faint, fontSize: 0.82 * rem, formatter: '{value}%' } }),
    tooltip: tooltip(context, (index) => {
      const month = months[index]
      const count = (value: number | null | undefined) => (value == null ? '—' : formatCount(value, locale))
      return {
        title: month === undefined ? '' : yearMonthTitle(month.month, locale),
        lines: [
          {
            swatch: 'line',
            colour: palette.accent,
            name: t('nev_share'),
            value: `${formatValue(month?.share ?? null, { locale, unit: '%', places: 1 }).text} · ${count(month?.nev)} / ${count(month?.vehicles)}`,
          },
        ],
      }
    }),
    series: [
      {
        type: 'line',
        name: t('nev_share'),
        data: months.map(({ share }) => (share === null ? null : toNumber(share))),
        symbol: 'none',
        lineStyle: { color: palette.accent, width: 0.16 * rem },
        areaStyle: { color: palette.accent_soft },
      },
    ],
  }
}
