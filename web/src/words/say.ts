// Figures with their units and ages in words, in the language of the page.
import type { LastFix } from '../generated/api'
import type { Key } from '../generated/keys'
import { clock, countdown, day, decimal, minute, sameDay, weekday } from './format'
import { t, words } from './words.svelte'

const NBSP = '\u00a0'

function unit(key: Key, params: Record<string, string | number>): string {
  return t(key, params).replaceAll(' ', NBSP)
}

const figure = (value: number, digits = 0) => decimal(value, words.language, digits)

/** 62 m, 1.2 km: never finer than a metre. */
export function metres(value: number): string {
  const size = Math.abs(value)
  return size >= 1000 ? unit('unit.km', { value: figure(size / 1000, 1) }) : unit('unit.m', { value: figure(Math.round(size)) })
}

/** 12 ms below a tenth of a second, else 0.4 s. */
export function lag(ms: number): string {
  return ms < 100 ? unit('unit.ms', { value: figure(Math.round(ms)) }) : unit('unit.s', { value: figure(ms / 1000, ms < 10_000 ? 1 : 0) })
}

export function percent(value: number): string {
  return unit('unit.percent', { value: figure(value) })
}

export function volts(value: number): string {
  return unit('unit.v', { value: figure(value, 2) })
}

/** −88 dBm: a strength, never a distance. */
export const strength = (dbm: number) => unit('unit.dbm', { value: figure(Math.round(dbm)) })
export const celsius = (value: number) => unit('unit.celsius', { value: figure(value) })
export const shock = (value: number) => unit('unit.g', { value: figure(value, 1) })

/** 0.40 mg/L of breath: hundredths, as instruments say it; thousandths where these would hide the uncertainty. */
export const breathAlcohol = (mg_l: number) => unit('unit.mg_l', { value: decimal(mg_l, words.language, mg_l !== 0 && Math.abs(mg_l) < 0.05 ? 3 : 2, 2) })
export const bloodAlcohol = (g_l: number) => unit('unit.g_l', { value: figure(g_l, 1) })
export const litres = (value: number) => unit('unit.litre', { value: figure(value, 1) })
export const flowRate = (l_s: number) => unit('unit.l_s', { value: figure(l_s, 2) })
export const seconds = (value: number) => unit('unit.s', { value: figure(value, 1) })
export const airPressure = (hpa: number) => unit('unit.hpa', { value: figure(Math.round(hpa)) })
export const charge = (uc: number) => unit('unit.uc', { value: figure(uc, uc < 100 ? 1 : 0) })
export const warmth = (value: number) => unit('unit.celsius', { value: figure(value, 1) })
export const kilobytes = (bytes: number) => unit('unit.kb', { value: figure(Math.max(1, Math.round(bytes / 1024))) })

/** A small share: 1.4 %, 0.06 %; nothing measured is no nought. */
export const share = (value: number) => unit('unit.percent', { value: figure(value * 100, value >= 0.1 ? 0 : value >= 0.001 ? 1 : 2) })

/** 26 s, 11 min, 7 h 57 min, 2 d 3 h. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000))
  if (s < 90) return unit('duration.s', { s })
  const min = Math.round(s / 60)
  if (min < 60) return unit('duration.min', { min })
  const h = Math.floor(min / 60)
  if (h < 24) return min % 60 ? unit('duration.h_min', { h, min: min % 60 }) : unit('duration.h', { h })
  return h % 24 ? unit('duration.d_h', { d: Math.floor(h / 24), h: h % 24 }) : unit('duration.d', { d: Math.floor(h / 24) })
}

/** "8 s ago" up to 90 s, then the clock, then the day with it. */
export function age(at: string, now: number): string {
  const passed = now - Date.parse(at)
  if (passed < 2000) return t('age.now')
  return passed <= 90_000 ? t('age.ago', { age: duration(passed) }) : moment(at, now)
}

/** 22:06, or with its day where that is not today. */
export function moment(at: string, now: number): string {
  return sameDay(at, now, words.locale) ? minute(at, words.locale) : `${weekday(at, words.locale)}, ${minute(at, words.locale)}`
}

/** 22:06:12, or with its day where that is not today: where a rule used the seconds. */
export function exact(at: string, now: number): string {
  return sameDay(at, now, words.locale) ? clock(at, words.locale) : `${weekday(at, words.locale)}, ${clock(at, words.locale)}`
}

/** Things one after another, as every one of our languages writes them. */
export const list = (parts: readonly string[]) => parts.join(', ')

export const date = (at: string) => day(at, words.locale)

/** What is left of a term while it runs down: 1:48 below an hour, then words. */
export function left(ms: number): string {
  return ms < 3_600_000 ? countdown(ms) : duration(ms)
}

export function accuracy(fix: LastFix): string {
  return t('live.place_to', { accuracy: metres(fix.accuracy_m) })
}
