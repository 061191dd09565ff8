import { describe, expect, it } from 'vitest'
import { asked, minutePath, moved, stepped, knownThen } from '../src/minute/address'
import { fromLocal, toLocal } from '../src/minute/local'
import { headed, nearest, sentence } from '../src/minute/said'
import { AT } from './rows'

describe('the address of a minute', () => {
  it('names the whole minute that holds an instant, and what counts', () => {
    expect(minutePath('p 1', AT)).toBe('/people/p%201/minute?at=2026-11-19T17%3A06%3A00Z')
    expect(asked('?at=2026-11-19T17:06:42Z&known=2026-11-19T17:07:00Z', 0)).toEqual({ at: '2026-11-19T17:06:00Z', known: '2026-11-19T17:07:00Z' })
    expect(asked('?at=soon', Date.parse(AT)).at).toBe('2026-11-19T17:06:00Z')
    expect(moved('2026-11-19T17:06:00Z', -7)).toBe('2026-11-19T16:59:00.000Z')
  })

  it('never lies in the future, nor does what was known at it', () => {
    const here = { at: '2026-11-19T17:06:00Z', known: null }
    expect(stepped(here, 1, Date.parse(AT))).toEqual(here)
    expect(stepped({ ...here, known: AT }, -1, Date.parse(AT))).toEqual({ at: '2026-11-19T17:05:00.000Z', known: '2026-11-19T17:06:00.000Z' })
    expect(knownThen(here.at, Date.parse(AT))).toBe('2026-11-19T17:06:10.000Z')
  })

  it('is written as the wall of the installation shows it', () => {
    expect(toLocal(AT, 'Asia/Almaty')).toBe('2026-11-19T22:06')
    expect(fromLocal('2026-11-19T22:06', 'Asia/Almaty')).toBe('2026-11-19T17:06:00.000Z')
    expect(fromLocal('2024-02-29T23:30', 'Asia/Almaty')).toBe('2024-02-29T17:30:00.000Z')
    expect(fromLocal('2024-03-01T00:30', 'Asia/Almaty')).toBe('2024-02-29T19:30:00.000Z')
    expect(fromLocal('', 'Asia/Almaty')).toBeNull()
  })
})

describe('why not', () => {
  const account = (code: 'Z01' | 'L01' | 'C01', met: readonly boolean[], finding: string | null = null) => ({
    rule: 'r', rule_version: '1', code, finding, needs: met.map((one) => ({ key: 'confirmed', met: one, at: null, figures: { fixes: 1, needed: 3 } })),
  })

  it('begins with what was found, then with what lacks least', () => {
    const order = nearest([account('L01', [false, false]), account('Z01', [true, false]), account('C01', [true], 'f')]).map((one) => one.code)
    expect(order).toEqual(['C01', 'Z01', 'L01'])
  })

  it('is headed by what was found and goes on, and says how that ends', () => {
    const home = (code: 'P01' | 'P04', finding: string | null) => ({ rule: 'curfew', rule_version: '1', code, finding, needs: [{ key: 'back_seen', met: false, at: null, figures: { fixes: 0, needed: 2 } }] })
    const finding = { id: 'f', rule: 'curfew', rule_version: '1', code: 'P01' as const, person_id: 'p', subject: 's', at: AT, because: [], verdict: null, since: AT, place: '', restriction_version: 1, thresholds: [], checks: [], ends: null, area: '', maintenance: false, by: '' }
    const open = [{ finding, alarm_id: 7, raised_at: AT, superseded_at: null }]
    expect(headed(home('P04', 'f'), open)).toEqual({ code: 'P01', goes_on: true, until: 'P04' })
    expect(headed(home('P01', 'f'), open)).toEqual({ code: 'P01', goes_on: true, until: null })
    expect(headed(home('P04', null), open)).toEqual({ code: 'P04', goes_on: false, until: null })
    expect(headed(home('P04', 'earlier'), open)).toEqual({ code: 'P04', goes_on: true, until: null })
  })

  it('says each need in a sentence with its figures', () => {
    const [lacks] = account('Z01', [false]).needs
    expect(lacks && sentence(lacks, 0)).toBe('Only 1 of 3 fixes speak against it.')
  })
})
