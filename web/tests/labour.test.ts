import { describe, expect, it } from 'vitest'
import russian from '../src/generated/locales/ru.cases.json'
import ofOwnPage from '../src/generated/locales/en.own.json'
import { labourAhead } from '../src/case/labour'
import type { Forecast } from '../src/generated/api'
import { words } from '../src/words/words.svelte'

const SHORT: Forecast = { outlook: 'short', until: '2027-03-01', set_h: 100, left_h: 45.5, by_then_h: 62, a_week_h: 3.5 }
const OUTLOOKS = ['done', 'over', 'early', 'still', 'short', 'enough'] as const

describe('hours of labour, looked at ahead', () => {
  it('are a sentence with the figures and the day', () => {
    expect(labourAhead(SHORT)).toBe('At the pace of the last four weeks: 62 of 100 h by 1 Mar 2027. 45.5 h are left: about 3.5 h a week.')
  })

  it('are written as the language writes figures', () => {
    words.catalogue = russian
    words.language = 'ru'
    expect(labourAhead(SHORT)).toContain('45,5')
  })

  it.each(OUTLOOKS)('leave no hole in any sentence: %s', (outlook) => {
    words.catalogue = { ...words.catalogue, ...ofOwnPage }
    for (const to of ['cases.labour', 'own.labour_ahead'] as const) {
      const said = labourAhead({ ...SHORT, outlook }, to)
      expect(said).not.toMatch(/[{}]/)
      expect(said).not.toContain(to)
    }
  })
})
