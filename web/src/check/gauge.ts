// A figure with its uncertainty beside the limit of the order: the software counts only what is surely above.
import type { BreathSample, CheckRow } from '../generated/api'
import { breathAlcohol } from '../words/say'
import { t } from '../words/words.svelte'

export interface Gauge {
  value: number
  low: number
  high: number
  limit: number | null
  /** The end of the scale. */
  most: number
}

export function gauge(sample: BreathSample | null, row: CheckRow): Gauge | null {
  const [value, uncertainty] = [sample?.alcohol_mg_l ?? null, sample?.uncertainty_mg_l ?? null]
  if (value === null || uncertainty === null) return null
  const high = value + uncertainty
  const most = Math.max(0.1, Math.ceil(Math.max(high, (row.limit_mg_l ?? 0) + uncertainty) * 1.25 * 10) / 10)
  return { value, low: Math.max(0, value - uncertainty), high, limit: row.limit_mg_l, most }
}

/** What the figure means beside the limit, in one sentence. */
export function beside({ value, high, low, limit }: Gauge): string {
  if (limit === null) return t('checks.breath.no_limit')
  const sure = low > 0 ? low : Math.max(0, 2 * value - high)
  const params = { limit: breathAlcohol(limit), sure: breathAlcohol(sure) }
  if (sure > limit) return t('checks.breath.surely_above', params)
  return t(high <= limit ? 'checks.breath.below' : 'checks.breath.not_sure', params)
}
