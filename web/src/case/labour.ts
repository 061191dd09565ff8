// Hours of labour in words: what they come to by their last day.
import type { Forecast } from '../generated/api'
import { decimal } from '../words/format'
import { date } from '../words/say'
import { t, words } from '../words/words.svelte'

/** Hours and halves of hours as the language writes them. */
export const hours = (count: number) => decimal(count, words.language, 2)

/** A sentence for whoever keeps the case, or for the person on their own page. */
export function labourAhead(of: Forecast, to: 'cases.labour' | 'own.labour_ahead' = 'cases.labour'): string {
  return t(`${to}.${of.outlook}`, { day: date(of.until), set: hours(of.set_h), left: hours(of.left_h), then: hours(of.by_then_h), week: hours(of.a_week_h) })
}
