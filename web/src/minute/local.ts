// Instants as a field for date and time writes them, in the time zone of the installation.

const FIELD = /^\d{4}-\d\d-\d\dT\d\d:\d\d$/
const DAY_MS = 86_400_000

const two = (value: number) => String(value).padStart(2, '0')

function wall(at_ms: number, timezone: string): { text: string; ms: number } {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: timezone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at_ms)
  const part = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((one) => one.type === type)?.value ?? 0)
  const [year, month, day, hour, minute] = [part('year'), part('month'), part('day'), part('hour'), part('minute')]
  return { text: `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`, ms: Date.UTC(year, month - 1, day, hour, minute) }
}

/** 2026-11-19T22:06 on the wall of the installation. */
export const toLocal = (at: string, timezone: string): string => wall(Date.parse(at), timezone).text

/** The instant that a wall shows; null where the text is no time. The hour that a clock change repeats is its first. */
export function fromLocal(text: string, timezone: string): string | null {
  if (!FIELD.test(text)) return null
  const shown = Date.parse(`${text}:00Z`)
  const around = [shown - DAY_MS, shown + DAY_MS].map((at_ms) => shown - (wall(at_ms, timezone).ms - at_ms))
  const right = around.filter((at_ms) => wall(at_ms, timezone).text === text)
  return new Date(Math.min(...(right.length > 0 ? right : around))).toISOString()
}
