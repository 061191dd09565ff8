// How a restriction was kept, as rows of nights or days: what is drawn where, and which rows say nothing of their own. Pure.
import type { Compliance, KeptPage } from '../generated/api'

export type Row = KeptPage['rows'][number]
export type Shares = KeptPage['total']
export type Range = 'day' | 'nights' | 'quarter' | 'all'

export const RANGES: readonly Range[] = ['day', 'nights', 'quarter', 'all']

const HOUR_MS = 3_600_000
/** Nights are drawn from 18:00 to 10:00, so that a curfew is never cut at midnight. */
const NIGHT_H = 16
const DAY_H = 24
/** So many rows without exceptions in a row are told as one. */
const FOLD = 3

export interface Box {
  compliance: Compliance
  left: number
  width: number
}

const percent = (ms: number, hours: number) => Math.max(0, Math.min(100, (ms / (hours * HOUR_MS)) * 100))

export const hoursOf = (nights: boolean): number => (nights ? NIGHT_H : DAY_H)

/** Parts of a row in per cent of what is drawn of it. */
export function boxes(row: Row, nights: boolean): Box[] {
  const from = Date.parse(row.from_at)
  return row.stretches
    .map(({ compliance, from_at, until_at }) => {
      const left = percent(Date.parse(from_at) - from, hoursOf(nights))
      return { compliance, left, width: percent(Date.parse(until_at) - from, hoursOf(nights)) - left }
    })
    .filter((box) => box.width > 0)
}

/** The hours that a restriction asks for, in per cent too: the grey band behind everything. */
export function bands(row: Row, nights: boolean): { left: number; width: number }[] {
  const from = Date.parse(row.from_at)
  return row.hours
    .map(([begin, end]) => {
      const left = percent(Date.parse(begin) - from, hoursOf(nights))
      return { left, width: percent(Date.parse(end) - from, hoursOf(nights)) - left }
    })
    .filter((band) => band.width > 0)
}

/** Marks of the axis: local hours and where they stand. */
export function axis(nights: boolean): { label: string; left: number }[] {
  const [first, step] = nights ? [18, 2] : [0, 4]
  const hours = hoursOf(nights)
  return Array.from({ length: hours / step + 1 }, (_, index) => ({
    label: `${String((first + index * step) % 24).padStart(2, '0')}:00`,
    left: ((index * step) / hours) * 100,
  }))
}

const SHARES: readonly [keyof Shares, Compliance][] = [
  ['inside_s', 'inside'],
  ['excused_s', 'excused'],
  ['unknown_s', 'unknown'],
  ['outside_s', 'outside'],
]
/** A minority keeps so much, so that one outside is never hidden. */
const LEAST = 8

/** The shares of a day as parts of a small strip. */
export function parts(shares: Shares): Box[] {
  const found = SHARES.filter(([name]) => shares[name] > 0).map(([name, compliance]) => ({ compliance, size: shares[name] }))
  const whole = found.reduce((sum, part) => sum + part.size, 0)
  const sized = found.map((part) => ({ ...part, size: Math.max(LEAST, (part.size / whole) * 100) }))
  const all = sized.reduce((sum, part) => sum + part.size, 0)
  let left = 0
  return sized.map(({ compliance, size }) => {
    const box = { compliance, left, width: (size / all) * 100 }
    left += box.width
    return box
  })
}

export const duty = (shares: Shares): number => shares.inside_s + shares.outside_s + shares.unknown_s + shares.excused_s

export type Line = { folded: null; row: Row } | { folded: readonly Row[]; row: Row }

/** Rows as they are listed: several equal ones after one another are one line. Tonight is never folded. */
export function lines(rows: readonly Row[], fold: boolean): Line[] {
  const all: Line[] = []
  let run: Row[] = []
  const flush = () => {
    const [first] = run
    if (first && fold && run.length >= FOLD) all.push({ folded: run, row: first })
    else all.push(...run.map((row): Line => ({ folded: null, row })))
    run = []
  }
  rows.forEach((row, index) => {
    const plain = row.exceptions.length === 0 && row.hours.length > 0 && index < rows.length - 1
    if (!plain) flush()
    run.push(row)
    if (!plain) flush()
  })
  flush()
  return all
}

/** The days of a sentence by their months. */
export function months(rows: readonly Row[]): { month: string; days: readonly Row[] }[] {
  const found = new Map<string, Row[]>()
  for (const row of rows) {
    const month = row.day.slice(0, 7)
    found.set(month, [...(found.get(month) ?? []), row])
  }
  return [...found].map(([month, days]) => ({ month, days }))
}
