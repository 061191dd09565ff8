// A threshold's figure with the unit that its name ends in.
import type { Threshold } from '../generated/api'
import { decimal } from '../words/format'
import { duration, metres, percent } from '../words/say'
import { maybe, t, words } from '../words/words.svelte'

export const thresholdName = ({ name }: Threshold): string => maybe(`threshold.${name}`) ?? name

export function thresholdValue({ name, value }: Threshold): string {
  if (name.endsWith('_percent')) return percent(value)
  if (name.endsWith('_m_s')) return t('unit.m_s', { value: decimal(value, words.language, 1) })
  if (name.endsWith('_s')) return Math.abs(value) < 3600 ? t('unit.s', { value: decimal(value, words.language) }) : duration(value * 1000)
  if (name.endsWith('_m')) return metres(value)
  return decimal(value, words.language, 2)
}
