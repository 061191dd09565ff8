// What a finding's sentence names: instants, the place, how far, how sure. Pure of the page.
import type { AlarmRow, Finding } from '../generated/api'
import { duration, exact, metres, percent } from '../words/say'
import { maybe, t } from '../words/words.svelte'

/** The figure of a threshold or measurement that the finding carries, by the start of its name. */
function named(finding: Finding, name: string): number | undefined {
  return finding.thresholds.find((threshold) => threshold.name === name)?.value
}

/** Places of `alarm.<code>.why`. Every one is there, so that a sentence never shows a hole. */
export function places(finding: Finding, now: number): Record<string, string> {
  const since = finding.since ?? finding.at
  const level = named(finding, 'battery_percent')
  return {
    at: exact(finding.at, now),
    since: exact(since, now),
    place: finding.place || t('place.unnamed'),
    margin: metres(finding.verdict?.margin_m ?? 0),
    accuracy: metres(finding.verdict?.accuracy_m ?? 0),
    duration: duration(Date.parse(finding.at) - Date.parse(since)),
    level: level === undefined ? '–' : percent(level),
  }
}

export const title = (row: AlarmRow) => t(`alarm.${row.alarm.code}.title`)

/** Whom it is about: a person with the address, an area, or ourselves. */
export function about({ alarm, finding, person_name, person_address }: AlarmRow): string {
  if (alarm.person_id === '') return finding.area || (maybe(`alarm.about.${finding.place}`) ?? finding.place) || t('alarm.about_us')
  return person_address ? `${person_name}, ${person_address}` : person_name
}

/** Why, in two sentences at most. What is ours has a sentence of its own; a finding without a measured place names none. */
export function why({ finding }: AlarmRow, now: number): string {
  const params = places(finding, now)
  const plain = finding.verdict ? undefined : maybe(`alarm.${finding.code}.why_plain`, params)
  return maybe(`alarm.${finding.code}.why.${finding.place}`, params) ?? plain ?? t(`alarm.${finding.code}.why`, params)
}
