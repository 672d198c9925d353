/** Which language: the link's (`?lang=en`), else what this reader chose before, else Chinese. */
import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { isLocale } from '@/format/locale'
import { useLanguage } from './i18n'

const STORED = 'jieyue.lang'
const HTML_LANG = { zh: 'zh-CN', en: 'en' } as const

export function useChosenLanguage(): void {
  const route = useRoute()
  const router = useRouter()
  const { locale } = useLanguage()

  watch(
    () => route.query['lang'],
    (asked) => {
      const stored: unknown = localStorage.getItem(STORED)
      if (isLocale(asked)) locale.value = asked
      else if (isLocale(stored)) locale.value = stored
    },
    { immediate: true },
  )
  watch(
    locale,
    (chosen, previous) => {
      document.documentElement.lang = HTML_LANG[chosen]
      if (previous === undefined) return
      localStorage.setItem(STORED, chosen)
      if (route.query['lang'] !== chosen) void router.replace({ query: { ...route.query, lang: chosen } })
    },
    { immediate: true },
  )
}
