// Steps of the catalogue and which of them are done.
import type { ActEntry, Step } from '../generated/api'

export interface Todo {
  number: number
  step: Step
  done: ActEntry | null
}

export function todos(steps: readonly Step[], acts: readonly ActEntry[]): Todo[] {
  return steps.map((step, index) => ({ number: index + 1, step, done: acts.find(({ act }) => act.type === 'step' && act.step === step) ?? null }))
}
