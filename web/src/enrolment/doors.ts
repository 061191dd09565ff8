// Questions about an enrolment, by name.
import type { EnrolmentPage } from '../generated/api'
import { change, read, upload } from '../session/http'
import type { Piece } from './pieces'

const door = (person: string) => `/api/people/${encodeURIComponent(person)}/enrolment`

export const enrolment = {
  page: (person: string) => read(door(person)) as Promise<EnrolmentPage>,
  bring: (person: string, piece: Piece) => upload(`${door(person)}/pieces?kind=${piece.kind}${piece.digit === null ? '' : `&digit=${piece.digit}`}`, piece.content),
  discard: (person: string) => change('DELETE', `${door(person)}/pieces`) as Promise<EnrolmentPage>,
  look: (person: string) => change('POST', `${door(person)}/look`) as Promise<EnrolmentPage>,
  sheet: (person: string) => change('POST', `${door(person)}/sheet`) as Promise<PublicKeyCredentialRequestOptionsJSON>,
  sign: (person: string, credential: unknown) => change('POST', door(person), { credential }) as Promise<EnrolmentPage>,
  forget: (person: string, reason: string) => change('POST', `${door(person)}/deletion`, { reason }) as Promise<EnrolmentPage>,
}
