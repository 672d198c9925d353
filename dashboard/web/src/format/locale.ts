/** The languages of the pages. Chinese is the default. */
export type Locale = 'zh' | 'en'

export function isLocale(value: unknown): value is Locale {
  return value === 'zh' || value === 'en'
}

/** A text in both languages, as the API and our own catalogue give it. */
export interface Titles {
  readonly zh: string
  readonly en: string
}

export function pick(titles: Titles, locale: Locale): string {
  return titles[locale]
}
