// Whom a duty concerns, in words, and as somebody types it.
import type { Bounds } from '../generated/api'
import { t } from '../words/words.svelte'

export function boundsSaid(bounds: Bounds): string {
  if (bounds.districts === null) return t('bounds.everybody')
  const named = [...bounds.districts, ...bounds.people]
  return named.length > 0 ? named.join(', ') : t('bounds.nobody')
}

/** Names between commas. */
export function listed(text: string): string[] {
  return [...new Set(text.split(',').map((one) => one.trim()))].filter(Boolean)
}
