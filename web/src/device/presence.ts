// What one receiver says of a bracelet, over time: parts of a strip. Unknown is a part like any other, never a gap.
import type { HealthTick, Presence, ReceiverPresence, Spell, Tick } from '../generated/api'
import { exact, strength } from '../words/say'
import { t } from '../words/words.svelte'

export const SHAPES: Record<Presence, string> = {
  present: 's-in',
  weak: 's-weak',
  absent_suspected: 's-suspected',
  absent_confirmed: 's-out',
  unknown: 's-unk',
}

export interface Part {
  presence: Presence
  from_ms: number
  left: number
  width: number
}

/** Spells as per cent of a line between two instants. */
export function parts(spells: readonly Spell[], from_ms: number, until_ms: number): Part[] {
  const whole = until_ms - from_ms
  return spells.flatMap((spell) => {
    const [begun, ended] = [Math.max(from_ms, Date.parse(spell.from_at)), Math.min(until_ms, Date.parse(spell.until_at))]
    return ended > begun ? [{ presence: spell.presence, from_ms: begun, left: ((begun - from_ms) / whole) * 100, width: ((ended - begun) / whole) * 100 }] : []
  })
}

/** Which unit heard the bracelet, when and how strongly; a strength is no distance. */
export function heardBy({ receiver_id: unit, kind, heard_at, rssi_dbm }: ReceiverPresence, now_ms: number): string {
  if (heard_at === null || rssi_dbm === null) return t('presence.not_heard', { unit })
  const said = { unit, time: exact(heard_at, now_ms), strength: strength(rssi_dbm) }
  return t(kind === 'home_unit' ? 'presence.heard_home' : 'presence.heard_carried', said)
}

export const FAINTEST_DBM = -105
export const LOUDEST_DBM = -35

/** Height of a tick in per cent: the stronger the taller, never nothing. */
export function height(rssi_dbm: number): number {
  const share = (rssi_dbm - FAINTEST_DBM) / (LOUDEST_DBM - FAINTEST_DBM)
  return Math.round(Math.max(0.06, Math.min(1, share)) * 100)
}

export interface Mark {
  left: number
  height: number
}

/** Receptions as marks on a line between two instants. */
export function marks(ticks: readonly Tick[], from_ms: number, until_ms: number): Mark[] {
  return ticks
    .map((tick) => ({ left: ((Date.parse(tick.at) - from_ms) / (until_ms - from_ms)) * 100, height: height(tick.rssi_dbm) }))
    .filter(({ left }) => left >= 0 && left <= 100)
}

/** What a receiver said of itself, as sentences: the last word, then how often it told of a fault, then the noise. */
export function health(ticks: readonly HealthTick[], now_ms: number): string[] {
  const last = ticks.at(-1)
  if (!last) return [t('device.health_none')]
  const faults = ticks.filter((tick) => !tick.working).length
  return [
    last.working ? t('device.health_works', { time: exact(last.at, now_ms), frames: last.frames }) : t('device.health_fails', { time: exact(last.at, now_ms) }),
    ...(faults > 0 ? [t('device.health_faults', { count: ticks.length, faults })] : []),
    ...(last.noise_dbm === null ? [] : [t('device.noise', { strength: strength(last.noise_dbm) })]),
  ]
}
