import { computed, onBeforeUnmount, onMounted, ref, type ComputedRef } from 'vue'
import { useLanguage } from '@/i18n/i18n'
import { PALETTE } from '@/style/palette'
import type { ChartContext } from './option_types'

/** The language, colours and text size that charts are drawn with; changes when the window does. */
export function useChartContext(): ComputedRef<ChartContext> {
  const { locale } = useLanguage()
  const rem = ref(remInPixels())
  const measure = () => (rem.value = remInPixels())
  onMounted(() => window.addEventListener('resize', measure))
  onBeforeUnmount(() => window.removeEventListener('resize', measure))
  return computed(() => ({ locale: locale.value, palette: PALETTE, rem: rem.value }))
}

function remInPixels(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}
