// A figure of the load: a share, a rate, a length of time, or a dash where there is nothing it could be of.
import { decimal } from '../words/format'
import { duration, percent } from '../words/say'
import { words } from '../words/words.svelte'

const NOTHING = '–'

/** 34 %, finer below ten. */
export function share(value: number | null): string {
  if (value === null) return NOTHING
  const shown = value * 100
  return percent(shown < 10 ? Math.round(shown * 10) / 10 : Math.round(shown))
}

/** 0.27, coarser from ten on. */
export const rate = (value: number | null): string => (value === null ? NOTHING : decimal(value, words.language, value < 10 ? 2 : 0))

export const lasting = (seconds: number | null): string => (seconds === null ? NOTHING : duration(seconds * 1000))
