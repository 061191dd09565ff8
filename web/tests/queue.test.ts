import { describe, expect, it } from 'vitest'
import { flat, groupOf, held, keptStill, laidOut } from '../src/live/queue'
import { graceUntil, remaining } from '../src/live/remaining'
import { due } from '../src/live/attention.svelte'
import { AT, later, row } from './rows'

const ids = (rows: ReturnType<typeof flat>) => rows.map(({ alarm }) => alarm.id)

describe('the queue', () => {
  it('puts a priority 1 that nobody took first, and what late data took away last', () => {
    const rows = [
      row({ id: 1, priority: 1, superseded_at: AT }),
      row({ id: 2, priority: 2, state: 'taken', taken_by: 'aliya' }),
      row({ id: 3, priority: 3 }),
      row({ id: 4, priority: 1 }),
      row({ id: 5, priority: 2 }),
      row({ id: 6, priority: 1, state: 'suspended' }),
    ]
    expect(ids(flat(laidOut(rows)))).toEqual([4, 5, 3, 2, 6, 1])
    expect(rows.map(groupOf)).toEqual(['superseded', 'in_work', 'waiting', 'hot', 'waiting', 'suspended'])
  })

  it('orders a group by priority, then by the time left', () => {
    const rows = [{ ...row({ id: 1, priority: 2 }), take_until: later(9) }, { ...row({ id: 2, priority: 2 }), take_until: later(4) }]
    expect(ids(flat(laidOut(rows)))).toEqual([2, 1])
  })

  it('shows only what one has in hand when asked to', () => {
    const rows = [row({ id: 1 }), row({ id: 2, state: 'taken', taken_by: 'me' })]
    expect(ids(flat(laidOut(rows, 'me')))).toEqual([2])
  })

  it('stands still while somebody points at it: facts change in place, new rows wait', () => {
    const before = laidOut([row({ id: 1 }), row({ id: 2, priority: 2 })])
    const taken = row({ id: 1, state: 'taken', taken_by: 'aliya' })
    const current = new Map([taken, row({ id: 2, priority: 2 }), row({ id: 3 })].map((one) => [one.alarm.id, one]))
    expect(keptStill(before, current).hot).toEqual([taken])
    expect(ids(held(before, laidOut(current.values())))).toEqual([3])
  })
})

describe('the time left', () => {
  it('is a figure and a share, and ends in overdue', () => {
    expect(remaining(row({ id: 1 }), Date.parse(later(1)))).toEqual({ ms: 120_000, share: 2 / 3, overdue: false })
    expect(remaining(row({ id: 1 }), Date.parse(later(4)))).toMatchObject({ share: 0, overdue: true })
  })

  it('has not begun while an alarm is left to the wearer, unless somebody took it', () => {
    const left = row({ id: 1, code: 'C01', priority: 2, waits_since: later(10) })
    expect(graceUntil(left, Date.parse(later(9)))).toBe(later(10))
    expect(graceUntil(left, Date.parse(later(10)))).toBeNull()
    expect(graceUntil(left, Date.parse(later(10)) - 900), 'a clock that is a moment behind leaves nothing to anybody').toBeNull()
    expect(graceUntil({ ...left, alarm: { ...left.alarm, state: 'taken' } }, Date.parse(AT))).toBeNull()
    expect(remaining({ ...left, take_until: later(25) }, Date.parse(AT))).toEqual({ ms: 1_500_000, share: 1, overdue: false })
  })

  it('is heard again at 60, 120 and 150 s, then no more', () => {
    expect([0, 59, 60, 119, 120, 150, 9000].map(due)).toEqual([0, 0, 1, 1, 2, 3, 3])
  })
})
