/** A decimal with all its digits, grouped: what is shown here is compared by eye, so nothing is rounded. */
import type { Locale } from '@/format/locale'
import { unitName } from '@/format/unit'
import { decimalOf, formatValue, joinUnit, NO_VALUE } from '@/format/value'

export function exact(text: string | null, unit: string | null, locale: Locale): string {
  const value = decimalOf(text)
  if (value === null) return NO_VALUE
  const { number } = formatValue(value, { locale, places: value.scale })
  return unit === null ? number : joinUnit(number, unitName(unit, locale), locale)
}
