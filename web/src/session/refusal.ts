// A refusal in words. What the catalogues do not know is said by whose fault it is, never by a code alone.
import type { Refusal } from '../generated/api'
import { maybe, t } from '../words/words.svelte'
import { RefusedError } from './http'

export function inWords(refusal: Refusal | null): string {
  const known = refusal && maybe(refusal.key, refusal.params)
  return known ?? `${t('frame.failed')}. ${t('frame.failed_more')}`
}

export function said(error: unknown): string {
  return error instanceof RefusedError ? inWords(error.refusal) : t('session.unreachable')
}
