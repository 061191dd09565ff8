// Alarms and people for tests: all fields there, the telling ones given.
import type { Alarm, AlarmPage, AlarmRow, Compliance, Finding, LivePerson } from '../src/generated/api'

export const AT = '2026-11-19T17:06:12Z'
const NOW = Date.parse(AT)
export const later = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString()

export function row(alarm: Partial<Alarm> & { id: number }, finding: Partial<Finding> = {}): AlarmRow {
  return {
    alarm: {
      person_id: `person-${alarm.id}`, code: 'Z01', subject: 'r1', priority: 1, state: 'open', first_finding_id: 'f', last_finding_id: 'f', raised_at: AT, began_at: AT, last_at: AT, waits_since: AT,
      count: 1, late: false, cleared_at: null, superseded_at: null, level: 0, escalated_at: null, taken_by: null, taken_at: null, contacted_at: null, suspended_until: null, suspended_why: null, incident_id: null,
      closed_by: null, closed_at: null, cause: null, action: null, grounds: null, reopened_at: null, contested_at: null, decision: null, decided_by: null, decided_at: null, ...alarm,
    },
    person_name: 'Бекзат Желкенбай',
    person_address: 'ул. Тал, 14',
    finding: {
      id: 'f', rule: 'exclusion', rule_version: '1.0.0', code: alarm.code ?? 'Z01', person_id: 'p', subject: 'r1', at: AT, because: [], verdict: { standing: 'inside', margin_m: 31, accuracy_m: 9 },
      since: later(-2), place: 'school No. 3', restriction_version: 1, thresholds: [], checks: [], ends: null, area: '', maintenance: false, by: '', ...finding,
    },
    take_until: later(3),
    wearer_first: false,
    person_district: '',
  }
}

export function page(of: AlarmRow, more: Partial<AlarmPage> = {}): AlarmPage {
  return { row: of, findings: [], superseded: [], person: null, restriction: null, heard: [], timeline: [], zones: [], acts: [], steps: [], children: [], held: { all: 0, open: 0 }, checks: [], notices: [], ...more }
}

export function person(id: string, compliance: Compliance = 'inside', more: Partial<LivePerson> = {}): LivePerson {
  return {
    id, name: id, address: '', phone: '', compliance, blindness: null, heard_at: AT, since: AT, battery_percent: null, district: '',
    last_fix: { latitude_deg: 51, longitude_deg: 66, accuracy_m: 8, at: AT, speed_m_s: null }, ...more,
  }
}
