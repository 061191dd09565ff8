// The address of a replay: whose, and at which instant the line stands.
const whole = (at_ms: number) => new Date(Math.floor(at_ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')

export function replayPath(person: string, at: string | number): string {
  const at_ms = typeof at === 'number' ? at : Date.parse(at)
  return `/people/${encodeURIComponent(person)}/replay?at=${whole(at_ms)}`
}

/** The instant that an address asks for; a little before now where it says nothing useful. */
export function instantOf(search: string, now: number): number {
  const at = Date.parse(new URLSearchParams(search).get('at') ?? '')
  return Number.isNaN(at) ? now - 600_000 : Math.min(at, now)
}
