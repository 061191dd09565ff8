// A restriction in plain words, with its hours.
import type { PersonCard } from '../generated/api'
import { decimal, weekdayName } from '../words/format'
import { list, metres } from '../words/say'
import { t, words } from '../words/words.svelte'

type Restriction = PersonCard['restrictions'][number]
type Schedule = NonNullable<Extract<Restriction, { type: 'presence' }>['schedule']>

const two = (value: number) => String(value).padStart(2, '0')
const DAY_MIN = 1440
/** An hour of the day; its end is 24:00, so that a whole day does not look like none. */
const hour = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`

/** The weekly hours: every day 22:00–06:00, or by days. */
export function hours(schedule: Pick<Schedule, 'windows'>): string {
  return list(
    schedule.windows.map((window) => {
      const span = { from: hour(window.start_min), until: hour(window.end_min || DAY_MIN) }
      if (window.weekdays.length === 7) return t('hours.every_day', span)
      return t('hours.on_days', { ...span, days: list(window.weekdays.map((index) => weekdayName(index, words.language))) })
    }),
  )
}

type Checked = Extract<Restriction, { type: 'identification' | 'sobriety' }>

function checked(restriction: Checked): string {
  const asked = restriction.schedule.windows.length > 0 ? hours(restriction.schedule) : t('restriction.any_time')
  const params = { hours: asked, random: restriction.random_per_day, answer: Math.round(restriction.answer_s / 60) }
  if (restriction.type === 'identification') return t('restriction.identification', params)
  return t('restriction.sobriety', { ...params, limit: decimal(restriction.limit_mg_l, words.language, 3) })
}

export function plain(restriction: Restriction): string {
  switch (restriction.type) {
    case 'presence':
      return t('restriction.presence', { places: list(restriction.places.map((place) => place.name)), hours: hours(restriction.schedule) })
    case 'exclusion':
      return restriction.schedule
        ? t('restriction.exclusion_hours', { place: restriction.zone.name, hours: hours(restriction.schedule) })
        : t('restriction.exclusion', { place: restriction.zone.name })
    case 'required_place':
      return t('restriction.required_place', { place: restriction.zone.name, hours: hours(restriction.schedule) })
    case 'territory':
      return t('restriction.territory', { place: restriction.zone.name })
    case 'timed_place':
    case 'route':
      return t(`restriction.${restriction.type}`, { place: restriction.zone.name, hours: hours(restriction.schedule) })
    case 'no_contact':
      return t('restriction.no_contact', { distance: metres(restriction.distance_m) })
    case 'identification':
    case 'sobriety':
      return checked(restriction)
  }
}
