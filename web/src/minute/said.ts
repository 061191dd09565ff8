// What a rule had before it, in sentences: each need with its figures and instants.
import type { Account, Minute, Need } from '../generated/api'
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

/** What stands above an account. Where something was found and goes on, what it tells next is how that ends: the head is what was found. */
export function headed(account: Account, findings: Minute['findings']): { code: Account['code']; goes_on: boolean; until: Account['code'] | null } {
  const found = findings.find(({ finding }) => finding.id === account.finding)?.finding.code ?? account.code
  return { code: found, goes_on: account.finding !== null, until: found === account.code ? null : account.code }
}

/** What is found first, then what lacks least: the nearest miss is the first answer to "why not". */
export const nearest = (accounts: readonly Account[]): Account[] =>
  [...accounts].sort((a, b) => Number(b.finding !== null) - Number(a.finding !== null) || missing(a) - missing(b))
