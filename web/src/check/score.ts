// A likelihood ratio in words. A figure is never shown without what it means and how often such a figure errs.
import type { Score } from '../generated/api'
import type { Key } from '../generated/keys'
import { decimal } from '../words/format'
import { share } from '../words/say'
import { maybe, t, words } from '../words/words.svelte'

const TEN = Math.log(10)
type Weight = 'strong_for' | 'clear_for' | 'weak_for' | 'neither' | 'weak_against' | 'clear_against' | 'strong_against'

/** Ten to a step is weak, a thousand strong; less than three tells nothing. */
export function weight(llr: number): Weight {
  const size = Math.abs(llr)
  if (size < Math.log(3)) return 'neither'
  const side = llr > 0 ? 'for' : 'against'
  return size >= 3 * TEN ? `strong_${side}` : size >= TEN ? `clear_${side}` : `weak_${side}`
}

/** Two digits are all that it can bear. */
export function oneIn(llr: number): number {
  const value = Math.exp(Math.min(Math.abs(llr), 6 * TEN))
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return Math.max(1, Math.floor(value / step + 1e-9) * step)
}

/** 1,600 : 1, or 1 : 1,600. */
export function ratio(llr: number): string {
  const figure = decimal(oneIn(llr), words.language)
  return llr >= 0 ? `${figure} : 1` : `1 : ${figure}`
}

/** What such a score would mean of others: it follows from the calibration alone. */
export function bound(llr: number): string {
  const key: Key = weight(llr) === 'neither' ? 'checks.one_in_neither' : llr > 0 ? 'checks.one_in_for' : 'checks.one_in_against'
  return t(key, { count: oneIn(llr) })
}

/** Where the mark of the score stands on its scale: against at the left, for at the right, six powers of ten each way. */
export const place = (llr: number) => 50 + (Math.max(-6, Math.min(6, llr / TEN)) / 6) * 50

const CHALLENGE = new Set<Score['measure']>(['digits', 'turns', 'continuity', 'lips', 'light'])

/** How often this errs; said plainly where nobody knows. */
export function errs({ measure, rates }: Score): string {
  if (rates) {
    return t('checks.rates', {
      people: rates.people, where: maybe(`measured.${rates.measured_on}`) ?? rates.measured_on,
      fmr: share(rates.false_match), fmr_up: share(rates.false_match_up_to), fnmr: share(rates.false_non_match), fnmr_up: share(rates.false_non_match_up_to),
    })
  }
  if (measure === 'texture') return t('checks.not_weighed')
  return t(CHALLENGE.has(measure) ? 'checks.part_of_challenge' : 'checks.rates_none')
}
