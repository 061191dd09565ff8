// The address of a minute: whose, when, and with what was known.
export interface Asked {
  at: string
  /** Null: with everything that is known now. */
  known: string | null
}

const whole = (at: string) => `${at.slice(0, 16)}:00Z`

/** Where to look at a person at the minute that holds an instant. */
export function minutePath(person: string, at: string, known: string | null = null): string {
  const query = new URLSearchParams({ at: whole(new Date(at).toISOString()), ...(known === null ? {} : { known }) })
  return `/people/${encodeURIComponent(person)}/minute?${query}`
}

/** The minute that an address asks for; this one where it says nothing useful. */
export function asked(search: string, now: number): Asked {
  const query = new URLSearchParams(search)
  const at = Date.parse(query.get('at') ?? '')
  return { at: whole(new Date(Number.isNaN(at) ? now : at).toISOString()), known: query.get('known') }
}

const WAY_MS = 2000

/** What was known then: at the end of the minute, and never later than now. */
export const knownThen = (at: string, now: number): string => new Date(Math.max(Date.parse(at), Math.min(Date.parse(at) + 60_000, now - WAY_MS))).toISOString()

/** So many minutes earlier or later with the same question; what has not happened yet is not asked about. */
export function stepped({ at, known }: Asked, minutes: number, now: number): Asked {
  const next = moved(at, minutes)
  if (Date.parse(next) > now) return { at, known }
  return { at: next, known: known === null ? null : knownThen(next, now) }
}

/** So many minutes earlier or later. */
export const moved = (at: string, minutes: number): string => new Date(Date.parse(at) + minutes * 60_000).toISOString()
