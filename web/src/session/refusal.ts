// A refusal in words. What the catalogues do not know is said by whose fault it is, never by a code alone.
import { maybe, t } from '../words/words.svelte'
import { RefusedError } from './http'

export function said(error: unknown): string {
  if (error instanceof RefusedError) {
    const known = error.refusal && maybe(error.refusal.key, error.refusal.params)
    return known ?? `${t('frame.failed')}. ${t('frame.failed_more')}`
  }
  return t('session.unreachable')
}
