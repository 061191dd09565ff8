// Which alarms a list holds, and how it changes while somebody reads it. Pure.
import type { AlarmRow } from '../generated/api'
import type { Which } from '../session/api'

export const KINDS: readonly Which[] = ['all', 'open', 'closed', 'contested']

/** The list that an address names; all where it names none. */
export function whichOf(search: string): Which {
  const named = new URLSearchParams(search).get('which')
  return KINDS.find((kind) => kind === named) ?? 'all'
}

/** Whether the person disputes it and nobody decided since. */
export function disputed({ alarm }: AlarmRow): boolean {
  if (alarm.contested_at === null) return false
  return alarm.decided_at === null || alarm.contested_at > alarm.decided_at
}

/** The list with what was heard: a row that is shown says at once how it stands, and stays where it is. */
export function withHeard(rows: readonly AlarmRow[], heard: AlarmRow, fresh: boolean, which: Which): readonly AlarmRow[] {
  if (rows.some((one) => one.alarm.id === heard.alarm.id)) return rows.map((one) => (one.alarm.id === heard.alarm.id ? heard : one))
  const belongs = which === 'contested' ? disputed(heard) : fresh && which !== 'closed'
  return belongs ? [heard, ...rows] : rows
}
