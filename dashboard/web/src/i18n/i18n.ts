import { createI18n, useI18n } from 'vue-i18n'
import type { Locale } from '@/format/locale'
import { CATALOGUE, type MessageKey } from './catalogue'

function messagesOf(locale: Locale): Record<MessageKey, string> {
  const entries = Object.entries(CATALOGUE).map(([key, titles]) => [key, titles[locale]])
  return Object.fromEntries(entries) as Record<MessageKey, string>
}

export const i18n = createI18n({
  legacy: false,
  locale: 'zh',
  fallbackLocale: 'zh',
  messages: { zh: messagesOf('zh'), en: messagesOf('en') },
})

/** The catalogue's text of a key in the chosen language. */
export type Translate = (key: MessageKey, named?: Readonly<Record<string, string | number>>) => string

/** The chosen language and its texts, typed by the catalogue. */
export function useLanguage() {
  const { t, locale } = useI18n()
  const translate: Translate = (key, named) => t(key, named ?? {})
  return { t: translate, locale: locale as typeof locale & { value: Locale } }
}

/** The same for pure functions, which are given the language as an argument. */
export function translator(locale: Locale): Translate {
  return (key, named) => i18n.global.t(key, named ?? {}, { locale })
}
