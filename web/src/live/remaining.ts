// How long an alarm may still wait for somebody, as a figure and as a share.
import type { AlarmRow } from '../generated/api'

export interface Remaining {
  ms: number
  share: number
  overdue: boolean
}

export function remaining(row: AlarmRow, now: number): Remaining {
  const until = Date.parse(row.take_until)
  const whole = Math.max(1, until - Date.parse(row.alarm.raised_at))
  const ms = until - now
  return { ms, share: Math.max(0, Math.min(1, ms / whole)), overdue: ms <= 0 }
}
