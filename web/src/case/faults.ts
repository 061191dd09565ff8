// What is wrong with the change of a form, for the fields within it.
import { getContext, setContext } from 'svelte'
import type { FieldFault } from '../generated/api'

type Faults = () => readonly FieldFault[]

const FAULTS = Symbol('faults')

export const keepFaults = (faults: Faults): Faults => setContext(FAULTS, faults)
export const faultsAround = (): Faults => getContext<Faults | undefined>(FAULTS) ?? (() => [])

/** What a field gives to the control in it. */
export interface Use {
  id: string
  'aria-invalid': boolean | undefined
  'aria-describedby': string | undefined
}
