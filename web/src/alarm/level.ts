// How far up an alarm has climbed, and when it climbs next. Nobody answers in time: the next place is asked.
import type { AlarmRow, Level } from '../generated/api'

export interface Climb {
  to: Level
  left_ms: number
}

/** The next place and what is left until then; null where nobody is asked now or nobody stands higher. */
export function climb({ alarm, take_until }: AlarmRow, now: number): Climb | null {
  if (take_until === null || alarm.level === 2) return null
  return { to: alarm.level === 0 ? 1 : 2, left_ms: Math.max(0, Date.parse(take_until) - now) }
}
