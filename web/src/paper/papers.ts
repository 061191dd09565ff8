// Papers, tables and tracks: what there is of a person, asked for and put among the downloads.
import type { AlarmPaperWanted, PaperKind, PaperWanted, Receipt, TableFormat, TableKind, TableWanted } from '../generated/api'
import { file, read } from '../session/http'

export const PAPERS = ['compliance', 'court', 'memo', 'fitting', 'return', 'own'] as const satisfies readonly PaperKind[]
export const TABLES = ['track', 'alarms', 'findings'] as const satisfies readonly TableKind[]
const LISTS = ['xlsx', 'csv'] as const satisfies readonly TableFormat[]
const MAPS = ['geojson', 'kml', 'gpx'] as const satisfies readonly TableFormat[]

export type What = (typeof PAPERS)[number] | (typeof TABLES)[number]

export const isTable = (what: What): what is TableKind => (TABLES as readonly string[]).includes(what)
/** The forms in which something can be had. */
export const formsOf = (what: What): readonly TableFormat[] => (what === 'track' ? [...LISTS, ...MAPS] : isTable(what) ? LISTS : [])

const of = (person: string) => `/api/people/${encodeURIComponent(person)}`

export const papers = {
  ofPerson: (person: string, wanted: PaperWanted) => file(`${of(person)}/papers`, wanted),
  ofAlarm: (alarm: number, wanted: AlarmPaperWanted) => file(`/api/alarms/${alarm}/paper`, wanted),
  table: (person: string, wanted: TableWanted) => file(`${of(person)}/tables`, wanted),
  receipt: (number: string) => read(`/api/papers/${encodeURIComponent(number)}`) as Promise<Receipt>,
}

/** Put a file among the downloads. */
export function keep(made: Blob, name: string): void {
  const address = URL.createObjectURL(made)
  Object.assign(document.createElement('a'), { href: address, download: name }).click()
  URL.revokeObjectURL(address)
}
