// A refusal in words. What the catalogues do not know is said by whose fault it is, never by a code alone.
import type { Refusal } from '../generated/api'
import { maybe, t } from '../words/words.svelte'
import { RefusedError } from './http'

/** Roles that a refusal names are said in the language of the page. */
function named(params: Refusal['params']): Refusal['params'] {
  if (typeof params.roles !== 'string') return params
  return { ...params, roles: params.roles.split(',').map((role) => maybe(`role.${role}`) ?? role).join(', ') }
}

/** A field is said by its word, or not at all: what a program calls it helps nobody. */
function ofField({ params }: Refusal): string {
  const word = maybe(`cases.field.${String(params.field).split('.').at(-1) ?? ''}`)
  return word === undefined ? t('frame.field_wrong') : t('request.refused.field', { field: word })
}

export function inWords(refusal: Refusal | null): string {
  if (refusal?.key === 'request.refused.field') return ofField(refusal)
  const known = refusal && maybe(refusal.key, named(refusal.params))
  return known ?? `${t('frame.failed')}. ${t('frame.failed_more')}`
}

export function said(error: unknown): string {
  return error instanceof RefusedError ? inWords(error.refusal) : t('session.unreachable')
}
