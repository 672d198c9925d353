import { formatCount } from '@/format/value'
import { translator, type Translate } from '@/i18n/i18n'
import type { Palette } from '@/style/palette'
import { tooltip } from '../axes'
import type { ChartContext, ChartOption } from '../option_types'
import type { Ledger, Part } from './data'

/** The colour of a part; its name stands beside it wherever it is used. */
export function partColour(part: Part, palette: Palette): string {
  const colours = {
    inserted: palette.accent,
    updated: palette.good,
    unchanged: palette.past,
    duplicate: palette.past_strong,
    quarantined: palette.bad,
  }
  return colours[part]
}

export function partName(part: Part, t: Translate): string {
  return t(`ledger_${part}`)
}

/** A zero would be labelled at the end of the bar it does not belong to. */
const NOTHING = '-'

/** Two bars of one length: what was read above, where it went below. */
export function runLedgerOption(ledger: Ledger, context: ChartContext): ChartOption {
  const { locale, palette, rem } = context
  const t = translator(locale)
  const print = (rows: number) => formatCount(rows, locale)
  const label = (text: string, shown: boolean) => ({
    show: shown,
    formatter: text,
    color: palette.card,
    fontSize: 0.88 * rem,
    overflow: 'truncate' as const,
  })
  const drawn = ledger.parts.filter(({ rows }) => rows > 0)
  return {
    animation: false,
    grid: { left: 0, right: 0.4 * rem, top: 0.2 * rem, bottom: 0.2 * rem, containLabel: true },
    xAxis: { type: 'value', show: false, max: Math.max(1, ledger.length) },
    yAxis: {
      type: 'category',
      data: [t('ledger_where'), t('run_read')],
      axisTick: { show: false },
      axisLine: { show: false },
      axisLabel: { color: palette.ink_soft, fontSize: 0.92 * rem },
    },
    tooltip: {
      ...tooltip(context, (index) => ({
        title: t(index === 1 ? 'run_read' : 'ledger_where'),
        lines:
          index === 1
            ? [{ swatch: 'bar', colour: palette.ink_soft, name: t('run_read'), value: print(ledger.read) }]
            : drawn.map(({ part, rows }) => ({
                swatch: 'bar' as const,
                colour: partColour(part, palette),
                name: partName(part, t),
                value: print(rows),
              })),
      })),
      axisPointer: { type: 'none' },
    },
    series: [
      {
        type: 'bar',
        stack: 'sides',
        barWidth: '62%',
        data: [NOTHING, ledger.read],
        itemStyle: { color: palette.ink_soft },
        label: label(print(ledger.read), ledger.read > 0),
      },
      ...drawn.map(({ part, rows, drawn: length }) => ({
        type: 'bar' as const,
        stack: 'sides',
        data: [length, NOTHING],
        itemStyle: { color: partColour(part, palette), borderColor: palette.card, borderWidth: 1 },
        // A label wider than its bar is left out: the numbers stand below.
        label: label(`${partName(part, t)} ${print(rows)}`, length > ledger.length * 0.14),
      })),
    ],
  }
}
