// A refusal in words. What the catalogues do not know is said by whose fault it is, never by a code alone.
import type { Refusal } from '../generated/api'
import { maybe, t } from '../words/words.svelte'
import { RefusedError } from './http'

/** Roles that a refusal names are said in the language of the page. */
function named(params: Refusal['params']): Refusal['params'] {
  if (typeof params.roles !== 'string') return params
  return { ...params, roles: params.roles.split(',').map((role) => maybe(`role.${role}`) ?? role).join(', ') }
}

export function inWords(refusal: Refusal | null): string {
  const known = refusal && maybe(refusal.key, named(refusal.params))
  return known ?? `${t('frame.failed')}. ${t('frame.failed_more')}`
}

export function said(error: unknown): string {
  return error instanceof RefusedError ? inWords(error.refusal) : t('session.unreachable')
}
