// Cards of people, fetched when somebody looks and kept for half a minute.
import type { PersonCard } from '../generated/api'
import { api } from '../session/api'

const FRESH_MS = 30_000
const kept = new Map<string, { at: number; card: Promise<PersonCard> }>()

export function card(id: string): Promise<PersonCard> {
  const found = kept.get(id)
  if (found && Date.now() - found.at < FRESH_MS) return found.card
  const asked = api.person(id)
  kept.set(id, { at: Date.now(), card: asked })
  asked.catch(() => kept.delete(id))
  return asked
}
