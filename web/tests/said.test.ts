import { describe, expect, it } from 'vitest'
import { refusalOf } from '../src/case/cases'
import { faultSaid } from '../src/case/said'
import { RefusedError } from '../src/session/http'
import { inWords } from '../src/session/refusal'

describe('a fault that is told away from its field', () => {
  it.each([
    ['order.court', 'court: something has to stand here'],
    ['restrictions[0].zone.name', 'zone, name: something has to stand here'],
    ['fitting.device_id', 'device: something has to stand here'],
  ])('names it: %s', (field, told) => {
    expect(faultSaid({ field, key: 'case.fault.empty', params: {} })).toBe(told)
  })

  it('says what is wrong where the field has no word', () => {
    expect(faultSaid({ field: 'type', key: 'case.fault.empty', params: {} })).toBe('something has to stand here')
  })
})

describe('what is not even of the right kind', () => {
  const refusal = (field: string) => ({ key: 'request.refused.field', params: { field } })

  it('is marked at its field', () => {
    const told = refusalOf(new RefusedError(422, refusal('fact.hours')))
    expect(told?.faults).toEqual([{ field: 'fact.hours', key: 'case.fault.wrong', params: {} }])
  })

  it('is said by the word of the field, and never by what a program calls it', () => {
    expect(inWords(refusal('fact.hours'))).toBe('The field “hours” is not filled in rightly.')
    expect(inWords(refusal('pieces'))).toBe('Something is not filled in rightly. Look at the fields again. Nothing was saved.')
  })
})
