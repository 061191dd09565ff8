// How many people stand where: the totals that the panels show. Unknown is a total of its own, by cause.
import type { Blindness, Compliance, CrowdCounts, LivePerson } from '../generated/api'

export const ORDER: readonly Compliance[] = ['inside', 'free', 'excused', 'unknown', 'outside']

export function byCompliance(people: Iterable<LivePerson>): Record<Compliance, number> {
  const counts: Record<Compliance, number> = { inside: 0, free: 0, excused: 0, unknown: 0, outside: 0 }
  for (const person of people) counts[person.compliance] += 1
  return counts
}

/** The same as the server counted it. */
export const ofCrowd = ({ compliance }: CrowdCounts): Record<Compliance, number> => ({ inside: 0, free: 0, excused: 0, unknown: 0, outside: 0, ...compliance })

export const causesOfCrowd = ({ blindness }: CrowdCounts): [Blindness, number][] => (Object.entries(blindness) as [Blindness, number][]).sort((a, b) => b[1] - a[1])

/** Causes of what we do not see, the largest first. */
export function byCause(people: Iterable<LivePerson>): [Blindness, number][] {
  const counts = new Map<Blindness, number>()
  for (const person of people) {
    if (person.compliance !== 'unknown') continue
    const cause = person.blindness ?? 'no_observation_yet'
    counts.set(cause, (counts.get(cause) ?? 0) + 1)
  }
  return [...counts].sort((a, b) => b[1] - a[1])
}
