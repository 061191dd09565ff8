// A change, and a row that was kept, in words.
import { plain } from '../people/restriction'
import { clock, day, minute, weekday } from '../words/format'
import { maybe, t, words, type Params } from '../words/words.svelte'
import type { Change } from './cases'
import type { FieldFault, HistoryRow, KeptRow } from '../generated/api'

/** A sentence whose key the server names; the key itself where the catalogues do not know it yet. */
export const sentence = ({ key, params }: { key: string; params: Params }) => maybe(key, params) ?? key

/** A fault in a list, away from its field: it names the field. */
export function faultSaid(fault: FieldFault): string {
  const names = fault.field.replaceAll(/\[\d+\]/g, '').split('.').flatMap((part) => maybe(`cases.field.${part}`) ?? [])
  return names.length === 0 ? sentence(fault) : t('cases.fault_at', { field: names.join(', '), fault: sentence(fault) })
}

/** 19 Nov 2026, 22:06: days far away need their year. */
export const dated = (at: string) => `${day(at, words.locale)}, ${minute(at, words.locale)}`

/** A span of hours that comes: чт 19.11, 22:00 – 06:00. */
export const coming = (from: string, until: string) => `${weekday(from, words.locale)}, ${minute(from, words.locale)}–${minute(until, words.locale)}`

export const exactly = (at: string) => `${weekday(at, words.locale)}, ${clock(at, words.locale)}`

export function changeSaid(change: Change): string {
  switch (change.type) {
    case 'register_person':
      return t('cases.change.register_person', { name: change.person.name, act: change.order.act_number, court: change.order.court })
    case 'change_person':
      return t('cases.change.change_person', { name: change.person.name, address: change.person.address })
    case 'add_order':
    case 'change_order':
      return t(`cases.change.${change.type}`, { act: change.order.act_number, court: change.order.court, until: day(change.order.until_at, words.locale) })
    case 'suspend_order': {
      const { from_at, until_at, act, reason } = change.suspension
      return t('cases.change.suspend_order', { from: dated(from_at), until: until_at === null ? t('cases.until_resumed') : dated(until_at), act, reason })
    }
    case 'resume_order':
      return t('cases.change.resume_order', { at: dated(change.at), act: change.act })
    case 'revoke_order':
      return t('cases.change.revoke_order', { at: dated(change.revocation.at), act: change.revocation.act, reason: change.revocation.reason })
    case 'transfer_person':
      return t('cases.change.transfer_person', { district: change.district, act: change.act })
    case 'set_restriction':
      return t(change.restriction.id === '' ? 'cases.change.new_restriction' : 'cases.change.next_version', { plain: plain(change.restriction), from: dated(change.restriction.from_at) })
    case 'end_restriction':
      return t('cases.change.end_restriction', { id: change.restriction_id, until: dated(change.until_at) })
    case 'grant_permission':
      return t(change.weekly === null ? 'cases.change.grant_permission' : 'cases.change.grant_weekly', { from: dated(change.permission.from_at), until: dated(change.permission.until_at), reason: change.permission.reason })
    case 'withdraw_permission':
      return t('cases.change.withdraw_permission', { until: dated(change.until_at) })
    case 'set_consent':
      return t(change.consent.until_at === null ? 'cases.change.set_consent' : 'cases.change.end_consent', { form: change.consent.form })
    case 'fit':
      return t('cases.change.fit', { device: change.fitting.device_id, from: dated(change.fitting.from_at) })
    case 'unfit':
      return t('cases.change.unfit', { until: dated(change.until_at) })
  }
}

/** What a row of the registers says. */
export function kept(row: KeptRow): string {
  if (row.restriction) return plain(row.restriction)
  if (row.order) return t('cases.kept.order', { act: row.order.act_number, court: row.order.court, until: day(row.order.until_at, words.locale) })
  if (row.permission) return t('cases.kept.permission', { from: dated(row.permission.from_at), until: dated(row.permission.until_at), reason: row.permission.reason })
  if (row.person) return [row.person.name, row.person.address, row.person.phone].filter(Boolean).join(', ')
  if (row.consent) return row.consent.form
  if (row.fitting) return t('cases.kept.fitting', { device: row.fitting.device_id, from: dated(row.fitting.from_at) })
  return row.maintenance?.reason ?? ''
}

export const fieldsSaid = (row: HistoryRow) => row.fields.map((name) => maybe(`cases.field.${name}`) ?? name).join(', ')
