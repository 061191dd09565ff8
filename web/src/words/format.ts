// Figures, instants and days as each language writes them. Pure: language and time zone come in.
import type { Language } from '../generated/api'

export interface Locale {
  language: Language
  timezone: string
}

const NARROW = '\u202f'

/** 2,471 in English; 2 471 (narrow space) in Russian and Kazakh. Minus is −. */
export function decimal(value: number, language: Language, digits = 0, least = 0): string {
  const format = new Intl.NumberFormat(language === 'en' ? 'en' : 'ru', { minimumFractionDigits: least, maximumFractionDigits: digits })
  return format
    .formatToParts(value)
    .map((part) => (part.type === 'group' && language !== 'en' ? NARROW : part.type === 'minusSign' ? '−' : part.value))
    .join('')
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = language + JSON.stringify(options)
  let found = formats.get(key)
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language, options)))
  return found
}

function instant(at: string | number | Date): Date {
  return at instanceof Date ? at : new Date(at)
}

/** 22:06:12 */
export function clock(at: string | number | Date, { timezone }: Locale): string {
  return format('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(instant(at))
}

/** 22:06 */
export function minute(at: string | number | Date, { timezone }: Locale): string {
  return format('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' }).format(instant(at))
}

/** 19 Nov 2026, or 19.11.2026 */
export function day(at: string | number | Date, { language, timezone }: Locale): string {
  return language === 'en'
    ? format('en-GB', { timeZone: timezone, day: 'numeric', month: 'short', year: 'numeric' }).format(instant(at))
    : format('ru', { timeZone: timezone, day: '2-digit', month: '2-digit', year: 'numeric' }).format(instant(at))
}

// Browsers do not carry Kazakh names of days: the three short rows are ours.
const DAYS: Record<Language, readonly string[]> = {
  kk: ['дс', 'сс', 'ср', 'бс', 'жм', 'сн', 'жк'],
  ru: ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'],
  en: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
}

/** Short names of the days of a week, 0 is Monday. */
export function weekdayName(index: number, language: Language): string {
  return DAYS[language][index] ?? ''
}

/** Thu 19 Nov, чт 19.11, бс 19.11 */
export function weekday(at: string | number | Date, { language, timezone }: Locale): string {
  const english = format('en', { timeZone: timezone, weekday: 'short' }).format(instant(at))
  const name = weekdayName(DAYS.en.indexOf(english), language)
  const options: Intl.DateTimeFormatOptions = language === 'en' ? { day: 'numeric', month: 'short' } : { day: '2-digit', month: '2-digit' }
  return `${name} ${format(language === 'en' ? 'en-GB' : 'ru', { timeZone: timezone, ...options }).format(instant(at))}`
}

/** Whether two instants fall on one local day. */
export function sameDay(a: string | number | Date, b: string | number | Date, locale: Locale): boolean {
  return day(a, locale) === day(b, locale)
}

/** UTC+5 */
export function offset(at: string | number | Date, timezone: string): string {
  const parts = format('en', { timeZone: timezone, timeZoneName: 'shortOffset' }).formatToParts(instant(at))
  return (parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC').replace('GMT', 'UTC')
}

/** 1:48, or 1:02:09 from an hour on: what is left while it runs down. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`
}
