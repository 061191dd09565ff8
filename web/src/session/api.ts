// Every question this screen may put to the server, by name.
import type { AlarmPage, AlarmRow, AskCall, AskCheck, AskReport, AskTell, BulkActs, BulkResult, CallList, CallRecording, CallRow, CheckList, CheckPage, CheckRow, Colleague, CommandRow, Credentials, DecideCheck, DevicePage, EvidenceWanted, FieldList, HeardRaw, Invitation, KeptPage, Language, LiveSnapshot, LiveView, LoadFigures, Me, Minute, PatternsPage, PeopleFound, PersonCard, Replay, StrangerList } from '../generated/api'
import type { Shown } from '../live/shown'
import { bytes, change, once, read } from './http'

/** What a person may do about an alarm; the rest is done by rules. */
export type Doable = BulkActs['act']
export type Which = 'open' | 'closed' | 'all' | 'contested'

const id = encodeURIComponent

export const api = {
  me: () => read('/api/session') as Promise<Me | null>,
  signIn: (credentials: Credentials) => change('POST', '/api/session', credentials) as Promise<Me>,
  signOut: () => change('DELETE', '/api/session'),
  accept: (invitation: Invitation) => change('POST', '/api/invitation', invitation) as Promise<Me>,
  speak: (language: Language) => change('PUT', '/api/session/language', { language }),
  live: () => read('/api/live') as Promise<LiveSnapshot>,
  alarms: (state: Which, before: number | null, limit: number) =>
    read(`/api/alarms?state=${state}&limit=${limit}${before === null ? '' : `&before=${before}`}`) as Promise<AlarmRow[]>,
  alarm: (alarm: number) => read(`/api/alarms/${alarm}`) as Promise<AlarmPage>,
  act: (alarm: number, act: Doable) => once(`/api/alarms/${alarm}/acts`, act) as Promise<AlarmRow>,
  actAll: (numbers: readonly number[], act: Doable) => once('/api/alarms/acts', { numbers, act }) as Promise<BulkResult[]>,
  colleagues: () => read('/api/colleagues') as Promise<Colleague[]>,
  view: (window: Shown | null, also: string | null) => {
    const around = window === null ? '' : `west=${window.west}&south=${window.south}&east=${window.east}&north=${window.north}&zoom=${window.zoom}&`
    return read(`/api/live/view?${around}also=${id(also ?? '')}`) as Promise<LiveView>
  },
  people: (limit: number, after: string | null) => read(`/api/people?limit=${limit}&after=${id(after ?? '')}`) as Promise<PeopleFound>,
  find: (query: string, limit: number, after: string | null = null) =>
    read(`/api/find?query=${id(query)}&limit=${limit}${after === null ? '' : `&after=${id(after)}`}`) as Promise<PeopleFound>,
  person: (person: string) => read(`/api/people/${id(person)}`) as Promise<PersonCard>,
  minute: (person: string, at: string, known: string | null) =>
    read(`/api/people/${id(person)}/minute?at=${id(at)}${known === null ? '' : `&known_at=${id(known)}`}`) as Promise<Minute>,
  kept: (person: string, restriction: string | null, range: string) =>
    read(`/api/people/${id(person)}/kept?range=${range}${restriction === null ? '' : `&restriction=${id(restriction)}`}`) as Promise<KeptPage>,
  replay: (person: string, from: string, until: string, known: string | null) =>
    read(`/api/people/${id(person)}/replay?from=${id(from)}&until=${id(until)}${known === null ? '' : `&known_at=${id(known)}`}`) as Promise<Replay>,
  patterns: (person: string, month: string) => read(`/api/people/${id(person)}/patterns?month=${id(month)}`) as Promise<PatternsPage>,
  evidence: (person: string, wanted: EvidenceWanted) => bytes(`/api/people/${id(person)}/evidence`, wanted),
  checks: (person: string, before: string | null) =>
    read(`/api/people/${id(person)}/checks${before === null ? '' : `?before=${id(before)}`}`) as Promise<CheckList>,
  orderCheck: (person: string, ask: AskCheck) => once(`/api/people/${id(person)}/checks`, ask) as Promise<CheckRow>,
  check: (check: string) => read(`/api/checks/${id(check)}`) as Promise<CheckPage>,
  decideCheck: (check: string, decision: DecideCheck) => change('POST', `/api/checks/${id(check)}/decision`, decision) as Promise<CheckPage>,
  withdrawCheck: (check: string, reason: string) => change('POST', `/api/checks/${id(check)}/withdrawal`, { reason }) as Promise<CheckPage>,
  holdCheck: (check: string, act: 'hold' | 'release', reason: string) => change('POST', `/api/checks/${id(check)}/${act}`, { reason }) as Promise<CheckPage>,
  calls: (person: string) => read(`/api/people/${id(person)}/calls`) as Promise<CallList>,
  callPerson: (person: string, ask: AskCall) => once(`/api/people/${id(person)}/calls`, ask) as Promise<CallRow>,
  call: (call: string) => read(`/api/calls/${id(call)}`) as Promise<CallRow>,
  callRecording: (call: string) => read(`/api/calls/${id(call)}/recording`) as Promise<CallRecording>,
  holdCall: (call: string, act: 'hold' | 'release', reason: string) => change('POST', `/api/calls/${id(call)}/${act}`, { reason }) as Promise<CallRecording>,
  endCall: (call: string) => change('POST', `/api/calls/${id(call)}/end`) as Promise<CallRow>,
  device: (device: string) => read(`/api/devices/${id(device)}`) as Promise<DevicePage>,
  command: (device: string, ask: AskTell | AskReport) => once(`/api/devices/${id(device)}/commands`, ask) as Promise<CommandRow>,
  field: (person: string) => read(`/api/people/${encodeURIComponent(person)}/field`) as Promise<FieldList>,
  fieldRefused: () => read('/api/field/refused') as Promise<FieldList>,
  strangers: () => read('/api/strangers') as Promise<StrangerList>,
  load: (from: string, until: string) => read(`/api/load?from=${id(from)}&until=${id(until)}`) as Promise<LoadFigures>,
  observation: (observation: string) => read(`/api/observations/${id(observation)}`) as Promise<HeardRaw>,
}
