// Marks on a line of time at full local hours or minutes.

export interface Tick {
  at_ms: number
  share: number
  label: string
}

const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440]
const formats = new Map<string, Intl.DateTimeFormat>()

function local(at_ms: number, timezone: string): { hour: number; minute: number } {
  let format = formats.get(timezone)
  if (!format) formats.set(timezone, (format = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' })))
  const [hour = 0, minute = 0] = format.format(at_ms).split(':').map(Number)
  return { hour, minute }
}

const two = (value: number) => String(value).padStart(2, '0')

/** Marks each `step_min` of local time from one instant to another. */
export function ticks(from_ms: number, until_ms: number, step_min: number, timezone: string): Tick[] {
  const found: Tick[] = []
  const first = Math.ceil(from_ms / 60_000) * 60_000
  for (let at_ms = first; at_ms <= until_ms; ) {
    const { hour, minute } = local(at_ms, timezone)
    const past = (hour * 60 + minute) % step_min
    if (past === 0) found.push({ at_ms, share: (at_ms - from_ms) / (until_ms - from_ms), label: `${two(hour)}:${two(minute)}` })
    at_ms += (past === 0 ? step_min : step_min - past) * 60_000
  }
  return found
}

/** The same with hours only: 22, 04, 10. */
export function hours(from_ms: number, until_ms: number, step_h: number, timezone: string): Tick[] {
  return ticks(from_ms, until_ms, step_h * 60, timezone).map((tick) => ({ ...tick, label: tick.label.slice(0, 2) }))
}

/** The step that gives about `wanted` marks. */
export function step(from_ms: number, until_ms: number, wanted: number): number {
  const each = (until_ms - from_ms) / 60_000 / wanted
  return STEPS_MIN.find((minutes) => minutes >= each) ?? 1440
}
