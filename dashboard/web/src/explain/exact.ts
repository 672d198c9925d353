/** A decimal with all its digits, grouped: what is shown here is compared by eye, so nothing is rounded. */
import type { Locale } from '@/format/locale'
import { decimalOf, formatValue, NO_VALUE } from '@/format/value'

export function exact(text: string | null, unit: string | null, locale: Locale): string {
  const value = decimalOf(text)
  if (value === null) return NO_VALUE
  const shown = formatValue(value, { locale, places: value.scale })
  return unit === null ? shown.text : `${shown.text} ${unit}`
}
