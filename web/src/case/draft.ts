// A restriction before it has an id: what each kind begins with, and what goes over when the kind changes.
import type { Order, PersonCard, Point, Schedule } from '../generated/api'
import type { Zone } from '../map/geometry'
import { fresh } from './zone'

export type Restriction = PersonCard['restrictions'][number]
export type Kind = Restriction['type']

export const KINDS: readonly Kind[] = ['presence', 'exclusion', 'required_place', 'territory', 'timed_place', 'route', 'no_contact', 'identification', 'sobriety']

export interface Ground {
  order_id: string
  timezone: string
  from_at: string
  middle: Point
}

const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6]

const schedule = (timezone: string, start_min: number, end_min: number, weekdays = EVERY_DAY): Schedule => ({ timezone, windows: [{ start_min, end_min, weekdays }], exceptions: [], holidays: [], holiday_windows: [] })

const CHECKED = { random_per_day: 0, min_gap_s: 3600, answer_s: 900, remind_s: 300, most_per_day: 8, quiet_from_min: 1320, quiet_until_min: 360, after: [], urgent: false }

/** What a kind begins with: the commonest of it, to be changed. */
export function blank(kind: Kind, { order_id, timezone, from_at, middle }: Ground): Restriction {
  const common = { id: '', order_id, version: 0, clause: '', from_at, until_at: null }
  const week = [0, 1, 2, 3, 4]
  switch (kind) {
    case 'presence':
      return { ...common, type: kind, places: [fresh('circle', '', middle, 50)], schedule: schedule(timezone, 1320, 360), grace_s: 300, absence_limit_s_per_day: null, absence_limit_s_per_week: null }
    case 'exclusion':
      return { ...common, type: kind, zone: fresh('circle', '', middle, 200), schedule: null, warning_m: 100, dwell_s: 0, loiter_s: 0 }
    case 'required_place':
      return { ...common, type: kind, zone: fresh('circle', '', middle, 50), schedule: schedule(timezone, 600, 660, [0]), grace_s: 900, stay_s: 0 }
    case 'territory':
      return { ...common, type: kind, zone: fresh('polygon', '', middle, 5000) }
    case 'timed_place':
      return { ...common, type: kind, zone: fresh('circle', '', middle, 100), schedule: schedule(timezone, 540, 1080, week) }
    case 'route':
      return { ...common, type: kind, zone: fresh('corridor', '', middle, 500), schedule: schedule(timezone, 480, 540, week) }
    case 'no_contact':
      return { ...common, type: kind, other_id: '', distance_m: 200, protected: false }
    case 'identification':
      return { ...common, ...CHECKED, type: kind, schedule: schedule(timezone, 1290, 1320) }
    case 'sobriety':
      return { ...common, ...CHECKED, type: kind, schedule: schedule(timezone, 1290, 1320), limit_mg_l: 0 }
  }
}

/** The places of a restriction, with none for those that name none. */
export function zonesOf(restriction: Restriction): readonly Zone[] {
  if (restriction.type === 'presence') return restriction.places
  return 'zone' in restriction ? [restriction.zone] : []
}

export function withZone(restriction: Restriction, index: number, zone: Zone): Restriction {
  if (restriction.type === 'presence') return { ...restriction, places: restriction.places.map((one, at) => (at === index ? zone : one)) }
  return 'zone' in restriction ? { ...restriction, zone } : restriction
}

export const scheduleOf = (restriction: Restriction): Schedule | null => ('schedule' in restriction ? restriction.schedule : null)

/** The same clause and dates as another kind: what was written by hand is not lost. */
export function asKind(kind: Kind, before: Restriction, ground: Ground): Restriction {
  return { ...blank(kind, ground), clause: before.clause, order_id: before.order_id, from_at: before.from_at, until_at: before.until_at }
}

const YEAR_MS = 365 * 86_400_000

/** A court act that begins today, for a year: both to be changed. */
export function newOrder(person_id: string, now: number): Order {
  const from = new Date(Math.ceil(now / 3_600_000) * 3_600_000)
  return { id: '', person_id, court: '', act_number: '', act_date: from.toISOString().slice(0, 10), from_at: from.toISOString(), until_at: new Date(from.getTime() + YEAR_MS).toISOString(), suspensions: [], revoked: null, calls_recorded: '' }
}
