// The challenge as a line of time: what was asked for when, and where the playing stands in it.
import type { MediaItem, Prompted } from '../generated/api'
import { seconds } from '../words/say'
import { t } from '../words/words.svelte'

type Step = Prompted['step']

/** What is written on the line: as short as can be, the whole words are its name. */
export function sign(step: Step): string {
  switch (step.type) {
    case 'ahead':
      return '●'
    case 'turn':
      return step.to === 'left' ? '←' : '→'
    case 'digit':
      return String(step.digit)
    case 'light':
      return t(`checks.colour.${step.colour}`)
    case 'blow':
      return t('checks.breath.mark.blow')
    case 'hum':
      return t('checks.breath.mark.hum')
  }
}

export function wording(step: Step): string {
  switch (step.type) {
    case 'ahead':
      return t('checks.step.ahead')
    case 'turn':
      return t(`checks.step.turn_${step.to}`)
    case 'digit':
      return t('checks.step.digit', { digit: step.digit })
    case 'light':
      return t('checks.step.light', { colour: t(`checks.colour.${step.colour}`) })
    case 'blow':
      return t('checks.step.blow')
    case 'hum':
      return t('checks.step.hum', { seconds: seconds(step.seconds) })
  }
}

export interface Placed {
  step: Step
  from_ms: number
  until_ms: number
}

/** Steps of which the unit said when; each lasts until the next where nothing else is said. */
export function placed(steps: readonly Prompted[], end_ms: number): Placed[] {
  return steps.flatMap(({ step, from_ms, until_ms }, index) => {
    if (from_ms === null) return []
    const next = steps.slice(index + 1).find((later) => later.from_ms !== null)?.from_ms
    return [{ step, from_ms, until_ms: until_ms ?? next ?? Math.max(end_ms, from_ms) }]
  })
}

export const current = (steps: readonly Placed[], at_ms: number) => steps.findLastIndex((one) => one.from_ms <= at_ms)

/** The films one after another, as they were recorded. */
export const clips = (media: readonly MediaItem[]) => media.filter((item) => item.kind === 'clip').sort((a, b) => a.from_ms - b.from_ms)
export const photos = (media: readonly MediaItem[]) => media.filter((item) => item.kind === 'photo').sort((a, b) => a.from_ms - b.from_ms)

/** Which film holds an instant, and where in it. */
export function clipAt(films: readonly MediaItem[], at_ms: number): { index: number; at_s: number } {
  const index = Math.max(0, films.findLastIndex((film) => film.from_ms <= at_ms))
  const film = films[index]
  return { index, at_s: film ? Math.max(0, Math.min(film.duration_ms, at_ms - film.from_ms)) / 1000 : 0 }
}

/** 0:04.2 */
export function position(at_ms: number): string {
  const tenths = Math.floor(at_ms / 100)
  return `${Math.floor(tenths / 600)}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`
}
