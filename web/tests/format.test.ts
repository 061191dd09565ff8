import { describe, expect, it } from 'vitest'
import { clock, countdown, day, decimal, minute, offset, weekday, weekdayName } from '../src/words/format'
import { age, duration, lag, metres } from '../src/words/say'
import { words } from '../src/words/words.svelte'

const AT = '2026-11-19T17:06:12Z'
const almaty = { timezone: 'Asia/Almaty' }

describe('figures are written as the language writes them', () => {
  it('separates thousands by a comma in English, by a narrow space in Russian and Kazakh', () => {
    expect(decimal(2471, 'en')).toBe('2,471')
    expect(decimal(2471, 'ru')).toBe('2\u202f471')
    expect(decimal(2471, 'kk')).toBe('2\u202f471')
  })

  it('writes decimals and minus', () => {
    expect(decimal(0.4, 'en', 1)).toBe('0.4')
    expect(decimal(0.4, 'kk', 1)).toBe('0,4')
    expect(decimal(-88, 'ru')).toBe('−88')
  })
})

describe('instants are shown in the time of the installation', () => {
  it('knows that Almaty is five hours ahead since 2024', () => {
    expect(clock(AT, { language: 'kk', ...almaty })).toBe('22:06:12')
    expect(minute(AT, { language: 'kk', ...almaty })).toBe('22:06')
    expect(offset(AT, 'Asia/Almaty')).toBe('UTC+5')
  })

  it('writes days in three languages, Kazakh names of days too', () => {
    expect(weekday(AT, { language: 'en', ...almaty })).toBe('Thu 19 Nov')
    expect(weekday(AT, { language: 'ru', ...almaty })).toBe('чт 19.11')
    expect(weekday(AT, { language: 'kk', ...almaty })).toBe('бс 19.11')
    expect(day(AT, { language: 'kk', ...almaty })).toBe('19.11.2026')
    expect(day(AT, { language: 'en', ...almaty })).toBe('19 Nov 2026')
    expect(weekdayName(6, 'kk')).toBe('жк')
  })
})

describe('durations', () => {
  it('run down as minutes and seconds', () => {
    expect(countdown(108_000)).toBe('1:48')
    expect(countdown(-5)).toBe('0:00')
    expect(countdown(3_729_000)).toBe('1:02:09')
  })

  it('are words otherwise, with spaces that do not break', () => {
    expect(duration(26_000)).toBe('26\u00a0s')
    expect(duration(660_000)).toBe('11\u00a0min')
    expect(duration(28_620_000)).toBe('7\u00a0h\u00a057\u00a0min')
    expect(duration(2 * 86_400_000)).toBe('2\u00a0d')
  })

  it('say an age up to ninety seconds, then the clock', () => {
    const now = Date.parse(AT)
    expect(age('2026-11-19T17:06:04Z', now)).toBe('8\u00a0s ago')
    expect(age('2026-11-19T16:59:00Z', now)).toBe('21:59')
    expect(age('2026-11-18T16:59:00Z', now)).toBe('Wed 18 Nov, 21:59')
  })

  it('measure lag and metres', () => {
    expect(lag(12)).toBe('12\u00a0ms')
    expect(lag(400)).toBe('0.4\u00a0s')
    expect(metres(-61.6)).toBe('62\u00a0m')
    words.language = 'ru'
    expect(metres(1234)).toBe('1,2\u00a0km')
  })
})
