// A strip: compliance over time as parts of a whole. Unknown is a part like any other, never a gap.
import type { Compliance, Segment } from '../generated/api'

export interface Part {
  compliance: Compliance
  from_ms: number
  left: number
  width: number
}

export const SHAPES: Record<Compliance, string> = { inside: 's-in', outside: 's-out', unknown: 's-unk', free: 's-free', excused: 's-exc' }

/** Parts between two instants, in per cent of the width; what nobody told of is unknown. */
export function parts(segments: readonly Segment[], from_ms: number, until_ms: number): Part[] {
  const whole = until_ms - from_ms
  const told = segments
    .map((segment) => ({ compliance: segment.compliance, from: Math.max(from_ms, Date.parse(segment.from_at)), until: Math.min(until_ms, Date.parse(segment.until_at)) }))
    .filter((segment) => segment.until > segment.from)
    .sort((a, b) => a.from - b.from)
  const all: { compliance: Compliance; from: number; until: number }[] = []
  let at = from_ms
  for (const segment of told) {
    if (segment.from > at) all.push({ compliance: 'unknown', from: at, until: segment.from })
    all.push({ ...segment, from: Math.max(at, segment.from) })
    at = Math.max(at, segment.until)
  }
  if (at < until_ms) all.push({ compliance: all.at(-1)?.compliance ?? 'unknown', from: at, until: until_ms })
  return all.map(({ compliance, from, until }) => ({ compliance, from_ms: from, left: ((from - from_ms) / whole) * 100, width: ((until - from) / whole) * 100 }))
}
