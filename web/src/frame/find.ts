// What the operator looks for: a person by name or address, an alarm by its number.
import type { AlarmRow, LivePerson } from '../generated/api'

export interface Found {
  path: string
  title: string
  more: string
}

const MOST = 8

const bare = (text: string) => text.toLocaleLowerCase('kk').replaceAll('ё', 'е')

/** The best few; every word has to be there somewhere, names before addresses. */
export function find(query: string, people: Iterable<LivePerson>, alarms: Iterable<AlarmRow>, title: (row: AlarmRow) => string): Found[] {
  const wanted = bare(query).split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return []
  const has = (text: string) => wanted.every((word) => bare(text).includes(word))
  const numbered = [...alarms]
    .filter((row) => String(row.alarm.id) === query.trim())
    .map((row) => ({ path: `/alarms/${row.alarm.id}`, title: `${row.alarm.id}. ${title(row)}`, more: row.person_name }))
  const named = [...people].filter((person) => has(`${person.name} ${person.address}`))
  named.sort((a, b) => Number(has(b.name)) - Number(has(a.name)) || a.name.localeCompare(b.name, 'kk'))
  return [...numbered, ...named.map((person) => ({ path: `/people/${encodeURIComponent(person.id)}`, title: person.name, more: person.address }))].slice(0, MOST)
}
