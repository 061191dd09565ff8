// The order of the queue: not taken, waiting, in work, laid aside, taken away by late data; in each by priority, then
// time left.
import type { AlarmRow } from '../generated/api'

export type Group = 'hot' | 'waiting' | 'in_work' | 'suspended' | 'superseded'
export const GROUPS: readonly Group[] = ['hot', 'waiting', 'in_work', 'suspended', 'superseded']
export type Layout = Record<Group, readonly AlarmRow[]>

export function groupOf({ alarm }: AlarmRow): Group {
  if (alarm.state === 'suspended') return 'suspended'
  if (alarm.superseded_at !== null) return 'superseded'
  if (alarm.state === 'taken') return 'in_work'
  return alarm.priority === 1 ? 'hot' : 'waiting'
}

/** Later than every instant: nobody is asked about it now. */
const LAST = '~'

function before(a: AlarmRow, b: AlarmRow): number {
  return a.alarm.priority - b.alarm.priority || (a.take_until ?? LAST).localeCompare(b.take_until ?? LAST) || a.alarm.id - b.alarm.id
}

export function laidOut(rows: Iterable<AlarmRow>, of?: string): Layout {
  const sorted = [...rows].filter((row) => of === undefined || row.alarm.taken_by === of).sort(before)
  const group = (name: Group) => sorted.filter((row) => groupOf(row) === name)
  return { hot: group('hot'), waiting: group('waiting'), in_work: group('in_work'), suspended: group('suspended'), superseded: group('superseded') }
}

export function flat(layout: Layout): AlarmRow[] {
  return GROUPS.flatMap((group) => layout[group])
}

/** Rows keep their places while somebody points at them: facts change in place, nothing enters, nothing moves. */
export function keptStill(shown: Layout, current: ReadonlyMap<number, AlarmRow>): Layout {
  const fresh = (rows: readonly AlarmRow[]) => rows.map((row) => current.get(row.alarm.id) ?? row)
  return { hot: fresh(shown.hot), waiting: fresh(shown.waiting), in_work: fresh(shown.in_work), suspended: fresh(shown.suspended), superseded: fresh(shown.superseded) }
}

/** Alarms that wait above a queue that stands still. */
export function held(shown: Layout, wanted: Layout): AlarmRow[] {
  const known = new Set(flat(shown).map((row) => row.alarm.id))
  return flat(wanted).filter((row) => !known.has(row.alarm.id))
}
