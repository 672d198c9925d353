import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

interface RowSizes {
  /** Height of a row and of the heading, in rem. */
  readonly rowRem: number
  readonly headRem: number
  readonly atLeast: number
}

/** How many rows a frame has room for: a list then fills its place and is never cut through a row. */
export function useFittingRows(frame: Ref<HTMLElement | null>, { rowRem, headRem, atLeast }: RowSizes): { count: Ref<number> } {
  const count = ref(atLeast)
  const observer = new ResizeObserver(([entry]) => {
    if (entry === undefined) return
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
    count.value = Math.max(atLeast, Math.floor((entry.contentRect.height / rem - headRem) / rowRem))
  })
  onMounted(() => {
    if (frame.value !== null) observer.observe(frame.value)
  })
  onBeforeUnmount(() => observer.disconnect())
  return { count }
}
