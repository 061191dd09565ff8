// Questions about accounts, rights and the audit, by name.
import type { AuditPage, Authenticator, ChainState, Employment, IssuedKey, Link, NewColleague, NewKey, NewPassword, OwnAccount, RecoveryCodes, Staff, Stated } from '../generated/api'
import { change, read } from './http'

const id = encodeURIComponent

export interface AuditQuestion {
  who: string
  about: string
  what: string
  from: string
  until: string
}

function asked(question: AuditQuestion, before: number | null): string {
  const named = Object.entries(question).filter(([, value]) => value !== '') as [string, string][]
  if (before !== null) named.push(['before', String(before)])
  return new URLSearchParams(named).toString()
}

export const access = {
  own: () => read('/api/account') as Promise<OwnAccount>,
  changePassword: (passwords: NewPassword) => change('PUT', '/api/account/password', passwords),
  beginTotp: () => change('POST', '/api/account/totp') as Promise<Authenticator>,
  confirmTotp: (code: string) => change('PUT', '/api/account/totp', { code }) as Promise<RecoveryCodes>,
  removeTotp: (password: string) => change('POST', '/api/account/totp/removal', { password }),
  askPasskey: () => change('POST', '/api/account/passkeys/options') as Promise<PublicKeyCredentialCreationOptionsJSON>,
  makePasskey: (name: string, credential: unknown) => change('POST', '/api/account/passkeys', { name, credential }),
  removePasskey: (key: string) => change('DELETE', `/api/account/passkeys/${id(key)}`),
  endSession: (session: string) => change('DELETE', `/api/account/sessions/${id(session)}`),
  issueKey: (key: NewKey) => change('POST', '/api/account/keys', key) as Promise<IssuedKey>,
  revokeKey: (key: string) => change('DELETE', `/api/account/keys/${id(key)}`),
  staff: () => read('/api/accounts') as Promise<Staff>,
  invite: (colleague: NewColleague) => change('POST', '/api/accounts/invitations', colleague) as Promise<Link>,
  employ: (login: string, employment: Employment) => change('PUT', `/api/accounts/${id(login)}/duty`, employment),
  suspend: (login: string, suspended: boolean) => change('PUT', `/api/accounts/${id(login)}/suspension`, { suspended }),
  reset: (login: string) => change('POST', `/api/accounts/${id(login)}/reset`) as Promise<Link>,
  answer: (wish: number, agreed: boolean) => change('POST', `/api/accounts/wishes/${wish}`, { agreed }) as Promise<Link>,
  audit: (question: AuditQuestion, before: number | null) => read(`/api/audit?${asked(question, before)}`) as Promise<AuditPage>,
  chain: () => read('/api/audit/chain') as Promise<ChainState>,
  state: (about: string, purpose: string) => change('POST', '/api/purposes', { about, purpose }) as Promise<Stated>,
}
