// Steps of the catalogue and which of them are done. A step done is a note that begins with its number: [1/4].
import type { ActEntry, Code } from '../generated/api'
import { maybe } from '../words/words.svelte'

export interface Step {
  number: number
  words: string
  done: ActEntry | null
}

const MARK = /^\[(\d+)\/\d+\] ?/

export const stepOf = (act: ActEntry): number | null => {
  const found = act.kind === 'note' ? MARK.exec(act.text) : null
  return found ? Number(found[1]) : null
}

export function stepsOf(code: Code, count: number, acts: readonly ActEntry[]): Step[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1
    return { number, words: maybe(`alarm.${code}.steps.${number}`) ?? '', done: acts.find((act) => stepOf(act) === number) ?? null }
  })
}
