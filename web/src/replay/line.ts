// One line of time: which window is shown, where the line stands, and what is under it. Pure.
import type { Compliance, Replay, Segment } from '../generated/api'

export type Span = 'quarter' | 'forty' | 'day'
export type Reception = Replay['receptions'][number]
export type Lane = Replay['lanes'][number]

export const SPANS: readonly Span[] = ['quarter', 'forty', 'day']
export const SPEEDS = [1, 10, 60] as const
export type Speed = (typeof SPEEDS)[number]

const MINUTE_MS = 60_000
const LENGTH_MS: Record<Span, number> = { quarter: 15 * MINUTE_MS, forty: 40 * MINUTE_MS, day: 1440 * MINUTE_MS }

export interface Window {
  from_ms: number
  until_ms: number
}

/** The window that holds an instant: parts of the hour, or the local day as `midnight` tells it. */
export function windowOf(at_ms: number, span: Span, midnight: (at_ms: number) => number): Window {
  if (span === 'day') {
    const from_ms = midnight(at_ms)
    return { from_ms, until_ms: from_ms + LENGTH_MS.day }
  }
  const step = LENGTH_MS[span] / 2
  const from_ms = Math.floor((at_ms - step / 2) / step) * step
  return { from_ms, until_ms: from_ms + LENGTH_MS[span] }
}

/** The same window while the line stays in it; else one that it begins or ends near. */
export function following(window: Window, at_ms: number, span: Span, midnight: (at_ms: number) => number): Window {
  return at_ms >= window.from_ms && at_ms <= window.until_ms ? window : windowOf(at_ms, span, midnight)
}

const times = new WeakMap<readonly { at: string }[], readonly number[]>()

function timesOf(list: readonly { at: string }[]): readonly number[] {
  let found = times.get(list)
  if (!found) times.set(list, (found = list.map((one) => Date.parse(one.at))))
  return found
}

/** Index of the last one at or before an instant; −1 where there is none. */
export function upTo(list: readonly { at: string }[], at_ms: number): number {
  const all = timesOf(list)
  let [low, high] = [0, all.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((all[middle] ?? Infinity) <= at_ms) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** The instant of the next or the previous one; null where there is none. */
export function beside(list: readonly { at: string }[], at_ms: number, by: 1 | -1): number | null {
  const all = timesOf(list)
  const found = by === 1 ? all.find((ms) => ms > at_ms) : all.findLast((ms) => ms < at_ms)
  return found ?? null
}

/** What was given at an instant; unknown where nothing is told. */
export function saidAt(segments: readonly Segment[], at_ms: number): Segment | undefined {
  return segments.find((one) => Date.parse(one.from_at) <= at_ms && at_ms < Date.parse(one.until_at))
}

export const placed = (one: Reception): one is Reception & { latitude_deg: number; longitude_deg: number } => one.latitude_deg !== null && one.longitude_deg !== null

/** Times in which two tellings of one restriction differ. */
export function differing(one: readonly Segment[], other: readonly Segment[], window: Window): Window[] {
  const edges = [...new Set([...one, ...other].flatMap((part) => [Date.parse(part.from_at), Date.parse(part.until_at)]))].filter((ms) => ms >= window.from_ms && ms <= window.until_ms).sort((a, b) => a - b)
  const found: Window[] = []
  edges.slice(1).forEach((until_ms, index) => {
    const from_ms = edges[index] ?? until_ms
    const [a, b] = [saidAt(one, from_ms), saidAt(other, from_ms)]
    if (a && b && a.compliance !== b.compliance) {
      const last = found.at(-1)
      if (last?.until_ms === from_ms) last.until_ms = until_ms
      else found.push({ from_ms, until_ms })
    }
  })
  return found
}

/** The glyph of a position: what was given then, and unknown where it is too poor to decide. */
export function glyph(timeline: readonly Segment[], at_ms: number): Compliance {
  return saidAt(timeline, at_ms)?.compliance ?? 'unknown'
}

/** Longer than this between two positions and no line is drawn. */
export const GAP_MS = 180_000
