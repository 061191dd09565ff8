// Questions about cases, by name; and what the server finds wrong with a change.
import type { Answering, CasePage, CaseRefusal, DueVisits, FreeDevices, Preview, Previewing, Proposing, ProposalList, ProposalPage, ProposalRow, RequestPage, TermPage, ZonesRead, ZoneText } from '../generated/api'
import { change, once, read, RefusedError } from '../session/http'

export type Change = Proposing['change']

const id = encodeURIComponent
/** A new person has no case yet. */
const door = (person: string) => (person === '' ? '/api/cases' : `/api/people/${id(person)}/case`)

export const cases = {
  waiting: (after: number | null) => read(`/api/proposals?after=${after ?? 0}`) as Promise<ProposalList>,
  proposal: (number: number) => read(`/api/proposals/${number}`) as Promise<ProposalPage>,
  answer: (number: number, answer: Answering) => change('POST', `/api/proposals/${number}/answer`, answer) as Promise<ProposalRow>,
  withdraw: (number: number) => change('POST', `/api/proposals/${number}/withdrawal`) as Promise<ProposalRow>,
  case: (person: string) => read(`/api/people/${id(person)}/case`) as Promise<CasePage>,
  preview: (person: string, asked: Previewing) => change('POST', `${door(person)}/preview`, asked) as Promise<Preview>,
  propose: (person: string, proposal: Proposing) => once(`${door(person)}/proposals`, proposal) as Promise<ProposalRow>,
  readZones: (text: ZoneText) => change('POST', '/api/zones/read', text) as Promise<ZonesRead>,
  requests: (after: string | null) => read(`/api/requests?limit=6&after=${id(after ?? '0')}`) as Promise<RequestPage>,
  refuseRequest: (person: string, number: number, text: string) => change('POST', `${door(person)}/requests/${number}/refusal`, { text }),
  soon: (after: string | null) => read(`/api/terms?limit=6&after=${id(after ?? '')}`) as Promise<TermPage>,
  visits: (after: string | null) => read(`/api/visits?limit=6&after=${id(after ?? '')}`) as Promise<DueVisits>,
  devices: (words: string) => read(`/api/devices/free?limit=50&words=${id(words)}`) as Promise<FreeDevices>,
}

/** What the server says of a change that it does not take; null where something else went wrong. */
export function refusalOf(error: unknown): CaseRefusal | null {
  const refusal = error instanceof RefusedError ? error.refusal : null
  if (refusal === null) return null
  if ('faults' in refusal) return refusal as unknown as CaseRefusal
  const { field } = refusal.params
  if (refusal.key !== 'request.refused.field' || typeof field !== 'string') return null
  // What is not even of the right kind is refused before it is looked at: it stands at its field all the same.
  return { key: 'case.refused.fields', params: {}, faults: [{ field, key: 'case.fault.wrong', params: {} }], changed: [], version: null }
}
