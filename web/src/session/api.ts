// Every question this screen may put to the server, by name.
import type { AlarmPage, AlarmRow, CloseAlarm, Credentials, HeardRaw, Invitation, Language, LivePerson, LiveSnapshot, Me, NoteAlarm, PersonCard } from '../generated/api'
import { change, read } from './http'

export type Which = 'open' | 'closed' | 'all'

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
  take: (alarm: number) => change('POST', `/api/alarms/${alarm}/take`, {}) as Promise<AlarmRow>,
  note: (alarm: number, note: NoteAlarm) => change('POST', `/api/alarms/${alarm}/note`, note) as Promise<AlarmRow>,
  close: (alarm: number, close: CloseAlarm) => change('POST', `/api/alarms/${alarm}/close`, close) as Promise<AlarmRow>,
  people: () => read('/api/people') as Promise<LivePerson[]>,
  person: (person: string) => read(`/api/people/${id(person)}`) as Promise<PersonCard>,
  observation: (observation: string) => read(`/api/observations/${id(observation)}`) as Promise<HeardRaw>,
}
