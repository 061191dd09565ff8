// A check in words: what came of it in a few, and in a sentence; a person's decision stands before the machine's.
import type { CheckPage, CheckRow } from '../generated/api'
import { breathAlcohol, exact, list, moment } from '../words/say'
import { t } from '../words/words.svelte'

/** How a check is drawn: only what waits for a person, or does not fit, has a colour. */
export type Tone = 'plain' | 'good' | 'against' | 'waits' | 'unknown'

export const open = (row: CheckRow) => row.state === 'planned' || row.state === 'prompted' || row.state === 'started' || row.state === 'submitted'

export function tone(row: CheckRow): Tone {
  const decided = row.decision?.outcome
  if (decided) return decided === 'match' ? 'good' : decided === 'no_match' ? 'against' : 'unknown'
  if (row.state === 'match') return 'good'
  if (row.state === 'no_match') return 'against'
  if (row.state === 'review') return 'waits'
  return open(row) ? 'plain' : 'unknown'
}

function matched(row: CheckRow): string {
  const [face, voice] = [row.reasons.includes('face_agrees'), row.reasons.includes('voice_agrees')]
  return t(face && voice ? 'checks.match.both' : face ? 'checks.match.face' : voice ? 'checks.match.voice' : 'checks.state.match')
}

/** What came of it, in a few words: the line of a list. */
export function title(row: CheckRow): string {
  if (row.state === 'void') return t('checks.state.void')
  if (row.sample) return t(`checks.sample.${row.sample}`, { alcohol: row.alcohol_mg_l === null ? '' : breathAlcohol(row.alcohol_mg_l) }).trim()
  if (row.decision) return t(`checks.decided.${row.decision.outcome}`)
  return row.state === 'match' ? matched(row) : t(`checks.state.${row.state}`)
}

/** The second line: what the first does not say. */
export function detail(row: CheckRow): string {
  if (row.void) return t(`checks.void.${row.void}`)
  const parts = [t(`checks.kind.${row.kind}`), t(`checks.why.${row.why}`)]
  if (row.sample === 'valid' && row.uncertainty_mg_l !== null) parts.push(`±\u2060${breathAlcohol(row.uncertainty_mg_l)}`)
  if (row.sample && row.likely) parts.push(row.decision ? t(`checks.decided.${row.decision.outcome}`) : row.likely === 'match' ? matched(row) : row.likely === 'not_judged' ? t('checks.who_unknown') : t(`checks.state.${row.likely}`))
  if (row.how && row.how !== 'done') parts.push(t(`checks.how.${row.how}`))
  return list(parts)
}

/** The largest sentence of the page. */
export function say({ row, likeness, person_name: name }: CheckPage, now_ms: number): string {
  if (row.likely !== null && row.state !== 'void') return t(`checks.say.${row.likely === 'not_judged' && likeness === null ? 'failed' : row.likely}`, { name })
  if (row.state === 'match' || row.state === 'no_match' || row.state === 'review') return t(`checks.state.${row.state}`)
  return t(`checks.say.${row.state}`, {
    name, due: moment(row.due_at, now_ms), until: moment(row.expires_at, now_ms), begun: row.begun_at ? exact(row.begun_at, now_ms) : '',
  })
}

export const path = (id: string) => `/checks/${encodeURIComponent(id)}`
export const recording = (id: string, index: number) => `/api/checks/${encodeURIComponent(id)}/media/${index}`
export const enrolment = (person: string, number: number) => `/api/people/${encodeURIComponent(person)}/enrolment/${number}`
