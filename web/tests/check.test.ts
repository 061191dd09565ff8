import { describe, expect, it } from 'vitest'
import { check, checks } from '../fixtures/checks'
import { clipAt, current, placed, position } from '../src/check/challenge'
import { beside, gauge } from '../src/check/gauge'
import { detail, say, title, tone } from '../src/check/outcome'
import { bound, errs, oneIn, place, ratio, weight } from '../src/check/score'
import { area, ceiling, line, range, secondMarks, y } from '../src/check/trace'
import type { CheckRow, Score } from '../src/generated/api'

const rows = [...checks('bekzat', null).rows, ...checks('bekzat', checks('bekzat', null).rows.at(-1)?.due_at ?? null).rows]
const [doubted, matched, breath, little, against, missed, voided] = rows as [CheckRow, CheckRow, CheckRow, CheckRow, CheckRow, CheckRow, CheckRow]
const now = Date.now()

describe('a check in words', () => {
  it('says what came of it, and says plainly what is not known or does not count', () => {
    expect([doubted, matched, breath, little, against, missed, voided].map(title)).toEqual([
      'Not certain, a person decides', 'Face and voice match', 'Breath test 0.34\u00a0mg/L', 'Too little breath', 'Does not match', 'Not begun in time', 'Does not count',
    ])
    expect([doubted, matched, against, missed, voided].map(tone)).toEqual(['waits', 'good', 'against', 'unknown', 'unknown'])
    expect(detail(voided)).toContain('nothing is held against the person')
  })

  it('lets a decision of a person stand before what the machine found', () => {
    const decided: CheckRow = { ...doubted, decision: { at: doubted.due_at, by: 'a', by_name: 'A', outcome: 'no_match', grounds: '.' } }
    expect([title(decided), tone(decided)]).toEqual(['A person decided: does not match', 'against'])
  })

  it('never blames in its largest sentence', () => {
    const page = check(missed.id)
    expect(page && say(page, now)).toContain('is not known from this')
  })
})

describe('a likelihood ratio', () => {
  it('is weak below ten, strong from a thousand, and nothing near one', () => {
    expect([0.5, 2, 3, 8, -0.5, -2, -3, -8].map(weight)).toEqual(['neither', 'weak_for', 'clear_for', 'strong_for', 'neither', 'weak_against', 'clear_against', 'strong_against'])
    expect([oneIn(Math.log(1634)), oneIn(99), oneIn(0)]).toEqual([1600, 1_000_000, 1])
    expect([ratio(Math.log(1634)), ratio(-Math.log(1634))]).toEqual(['1,600 : 1', '1 : 1,600'])
    expect([place(0), place(99), place(-99)]).toEqual([50, 100, 0])
  })

  it('is told by what it means and by how often it errs', () => {
    const score: Score = { measure: 'face', value: 0.4, of: null, llr: 7, quality: null, rates: null, model: '' }
    expect(bound(7)).toContain('at most 1 in 1,000')
    expect(errs(score)).toContain('has not been measured')
    expect(errs({ ...score, measure: 'digits' })).toContain('Part of the challenge')
    const rates = { threshold: 0.5, false_match: 0.0006, false_match_up_to: 0.003, false_non_match: 0.014, false_non_match_up_to: 0.031, people: 24, measured_on: 'Town' }
    expect(errs({ ...score, rates })).toContain('0.06% (95%: at most 0.3%)')
  })
})

describe('the challenge', () => {
  it('lasts from step to step, and steps without a time are not placed', () => {
    const steps = placed([{ step: { type: 'ahead', seconds: 2 }, from_ms: 0, until_ms: null }, { step: { type: 'digit', digit: 4 }, from_ms: null, until_ms: null }, { step: { type: 'turn', to: 'left' }, from_ms: 2000, until_ms: 3000 }], 5000)
    expect(steps.map(({ from_ms, until_ms }) => [from_ms, until_ms])).toEqual([[0, 2000], [2000, 3000]])
    expect([current(steps, 1999), current(steps, 2000)]).toEqual([0, 1])
    expect(position(64_250)).toBe('1:04.2')
  })

  it('finds the film that holds an instant', () => {
    const film = (index: number, from_ms: number) => ({ index, kind: 'clip' as const, content_type: '', from_ms, duration_ms: 4000, bytes: 1, sha256: '' })
    const films = [film(1, 0), film(2, 4000)]
    expect([clipAt(films, 100), clipAt(films, 4500), clipAt(films, 99_000), clipAt([], 5)]).toEqual([{ index: 0, at_s: 0.1 }, { index: 1, at_s: 0.5 }, { index: 1, at_s: 4 }, { index: 0, at_s: 0 }])
  })
})

describe('a breath', () => {
  const scale = (alcohol: number, uncertainty: number, limit: number | null) =>
    gauge({ type: 'breath_sample', check_id: '', state: 'valid', alcohol_mg_l: alcohol, uncertainty_mg_l: uncertainty, volume_l: null, flow_l_s: null, duration_s: null, why: [], calibration: '', calibrated_until_at: null, trace: '' }, { ...breath, limit_mg_l: limit })

  it('is above the limit only when it is so less its uncertainty', () => {
    const told = (alcohol: number, limit: number | null) => { const one = scale(alcohol, 0.02, limit); return one && beside(one) }
    expect(told(0.2, 0.16)).toContain('Above the limit of 0.16')
    expect(told(0.175, 0.16)).toContain('Not counted as above')
    expect(told(0.1, 0.16)).toContain('Below the limit')
    expect(told(0.1, null)).toContain('sets no limit')
    expect(gauge(null, breath)).toBeNull()
  })

  it('leaves a gap where the sensor gave nothing', () => {
    const lane = { top: 0, height: 10, low: 0, high: 10 }
    expect(line([0, 10, null, 5], 100, (ms) => ms, lane)).toBe('M0.0 10.0L100.0 0.0M300.0 5.0')
    expect(y(lane, 5)).toBe(5)
    expect([range([null, -2, 3]), range([])]).toEqual([{ low: -2, high: 3 }, { low: 0, high: 1 }])
    expect([ceiling(0.3), ceiling(12), ceiling(0), ceiling(200)]).toEqual([0.5, 20, 1, 200])
    expect(secondMarks(12_000)).toEqual([0, 2, 4, 6, 8, 10, 12])
  })

  it('closes the area of the charge on its baseline', () => {
    const blow = check(breath.id)?.blows[0]
    const window = blow?.stretches.find(({ kind }) => kind === 'window')
    expect(blow && window && area(blow, window, (ms) => ms, { top: 0, height: 10, low: 0, high: 10 }).endsWith('Z')).toBe(true)
    expect(blow && area(blow, { kind: 'window', from_ms: 1e9, until_ms: 2e9 }, (ms) => ms, { top: 0, height: 10, low: 0, high: 10 })).toBe('')
  })
})
