// The traces of one breath as lines of a drawing. Gaps stay gaps.
import type { BlowTrace, Stretch } from '../generated/api'

export interface Lane {
  top: number
  height: number
  low: number
  high: number
}

type Readings = BlowTrace['current_ua']

/** Lowest and highest of the readings, with nought among them. */
export function range(readings: Readings): { low: number; high: number } {
  let [low, high] = [0, 0]
  for (const one of readings) {
    if (one === null) continue
    if (one < low) low = one
    if (one > high) high = one
  }
  return { low, high: high > low ? high : low + 1 }
}

/** A rounded end of a scale: 1, 2 or 5 of a power of ten. */
export function ceiling(value: number): number {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 5].find((step) => step * power >= value * 0.999) ?? 10)
}

export const y = (lane: Lane, value: number) => lane.top + lane.height - ((value - lane.low) / (lane.high - lane.low)) * lane.height

/** A line through evenly spaced readings, broken where the sensor gave none; at most `most` points, the extremes kept. */
export function line(readings: Readings, step_ms: number, x: (ms: number) => number, lane: Lane, most = 600): string {
  const each = Math.max(1, Math.ceil(readings.length / most))
  let [path, open] = ['', false]
  for (let index = 0; index < readings.length; index += each) {
    let value: number | null = null
    for (const one of readings.slice(index, index + each)) if (one !== null && (value === null || Math.abs(one) > Math.abs(value))) value = one
    if (value !== null) path += `${open ? 'L' : 'M'}${x(index * step_ms).toFixed(1)} ${y(lane, value).toFixed(1)}`
    open = value !== null
  }
  return path
}

/** The area under the current within a stretch, down to the baseline: what the charge is. */
export function area(blow: BlowTrace, stretch: Stretch, x: (ms: number) => number, lane: Lane): string {
  const { step_ms, current_ua: readings } = blow
  const first = Math.max(0, Math.ceil(stretch.from_ms / step_ms))
  const last = Math.min(readings.length - 1, Math.floor(stretch.until_ms / step_ms))
  if (last <= first) return ''
  const base = y(lane, blow.baseline_ua ?? 0).toFixed(1)
  return `${line(readings.slice(first, last + 1), step_ms, (ms) => x(ms + first * step_ms), lane)}L${x(last * step_ms).toFixed(1)} ${base}L${x(first * step_ms).toFixed(1)} ${base}Z`
}

/** How long the drawing is: the longest of the traces. */
export const length_ms = (blow: BlowTrace) => Math.max(1, blow.current_ua.length, blow.pressure_pa.length, blow.flow_ml_s.length) * blow.step_ms

/** Marks of whole seconds, about eight of them. */
export function secondMarks(whole_ms: number): number[] {
  const step = ceiling(whole_ms / 8000)
  return Array.from({ length: Math.floor(whole_ms / 1000 / step) + 1 }, (_, index) => index * step)
}
