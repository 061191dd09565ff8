// What a rule had before it, in sentences: each need with its figures and instants.
import type { Account, Need } from '../generated/api'
import { decimal } from '../words/format'
import { exact } from '../words/say'
import { maybe, words } from '../words/words.svelte'

/** One need as a sentence; the figures are written as the language writes them, the unit stands in the sentence. */
export function sentence(need: Need, now: number): string {
  const figures = Object.fromEntries(Object.entries(need.figures).map(([name, value]) => [name, decimal(value, words.language, 1)]))
  const params = { at: need.at === null ? '–' : exact(need.at, now), ...figures }
  return maybe(`minute.${need.key}.${need.met ? 'met' : 'missing'}`, params) ?? need.key
}

export const missing = (account: Account): number => account.needs.filter((need) => !need.met).length

/** What is found first, then what lacks least: the nearest miss is the first answer to "why not". */
export const nearest = (accounts: readonly Account[]): Account[] =>
  [...accounts].sort((a, b) => Number(b.finding !== null) - Number(a.finding !== null) || missing(a) - missing(b))
