// Short words for rows and chips.
import type { ConsoleDevice, ConsoleNear, DeviceKind } from '../generated/api'
import { decimal } from '../words/format'
import { age, percent } from '../words/say'
import { t, words } from '../words/words.svelte'

export function kind(of: DeviceKind): string {
  return t(of === 'bracelet' || of === 'tracker' || of === 'relay' ? `console.short.${of}` : 'console.short.other')
}

export function due(duty: ConsoleNear['duty'], place: string): string {
  return duty === 'due' ? t('console.duty.due', { place: place || t('place.unnamed') }) : t(`console.duty.${duty}`)
}

/** A change in whole decibels; what rounds to nothing has no sign. */
export function signed(db: number): string {
  const whole = Math.round(db) || 0
  return `${whole > 0 ? '+' : ''}${decimal(whole, words.language)}`
}

export interface Fact {
  icon: string
  text: string
  wrong: boolean
}

/** What a device said of itself, as chips. */
export function facts(device: ConsoleDevice, now: number): Fact[] {
  if (device.heard_at === null) return [{ icon: 'clock', text: t('console.not_heard'), wrong: false }]
  return [
    { icon: 'band', text: t(device.strap_open ? 'console.strap_open' : 'console.strap_closed'), wrong: device.strap_open === true },
    { icon: 'lock', text: t(device.case_open ? 'console.case_open' : 'console.case_closed'), wrong: device.case_open === true },
    ...(device.off_body ? [{ icon: 'user', text: t('console.off_body'), wrong: true }] : []),
    { icon: 'bat', text: percent(Math.round(device.battery_percent ?? 0)), wrong: false },
    { icon: 'clock', text: t('console.heard_ago', { age: age(device.heard_at, now) }), wrong: false },
  ]
}
