// The finder's chart: single frames as points, their median as a line. Pure.
import type { ConsolePoint } from '../generated/api'

export const WIDTH = 736
export const HEIGHT = 262
const LEFT = 44
const RIGHT = 728
const TOP = 14
const BOTTOM = 232
const SPAN_S = 60
export const LINES_DBM = [-40, -60, -80, -100]
export const MARKS_S = [60, 40, 20, 0]

export const x = (age_s: number): number => RIGHT - (Math.min(age_s, SPAN_S) / SPAN_S) * (RIGHT - LEFT)

export function y(dbm: number): number {
  const held = Math.min(Math.max(dbm, -105), -35)
  return TOP + ((-40 - held) / 60) * (BOTTOM - TOP)
}

/** The way of the line, oldest first. */
export function way(line: readonly ConsolePoint[]): string {
  return line.map(([age_s, dbm], at) => `${at === 0 ? 'M' : 'L'}${x(age_s).toFixed(1)} ${y(dbm).toFixed(1)}`).join('')
}
