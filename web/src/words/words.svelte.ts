// What the screens say: one catalogue at a time, its parts where their pages are, whole sentences with named places.
import type { Language } from '../generated/api'
import type { Key } from '../generated/keys'
import { decimal, type Locale } from './format'

type Forms = Record<string, string>
export type Catalogue = Record<string, string | Forms>
export type Params = Record<string, string | number>

const CATALOGUES: Record<Language, () => Promise<{ default: Catalogue }>> = {
  kk: () => import('../generated/locales/kk.json'),
  ru: () => import('../generated/locales/ru.json'),
  en: () => import('../generated/locales/en.json'),
}

/** All that the page of a supervised person says. */
const OF_OWN_PAGE: typeof CATALOGUES = {
  kk: () => import('../generated/locales/kk.own.json'),
  ru: () => import('../generated/locales/ru.own.json'),
  en: () => import('../generated/locales/en.own.json'),
}

/** Words that come with the pages that say them. */
const LATER = {
  cases: {
    kk: () => import('../generated/locales/kk.cases.json'),
    ru: () => import('../generated/locales/ru.cases.json'),
    en: () => import('../generated/locales/en.cases.json'),
  },
} satisfies Record<string, Record<Language, () => Promise<{ default: Catalogue }>>>
type Part = keyof typeof LATER

export const LANGUAGES: readonly Language[] = ['kk', 'ru', 'en']
const REMEMBERED = 'baqylau.language'

class Words {
  language = $state<Language>('kk')
  timezone = $state(Intl.DateTimeFormat().resolvedOptions().timeZone)
  catalogue = $state.raw<Catalogue>({})

  #parts = new Set<Part>()
  #catalogues = CATALOGUES

  /** From now on speak the few words of a supervised person's own page alone. */
  ofOwnPage(): void {
    this.#catalogues = OF_OWN_PAGE
  }

  /** Language and time zone together: what every format asks for. */
  get locale(): Locale {
    return { language: this.language, timezone: this.timezone }
  }

  /** Speak a language from now on; the page changes at once, without a reload. */
  async use(language: Language): Promise<void> {
    const parts = await Promise.all([this.#catalogues[language](), ...[...this.#parts].map((part) => LATER[part][language]())])
    this.catalogue = Object.assign({}, ...parts.map((part) => part.default)) as Catalogue
    this.language = language
    localStorage.setItem(REMEMBERED, language)
    document.documentElement.lang = language
  }

  /** Speak a part too, from now on and in every language. */
  async also(part: Part): Promise<void> {
    if (this.#parts.has(part)) return
    const more = (await LATER[part][this.language]()).default
    this.#parts.add(part)
    this.catalogue = { ...this.catalogue, ...more }
  }
}

export const words = new Words()

/** The language of this place before anybody signed in: the last one used, else the browser's, else Kazakh. */
export function firstLanguage(): Language {
  const wished = [localStorage.getItem(REMEMBERED), ...navigator.languages.map((tag) => tag.slice(0, 2))]
  return LANGUAGES.find((language) => wished.find((tag) => tag === 'kk' || tag === 'ru' || tag === 'en') === language) ?? 'kk'
}

function chosen(found: string | Forms, language: Language, params: Params): string {
  if (typeof found === 'string') return found
  const category = new Intl.PluralRules(language).select(Number(params.count))
  return found[category] ?? found.other ?? ''
}

/** Fill the places of a sentence; figures are written as the language writes them. */
export function filled(found: string | Forms, language: Language, params: Params): string {
  return chosen(found, language, params).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? decimal(value, language) : value
  })
}

/** The sentence behind a key. */
export function t(key: Key, params: Params = {}): string {
  const found = words.catalogue[key]
  return found === undefined ? key : filled(found, words.language, params)
}

/** The sentence behind a key that the server named, or nothing where the catalogues do not know it. */
export function maybe(key: string, params: Params = {}): string | undefined {
  const found = words.catalogue[key]
  return found === undefined ? undefined : filled(found, words.language, params)
}
