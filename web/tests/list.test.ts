import { describe, expect, it } from 'vitest'
import { disputed, whichOf, withHeard } from '../src/alarm/list'
import { row } from './rows'

const AT = '2026-11-20T10:00:00Z'
const LATER = '2026-11-21T10:00:00Z'
const ids = (rows: readonly { alarm: { id: number } }[]) => rows.map(({ alarm }) => alarm.id)

describe('the list of alarms', () => {
  it('is named by its address, so that going back from an alarm finds the same list', () => {
    expect(whichOf('?which=contested')).toBe('contested')
    expect(whichOf('?which=everything')).toBe('all')
    expect(whichOf('')).toBe('all')
  })

  it('says at once that a listed alarm was closed, and keeps it in its place', () => {
    const rows = [row({ id: 3 }), row({ id: 2 })]
    const after = withHeard(rows, row({ id: 2, state: 'closed' }), false, 'open')
    expect(ids(after)).toEqual([3, 2])
    expect(after[1]?.alarm.state).toBe('closed')
  })

  it('puts a new alarm in front and loses none of those that were read before', () => {
    const rows = [row({ id: 3 }), row({ id: 2 }), row({ id: 1 })]
    expect(ids(withHeard(rows, row({ id: 4 }), true, 'all'))).toEqual([4, 3, 2, 1])
    expect(ids(withHeard(rows, row({ id: 4 }), true, 'closed'))).toEqual([3, 2, 1])
    expect(ids(withHeard(rows, row({ id: 4 }), false, 'all'))).toEqual([3, 2, 1])
  })

  it('takes in what a person disputes, until somebody decides', () => {
    const contested = row({ id: 7, state: 'closed', contested_at: AT })
    expect(disputed(contested)).toBe(true)
    expect(disputed(row({ id: 7, contested_at: AT, decided_at: LATER }))).toBe(false)
    expect(disputed(row({ id: 7, contested_at: LATER, decided_at: AT }))).toBe(true)
    expect(ids(withHeard([], contested, false, 'contested'))).toEqual([7])
    expect(ids(withHeard([], row({ id: 8 }), true, 'contested'))).toEqual([])
  })
})
