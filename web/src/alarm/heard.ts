// One observation in words: what the device said, and for a fix where that is to the edge that decides.
import { accuracy } from '../chart/lanes'
import type { Code, Fix, Heard } from '../generated/api'
import { deepest, type Zone } from '../map/geometry'
import { clock, day, decimal } from '../words/format'
import { celsius, duration, list, metres, percent, shock, strength, volts } from '../words/say'
import { t, words } from '../words/words.svelte'

type Body = Heard['bodies'][number]

function place(fix: Fix, zones: readonly Zone[]): string {
  const sure_m = accuracy(fix)
  const margin_m = deepest(zones, [fix.latitude_deg, fix.longitude_deg])
  const params = { accuracy: metres(sure_m), margin: metres(margin_m ?? 0) }
  if (margin_m === null) return fix.accuracy_m === null && fix.hdop === null ? t('heard.fix_plain') : t('heard.fix', params)
  if (Math.abs(margin_m) < sure_m) return t('heard.fix_unsure', params)
  return margin_m > 0 ? t('heard.fix_inside', params) : t('heard.fix_outside', params)
}

type OfCheck = Extract<Body, { type: `check_${string}` | 'likeness' | 'breath_sample' | 'calibrated' | 'lens' | 'bypass' }>

/** A check by hand; where the console's clock was wrong, what it showed. */
function byHand(body: Extract<Body, { type: 'console_check' }>): string {
  const who = { officer: body.officer, console: body.console_id }
  const heard = body.heard ? t('heard.console_heard', { ...who, strength: strength(body.rssi_dbm ?? 0) }) : t('heard.console_not_heard', { ...who, others: body.others })
  const wrong = Math.abs(body.ahead_s) >= 60 ? t('heard.console_clock', { time: clock(body.console_at, words.locale), ahead: duration(Math.abs(body.ahead_s) * 1000) }) : ''
  return list([heard, wrong, body.note, body.explanation].filter(Boolean))
}

const milligrams = (value: number | null) => (value === null ? '–' : decimal(value, words.locale.language, 3))

function ofCheck(body: OfCheck): string {
  switch (body.type) {
    case 'check_asked':
      return t(`heard.check_asked_${body.kind}`)
    case 'check_begun':
      return t('heard.check_begun')
    case 'check_ended':
      return t(`heard.check_ended_${body.how}`)
    case 'likeness':
      return t(`heard.likeness_${body.outcome}`)
    case 'breath_sample':
      if (body.state !== 'valid') return t(`heard.breath_${body.state}`)
      return t('heard.breath', { alcohol: milligrams(body.alcohol_mg_l), uncertainty: milligrams(body.uncertainty_mg_l) })
    case 'calibrated':
      return body.locked ? t('heard.calibration_locked') : t('heard.calibrated', { until: day(body.until_at, words.locale) })
    case 'lens':
      return t(body.blocked ? 'heard.lens_blocked' : 'heard.lens_clear')
    case 'bypass':
      return t('heard.bypass')
    case 'check_voided':
      return t('heard.check_voided', { why: t(`check.void.${body.why}`) })
    case 'check_decided':
      return t(`heard.decided_${body.outcome}`)
  }
}

function said(body: Body, zones: readonly Zone[]): string {
  switch (body.type) {
    case 'fix':
      return place(body, zones)
    case 'no_fix':
      return t('heard.no_fix')
    case 'strap':
      return t(body.open ? 'heard.strap_open' : 'heard.strap_closed')
    case 'enclosure':
      return t(body.open ? 'heard.case_open' : 'heard.case_closed')
    case 'battery':
      return body.level_percent === null ? t('heard.battery_voltage', { voltage: volts(body.voltage_v ?? 0) }) : t('heard.battery', { level: percent(body.level_percent) })
    case 'power':
      return t(body.external ? 'heard.power_on' : 'heard.power_off')
    case 'motion':
      return t(body.moving ? 'heard.moving' : 'heard.still')
    case 'link':
      return t(body.event === 'login' ? 'heard.login' : 'heard.ping')
    case 'blind':
      return t('heard.blind', { from: clock(body.from_at, words.locale) })
    case 'heard':
      return t('heard.by', { receiver: body.receiver_id, strength: strength(body.rssi_dbm) })
    case 'receiver':
      return body.working ? t('heard.receiver_works', { frames: body.frames }) : t('heard.receiver_fails')
    case 'skin':
      return t(body.contact ? 'heard.skin_felt' : 'heard.skin_lost')
    case 'strain':
      return t(body.beyond ? 'heard.strain' : 'heard.strain_none')
    case 'self_test':
      return body.passed ? t('heard.test_passed') : t('heard.test_failed', { part: body.part || '–' })
    case 'surroundings':
      return t('heard.surroundings', { temperature: body.temperature_c === null ? '–' : celsius(body.temperature_c), shock: body.shock_g === null ? '–' : shock(body.shock_g) })
    case 'displaced':
      return t(body.moved ? 'heard.moved' : 'heard.not_moved')
    case 'farewell':
      return t(`heard.farewell_${body.reason}`)
    case 'interference':
      return t(body.grade === 'none' ? 'heard.interference_none' : `heard.interference_${body.kind}`)
    case 'cell':
      return body.registered ? t('heard.cell', { strength: body.signal_dbm === null ? '–' : strength(body.signal_dbm) }) : t('heard.cell_none')
    case 'sky':
      return t('heard.sky', { count: body.satellites })
    case 'buffer':
      return t('heard.buffer', { seconds: body.buffer_s })
    case 'sim':
      return t('heard.sim')
    case 'distrust':
      return t('heard.distrust', { reason: t(`distrust.${body.reason}`) })
    case 'nearness':
      return t('heard.nearness', { distance: metres(body.distance_m), accuracy: metres(body.accuracy_m) })
    case 'panic':
      return t('heard.panic')
    case 'call_rang':
      return t('heard.call_rang')
    case 'call_answered':
      return t('heard.call_answered')
    case 'call_ended':
      return t('heard.call_ended', { how: t(`call.ended.${body.how}`) })
    case 'call_recorded':
      return t('heard.call_recorded')
    case 'call_asked':
      return t('heard.call_asked')
    case 'console_check':
      return byHand(body)
    default:
      return ofCheck(body)
  }
}

/** Everything one observation said, as a list. */
export function sentence(heard: Heard, zones: readonly Zone[]): string {
  return heard.bodies.length === 0 ? t('heard.nothing') : list(heard.bodies.map((body) => said(body, zones)))
}

/** What a family of findings rests on; the rest of a record is a click away. */
const TELLING: Record<string, readonly Body['type'][]> = {
  B: ['strap', 'enclosure', 'skin', 'strain', 'self_test', 'surroundings', 'distrust', 'battery'],
  P: ['fix', 'no_fix', 'heard', 'receiver'],
  S: ['power', 'battery', 'displaced', 'enclosure', 'receiver', 'interference', 'buffer'],
  M: ['heard', 'receiver', 'motion', 'power'],
  Z: ['fix', 'no_fix'],
  V: ['nearness', 'panic'],
  L: ['fix', 'no_fix', 'interference', 'sky'],
  C: ['interference', 'cell', 'sim', 'distrust', 'link'],
  K: ['console_check', 'strap', 'enclosure', 'battery'],
  T: ['battery', 'power', 'farewell'],
  A: ['check_asked', 'check_begun', 'check_ended', 'likeness', 'check_decided', 'lens'],
  E: ['check_asked', 'check_begun', 'check_ended', 'breath_sample', 'likeness', 'check_decided', 'calibrated', 'bypass', 'enclosure', 'link'],
}

/** What one observation said to the point of a finding. */
export function telling(heard: Heard, zones: readonly Zone[], code: Code): string {
  const kinds = TELLING[code.charAt(0)] ?? []
  const bodies = heard.bodies.filter((body) => kinds.includes(body.type))
  return sentence(bodies.length > 0 ? { ...heard, bodies } : heard, zones)
}

/** The ends of a long id: enough to tell two apart, short enough to say. */
export const short = (id: string) => (id.length > 8 ? `${id.slice(0, 4)}·${id.slice(-2)}` : id)
