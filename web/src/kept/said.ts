// How a row and its exceptions are said.
import type { Compliance } from '../generated/api'
import { minute, weekday, weekdayName } from '../words/format'
import { duration } from '../words/say'
import { t, words as words_ } from '../words/words.svelte'
import type { Row, Shares } from './rows'

/** A kind of time by the words of its restriction: at home, as prescribed, unknown. */
export function words(compliance: Compliance, kind: string): string {
  if (compliance === 'unknown' || compliance === 'excused' || compliance === 'free') return t(`kept.${compliance}`)
  const about = kind === 'presence' ? 'presence' : 'other'
  return t(compliance === 'inside' ? `kept.in.${about}` : `kept.out.${about}`)
}

export function totals(shares: Shares, kind: string): { compliance: Compliance; seconds: number; label: string }[] {
  const all: [Compliance, number][] = [['inside', shares.inside_s], ['outside', shares.outside_s], ['unknown', shares.unknown_s], ['excused', shares.excused_s]]
  return all.map(([compliance, seconds]) => ({ compliance, seconds, label: words(compliance, kind) }))
}

/** 102 h 55 min: never in days, so that what is read adds up. */
export function hours(seconds: number): string {
  const min = Math.round(seconds / 60)
  if (min < 60) return duration(min * 60_000)
  const [h, rest] = [Math.floor(min / 60), min % 60]
  return (rest ? t('duration.h_min', { h, min: rest }) : t('duration.h', { h })).replaceAll(' ', '\u00a0')
}

type Exception = Row['exceptions'][number]

/** 11 min late; 47 min unknown, no position. */
export function named(one: Exception): string {
  const time = hours(one.seconds)
  switch (one.kind) {
    case 'outside':
      return t(one.late ? 'kept.late' : 'kept.otherwise_out', { time })
    case 'unknown':
      return t('kept.otherwise_unknown', { time }) + (one.blindness ? ` (${t(`blindness.${one.blindness}`)})` : '')
    default:
      return one.reason ? `${t('kept.excused')}: ${one.reason}` : t('kept.excused')
  }
}

const noon = (day: string, plus = 0) => new Date(Date.parse(`${day}T12:00:00Z`) + plus * 86_400_000)

/** 7.11, or 7 Nov: the day on which a row begins. */
export function dayOf(row: Row): string {
  const at = noon(row.day)
  const english = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })
  return words_.language === 'en' ? english.format(at) : `${row.day.slice(8)}.${row.day.slice(5, 7)}`
}

/** 07–08.11 пт–сб: both days of a night; one of a day. */
export function spanOf(row: Row, nights: boolean): string {
  const [first, next] = [noon(row.day), noon(row.day, 1)]
  const name = (at: Date) => weekdayName((at.getUTCDay() + 6) % 7, words_.language)
  if (!nights) return `${dayOf(row)} ${name(first)}`
  const after = { ...row, day: next.toISOString().slice(0, 10) }
  const same = first.getUTCMonth() === next.getUTCMonth()
  const begun = same ? (words_.language === 'en' ? String(first.getUTCDate()) : row.day.slice(8)) : dayOf(row)
  return `${begun}–${dayOf(after)} ${name(first)}–${name(next)}`
}

/** вт 10.11, 22:06: with its day, whatever today is. */
export const exactDay = (at: string): string => `${weekday(at, words_.locale)}, ${minute(at, words_.locale)}`
