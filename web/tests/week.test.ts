import { describe, expect, it } from 'vitest'
import { clockOf, covers, hoursOf, minutesOf, overMidnight, painted, pieces, spansOf, windowsOf } from '../src/case/week'

const everyDay = [0, 1, 2, 3, 4, 5, 6]
const night = { start_min: 1320, end_min: 360, weekdays: everyDay }

describe('hours of a week', () => {
  it('are the same windows after they were spans', () => {
    const windows = [night, { start_min: 540, end_min: 1080, weekdays: [0, 2, 4] }]
    expect(windowsOf(spansOf(windows))).toEqual([{ start_min: 540, end_min: 1080, weekdays: [0, 2, 4] }, night])
  })

  it('pass midnight as one, on Sunday too', () => {
    const spans = painted([], { first: 0, last: 6, start: 1320, end: 1800 }, true)
    expect(windowsOf(spans)).toEqual([night])
    expect(overMidnight(spans)).toBe(true)
    expect(covers(spans, 0, 30)).toBe(true)
    expect(covers(spans, 0, 360)).toBe(false)
    expect(hoursOf(spans)).toBe(56)
  })

  it('join where they touch, and part where a piece is wiped', () => {
    const evening = painted(spansOf([]), { first: 1, last: 1, start: 1200, end: 1440 }, true)
    const both = painted(evening, { first: 2, last: 2, start: 0, end: 120 }, true)
    expect(both).toEqual([{ day: 1, start: 1200, length: 360 }])
    expect(painted(both, { first: 1, last: 1, start: 1260, end: 1320 }, false)).toEqual([
      { day: 1, start: 1200, length: 60 },
      { day: 1, start: 1320, length: 240 },
    ])
  })

  it('of the whole week are seven days, each from midnight to midnight', () => {
    const all = painted([], { first: 0, last: 6, start: 0, end: 1440 }, true)
    expect(windowsOf(all)).toEqual([{ start_min: 0, end_min: 0, weekdays: everyDay }])
    expect(painted(all, { first: 0, last: 6, start: 0, end: 1440 }, false)).toEqual([])
  })

  it('are wiped over the end of the week', () => {
    const left = painted(spansOf([night]), { first: 6, last: 6, start: 1320, end: 1800 }, false)
    expect(windowsOf(left)).toEqual([{ ...night, weekdays: [0, 1, 2, 3, 4, 5] }])
  })
})

describe('pieces in the rows of the grid', () => {
  const spans = spansOf([{ ...night, weekdays: [6] }])

  it('cut a night at midnight and say that it goes on', () => {
    expect(pieces(spans, 0).map(({ row, from, until, before, after }) => [row, from, until, before, after])).toEqual([
      [6, 1320, 1440, false, true],
      [0, 0, 360, true, false],
    ])
  })

  it('keep a night whole where rows begin at noon', () => {
    expect(pieces(spans, 720).map(({ row, from, until }) => [row, from, until])).toEqual([[6, 600, 1080]])
  })

  it('lay a morning into the row of the day before, where rows begin at noon', () => {
    expect(pieces(spansOf([{ start_min: 360, end_min: 480, weekdays: [0] }]), 720).map(({ row, from }) => [row, from])).toEqual([[6, 1080]])
  })
})

describe('a time of day', () => {
  it('is read as people write it, and nothing else is', () => {
    expect([minutesOf('22:00'), minutesOf(' 6:05 '), minutesOf('25:00'), minutesOf('10:75'), minutesOf('noon')]).toEqual([1320, 365, null, null, null])
    expect([clockOf(1320), clockOf(1500), clockOf(1440)]).toEqual(['22:00', '01:00', '24:00'])
  })
})
