import { render, screen } from '@testing-library/svelte'
import { describe, expect, it } from 'vitest'
import { presence as invented } from '../fixtures/devices'
import { detailOf, reachedAt, under } from '../src/device/orders'
import { health, heardBy, height, marks, parts } from '../src/device/presence'
import WalkReport from '../src/device/WalkReport.svelte'
import type { CommandRow, ReceiverPresence } from '../src/generated/api'
import { AT } from './rows'

const MIN = 60_000
const from = Date.parse('2026-11-19T16:00:00Z')
const minute = (number: number) => new Date(from + number * MIN).toISOString()

describe('presence at one receiver', () => {
  const spells = [
    { from_at: minute(-30), until_at: minute(30), presence: 'present' as const },
    { from_at: minute(30), until_at: minute(60), presence: 'unknown' as const },
  ]

  it('is a whole line of which unknown is a part', () => {
    const line = parts(spells, from, from + 60 * MIN)
    expect(line.map(({ presence, left, width }) => [presence, left, width])).toEqual([['present', 0, 50], ['unknown', 50, 50]])
    expect(parts(spells, from + 90 * MIN, from + 120 * MIN)).toEqual([])
  })

  it('names the unit, the time and the strength, and says so when it has heard nothing', () => {
    const one: ReceiverPresence = { receiver_id: 'unit-17', person_id: 'bekzat', kind: 'home_unit', presence: 'present', since: null, heard_at: AT, rssi_dbm: -61, spells: [] }
    expect(heardBy(one, Date.parse(AT))).toBe('Heard at home by unit-17 at 22:06:12, −61\u00a0dBm.')
    expect(heardBy({ ...one, heard_at: null }, Date.parse(AT))).toBe('unit-17 has not heard the bracelet in 24 hours.')
    expect(invented().map((line) => line.spells.length > 0)).toEqual([true, true])
  })
})

describe('receptions', () => {
  it('are the taller the stronger, and never vanish', () => {
    expect([height(-200), height(-70), height(0)]).toEqual([6, 50, 100])
    expect(marks([{ at: minute(15), rssi_dbm: -70, frames: 3 }, { at: minute(-1), rssi_dbm: -70, frames: 3 }], from, from + 60 * MIN)).toEqual([{ left: 25, height: 50 }])
  })

  it('of a receiver that says nothing of itself mean nothing', () => {
    expect(health([], from)[0]).toContain('its silence means nothing')
    const told = [{ at: minute(1), working: false, frames: 0, noise_dbm: null }, { at: minute(2), working: true, frames: 12, noise_dbm: -97 }]
    expect(health(told, from + 3 * MIN)).toEqual(['works, said at 21:02:00; frames heard: 12', 'of 2 reports 1 told of a fault', 'band noise −97\u00a0dBm'])
  })
})

describe('an order', () => {
  const row: CommandRow = {
    command: { device_id: 'unit-17', number: 1, issued_at: minute(0), expires_at: minute(9), order: { type: 'report' } },
    by: 'aliya', state: 'done', detail: 'noted', sent_at: minute(1), acknowledged_at: minute(2), ended_at: minute(3),
  }

  it('says how far it has come and what the device said of it', () => {
    expect([reachedAt(row), under(row), detailOf(row)]).toEqual([minute(3), false, 'The person took note of it.'])
    expect([detailOf({ ...row, detail: '' }), detailOf({ ...row, detail: 'broken speaker' })]).toEqual(['', 'broken speaker'])
    expect(reachedAt({ ...row, state: 'sent', ended_at: null, acknowledged_at: null })).toBe(minute(1))
  })
})

describe('a walk test', () => {
  it('lists each place and says when no wait is long enough', () => {
    const room = { name: 'bath', source: 'ble', frames: 2, expected: 12, median_dbm: -92, weakest_dbm: null, longest_gap_s: 30 }
    render(WalkReport, { walk: { at: AT, test: { type: 'walk', transmitter_id: 'b', rooms: [room], buffer_s: 0, by: 'dana' } } })
    expect(screen.getByText('2 of 12')).toBeTruthy()
    expect(screen.getByText(/needs a second receiver/)).toBeTruthy()
  })
})
