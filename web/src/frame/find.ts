// What the operator looks for: a person by name or address, an alarm by its number.
import type { AlarmRow, LivePerson } from '../generated/api'

export interface Found {
  path: string
  title: string
  more: string
}

export const MOST = 8

/** An alarm by its number, then people as the server found them: the best few. */
export function find(query: string, people: Iterable<LivePerson>, alarms: Iterable<AlarmRow>, title: (row: AlarmRow) => string): Found[] {
  const numbered = [...alarms]
    .filter((row) => String(row.alarm.id) === query.trim())
    .map((row) => ({ path: `/alarms/${row.alarm.id}`, title: `${row.alarm.id}. ${title(row)}`, more: row.person_name }))
  return [...numbered, ...[...people].map((person) => ({ path: `/people/${encodeURIComponent(person.id)}`, title: person.name, more: person.address }))].slice(0, MOST)
}
