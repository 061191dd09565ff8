// How long an alarm may still wait for somebody, as a figure and as a share.
import type { AlarmRow } from '../generated/api'

export interface Remaining {
  ms: number
  share: number
  overdue: boolean
}

/** What is left; null where nobody is asked now. */
export function remaining(row: AlarmRow, now: number): Remaining | null {
  if (row.take_until === null) return null
  const until = Date.parse(row.take_until)
  const whole = Math.max(1, until - Date.parse(row.alarm.waits_since))
  const ms = until - now
  return { ms, share: Math.max(0, Math.min(1, ms / whole)), overdue: ms <= 0 }
}

/** By so much a screen's clock may be behind the server's: an alarm of this very moment is left to nobody. */
const CLOCKS_DIFFER_MS = 5000

/** Until when an alarm is left to the wearer and nobody is asked; null where somebody is. */
export function graceUntil({ alarm }: AlarmRow, now: number): string | null {
  return alarm.state === 'open' && Date.parse(alarm.waits_since) > now + CLOCKS_DIFFER_MS ? alarm.waits_since : null
}
