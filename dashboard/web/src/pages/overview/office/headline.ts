/** The sentence over the offices that are larger than their occupants' rank allows. */
import type { Locale } from '@/format/locale'
import { formatCount, formatValue } from '@/format/value'
import { translator } from '@/i18n/i18n'
import type { PanelTable } from '@/panel/table'
import { regionOf } from '../region'
import { joinClauses } from '../sentence'

/** `byRegion` comes with the most rooms first; the worst region is named only when there are several. */
export function officeHeadline(total: PanelTable, byRegion: PanelTable | null, locale: Locale): string | null {
  const row = total.rows[0]
  const rooms = row?.integer('over_standard_rooms') ?? null
  if (row === undefined || rooms === null) return null
  const t = translator(locale)
  if (rooms === 0) return t('office_none')
  const area = formatValue(row.decimal('over_standard_m2'), { locale, unit: total.unit('over_standard_m2'), places: 0 }).text
  const [worst, second] = byRegion?.rows ?? []
  const most =
    worst === undefined || second === undefined
      ? null
      : t('office_most', { region: regionOf(worst, locale), rooms: formatCount(worst.integer('over_standard_rooms') ?? 0, locale) })
  return joinClauses([t('office_headline', { rooms: formatCount(rooms, locale), area }), most], locale)
}
