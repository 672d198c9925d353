import type { RunSummary } from '@/api/types'
import { instantTitle } from '@/format/title'
import { formatCount } from '@/format/value'
import { translator } from '@/i18n/i18n'
import { tooltip } from '../axes'
import type { ChartContext, ChartOption } from '../option_types'
import type { RunMark, Timeline } from './data'

/** A line a job, a mark a run: a dot for one that went well, a red triangle for one that failed. */
export function runTimelineOption(
  { jobs, marks }: Timeline,
  nameOf: (run: RunSummary) => string,
  context: ChartContext,
): ChartOption {
  const { locale, palette, rem } = context
  const t = translator(locale)
  const series = (name: string, chosen: readonly RunMark[], symbol: string, color: string, size: number) => ({
    type: 'scatter' as const,
    name,
    symbol,
    symbolSize: size * rem,
    itemStyle: { color, opacity: 0.85 },
    data: chosen.map(({ at, line }) => [at, line]),
  })
  const well = marks.filter(({ run }) => run.status === 'ok')
  const failed = marks.filter(({ run }) => run.status !== 'ok')
  const groups = [well, failed]
  const names = new Map(marks.map(({ run }) => [run.job, nameOf(run)]))
  return {
    animation: false,
    grid: { left: 0.6 * rem, right: 1.2 * rem, top: 0.2 * rem, bottom: 0.4 * rem, containLabel: true },
    xAxis: {
      type: 'time',
      // Many jobs make a drawing that scrolls: the time stands where reading begins.
      position: 'top',
      splitNumber: 4,
      axisLine: { lineStyle: { color: palette.line_strong } },
      splitLine: { show: true, lineStyle: { color: palette.line } },
      axisLabel: {
        color: palette.ink_faint,
        fontSize: 0.82 * rem,
        hideOverlap: true,
        formatter: (at: number) => instantTitle(new Date(at).toISOString()).slice(5),
      },
    },
    yAxis: {
      type: 'category',
      data: [...jobs],
      axisTick: { show: false },
      axisLine: { show: false },
      splitLine: { show: true, lineStyle: { color: palette.line } },
      axisLabel: { color: palette.ink_soft, fontSize: 0.82 * rem, interval: 0, formatter: (job: string) => names.get(job) ?? job },
    },
    tooltip: {
      ...tooltip(context, () => ({ title: '', lines: [] })),
      trigger: 'item',
      formatter: (given) => {
        const one = Array.isArray(given) ? given[0] : given
        const mark = groups[one?.seriesIndex ?? 0]?.[one?.dataIndex ?? 0]
        if (mark === undefined) return ''
        const { run } = mark
        const outcome = t(run.status === 'ok' ? 'run_ok' : 'run_failed')
        const element = document.createElement('div')
        element.textContent = `${nameOf(run)} · ${instantTitle(run.started_at)} · ${outcome} · ${t('run_read')} ${formatCount(run.read, locale)}`
        return element
      },
    },
    series: [
      series(t('run_ok'), well, 'circle', palette.good, 0.6),
      series(t('run_failed'), failed, 'triangle', palette.bad, 0.85),
    ],
  }
}
