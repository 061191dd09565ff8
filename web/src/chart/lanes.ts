// The facts of an alarm arranged in lanes over one line of time. Pure: what is drawn where, in units of the drawing.
import type { Battery, Fix, Heard, Segment } from '../generated/api'
import { deepest, type Zone } from '../map/geometry'

export interface Window {
  from_ms: number
  until_ms: number
}

export interface Margin {
  id: string
  at_ms: number
  margin_m: number
  accuracy_m: number
  decided: boolean
}

export interface Charge {
  at_ms: number
  percent: number
}

const R95_BY_HDOP_M = 8.65
const R95_UNSTATED_M = 25

/** Radius that holds the true place in 95 of 100 cases: as stated, by the satellites' geometry, or the default. */
export function accuracy(fix: Fix): number {
  return fix.accuracy_m ?? (fix.hdop === null ? R95_UNSTATED_M : fix.hdop * R95_BY_HDOP_M)
}

export const fixOf = (heard: Heard): Fix | undefined => heard.bodies.find((body): body is Fix => body.type === 'fix')

/** How far each fix is from the edge of the zones that decide, positive inside. */
export function margins(heard: readonly Heard[], zones: readonly Zone[]): Margin[] {
  return heard.flatMap((one) => {
    const fix = fixOf(one)
    const margin_m = fix && deepest(zones, [fix.latitude_deg, fix.longitude_deg])
    if (!fix || margin_m === null || margin_m === undefined) return []
    return [{ id: one.id, at_ms: Date.parse(one.observed_at), margin_m, accuracy_m: accuracy(fix), decided: one.decided }]
  })
}

export function charges(heard: readonly Heard[]): Charge[] {
  return heard.flatMap((one) =>
    one.bodies
      .filter((body): body is Battery => body.type === 'battery')
      .flatMap((body) => (body.level_percent === null ? [] : [{ at_ms: Date.parse(one.observed_at), percent: body.level_percent }])),
  )
}

/** Stretches between two receptions that are much longer than usual here. */
export function silences(heard: readonly Heard[], until_ms: number): Window[] {
  const at = heard.map((one) => Date.parse(one.observed_at)).sort((a, b) => a - b)
  const gaps = at.map((from_ms, index) => ({ from_ms, until_ms: at[index + 1] ?? until_ms }))
  const lengths = gaps.slice(0, -1).map((gap) => gap.until_ms - gap.from_ms).sort((a, b) => a - b)
  const usual = lengths[Math.floor(lengths.length / 2)] ?? 60_000
  return gaps.filter((gap) => gap.until_ms - gap.from_ms > Math.max(5 * usual, 120_000))
}

/** A scale for margins: symmetrical about the edge, capped so that a far walk does not flatten what decides. */
export function reach(margins: readonly Margin[]): number {
  const near = margins.filter((one) => one.decided)
  const most = Math.max(40, ...(near.length > 0 ? near : margins).map((one) => Math.abs(one.margin_m) + one.accuracy_m))
  return Math.min(most * 2.2, Math.max(40, ...margins.map((one) => Math.abs(one.margin_m) + one.accuracy_m)))
}

/** Until when we were told anything at all: the end of the judged line, else the last thing heard. */
export function knownUntil(timeline: readonly Segment[], heard_ms: readonly number[], now_ms: number): number {
  const told = timeline.map((segment) => Date.parse(segment.until_at))
  return Math.min(now_ms, Math.max(...(told.length > 0 ? told : heard_ms.length > 0 ? heard_ms : [now_ms])))
}

/** The window of time around an alarm: what was heard and what was done, never less than four minutes. */
export function windowOf(instants: readonly number[], until_ms: number): Window {
  const from = Math.min(until_ms - 240_000, ...instants)
  return { from_ms: from - (until_ms - from) * 0.02, until_ms }
}
