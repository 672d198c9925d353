/** The parts of ECharts that the pages use; imported once, by `chart.ts`, as its own file. */
import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

// SVG prints sharply at any size and keeps text as text.
use([BarChart, LineChart, ScatterChart, GridComponent, TooltipComponent, SVGRenderer])

export { init }
