/** How long something is or has been, in the one unit that says it best. */
import type { Translate } from '@/i18n/i18n'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Days from two days on, hours from one hour on, minutes below; never rounded up. */
export function spanTitle(seconds: number, t: Translate): string {
  if (seconds >= 2 * DAY) return t('span_days', { count: Math.floor(seconds / DAY) })
  if (seconds >= HOUR) return t('span_hours', { count: Math.floor(seconds / HOUR) })
  return t('span_minutes', { count: Math.floor(seconds / MINUTE) })
}
