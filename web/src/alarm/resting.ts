// How long an alarm may rest: a few choices, never longer than its priority allows.
const HOUR_MS = 3_600_000

const CHOICES_H: Record<number, readonly number[]> = { 1: [0.25, 0.5, 1], 2: [0.5, 1, 2, 4, 8], 3: [1, 4, 8, 24] }

/** Lengths to choose from, in milliseconds, the shortest first. */
export const choices = (priority: number): number[] => (CHOICES_H[priority] ?? [1]).map((hours) => hours * HOUR_MS)

/** When a rest ends that begins now: a second early, so that the longest is never refused by the way to the server. */
export const endOf = (length_ms: number, now: number): string => new Date(Math.floor((now + length_ms) / 1000) * 1000 - 1000).toISOString()
