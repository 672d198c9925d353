import type { BarSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { ComposeOption } from 'echarts/core'
import type { Locale } from '@/format/locale'
import type { Palette } from '@/style/palette'

/** What an option may contain: only the parts that `parts.ts` loads. */
export type ChartOption = ComposeOption<
  BarSeriesOption | LineSeriesOption | ScatterSeriesOption | GridComponentOption | TooltipComponentOption
>

/** What every option is drawn with besides its series. */
export interface ChartContext {
  readonly locale: Locale
  readonly palette: Palette
  /** Pixels of one rem: charts grow with the page's text. */
  readonly rem: number
}
