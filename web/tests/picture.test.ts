import { describe, expect, it } from 'vitest'
import { parts } from '../src/chart/strip'
import { hours, step, ticks } from '../src/chart/ticks'
import { find } from '../src/frame/find'
import { pageOf } from '../src/frame/route.svelte'
import { byCause, byCompliance } from '../src/live/counts'
import { urgent, zoneFeatures } from '../src/map/features'
import { difference } from '../src/map/people'
import { AT, person, row } from './rows'

describe('the strip of a day', () => {
  it('draws what nobody told of as unknown, never as a gap', () => {
    const drawn = parts([{ from_at: new Date(600).toISOString(), until_at: new Date(1000).toISOString(), compliance: 'inside', blindness: null }], 0, 1000)
    expect(drawn.map(({ compliance, width }) => [compliance, width])).toEqual([['unknown', 60], ['inside', 40]])
  })
})

describe('marks of time', () => {
  it('stand at full local hours', () => {
    const until = Date.parse('2026-11-19T17:17:00Z')
    expect(hours(until - 86_400_000, until, 6, 'Asia/Almaty').map((tick) => tick.label)).toEqual(['00', '06', '12', '18'])
    expect(ticks(until - 1_800_000, until, 10, 'Asia/Almaty').map((tick) => tick.label)).toEqual(['21:50', '22:00', '22:10'])
    expect(step(0, 40 * 60_000, 8)).toBe(5)
  })
})

describe('totals', () => {
  const people = [person('a'), person('b', 'unknown', { blindness: 'no_fix' }), person('c', 'unknown', { blindness: 'device_silent' }), person('d', 'unknown', { blindness: 'device_silent' })]

  it('name unknown beside the others and add up', () => {
    expect(byCompliance(people)).toEqual({ inside: 1, outside: 0, unknown: 3, free: 0, excused: 0 })
  })

  it('say what we do not see by cause, the largest first', () => {
    expect(byCause(people)).toEqual([['device_silent', 2], ['no_fix', 1]])
  })
})

describe('the map', () => {
  it('sends only those whose state changed', () => {
    const [a, b] = [person('a'), person('b')]
    const moved = person('b', 'outside')
    const change = difference(new Map([['a', a], ['b', b], ['c', person('c')]]), new Map([['a', a], ['b', moved]]))
    expect(change?.remove).toEqual(['c', 'b'])
    expect(change?.add).toMatchObject([{ properties: { compliance: 'outside' } }])
    expect(difference(new Map([['a', a]]), new Map([['a', a]]))).toBeNull()
  })

  it('shows the most urgent alarm of a person, and none that late data took away', () => {
    const rows = [row({ id: 1, person_id: 'a', priority: 3 }), row({ id: 2, person_id: 'a', priority: 2 }), row({ id: 3, person_id: 'a', priority: 1, superseded_at: AT })]
    expect(urgent(rows).get('a')?.alarm.id).toBe(2)
  })

  it('closes the rings of polygons', () => {
    const zone = { type: 'polygon' as const, name: '', outline: [[51, 66], [51, 67], [52, 67]] as [number, number][], holes: [] }
    const [feature] = zoneFeatures([{ restriction_id: 'r', person_id: 'p', kind: 'exclusion', zone, warning_m: 0 }], null)
    expect(feature?.geometry).toEqual({ type: 'Polygon', coordinates: [[[66, 51], [67, 51], [67, 52], [66, 51]]] })
  })
})

describe('finding', () => {
  const people = [person('1', 'inside', { name: 'Бекзат Желкенбай', address: 'ул. Тал, 14' }), person('2', 'inside', { name: 'Тал Орман', address: '' })]
  const title = () => 'In the exclusion zone'

  it('takes every word, names before addresses', () => {
    expect(find('тал', people, [], title).map((found) => found.title)).toEqual(people.map(({ name }) => name))
  })

  it('takes the number of an alarm', () => {
    expect(find('418', people, [row({ id: 418 })], title)[0]?.path).toBe('/alarms/418')
    expect(find('  ', [], [], title)).toEqual([])
  })
})

it('addresses lead to pages', () => {
  expect(pageOf('/')).toEqual({ name: 'live' })
  expect(pageOf('/alarms/418')).toEqual({ name: 'alarm', id: 418 })
  expect(pageOf('/alarms/x')).toEqual({ name: 'missing' })
  expect(pageOf('/people/a%2Fb')).toEqual({ name: 'person', id: 'a/b' })
})
