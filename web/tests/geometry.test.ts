import { describe, expect, it } from 'vitest'
import type { Heard } from '../src/generated/api'
import { accuracy, knownUntil, margins, silences } from '../src/chart/lanes'
import type { Colours } from '../src/map/colours'
import { deepest, margin, round } from '../src/map/geometry'
import { scale } from '../src/map/scale'
import { layers } from '../src/map/subjects'

const HERE: [number, number] = [51.2, 66.3]
const EAST_100_M: [number, number] = [51.2, 66.3 + 100 / (111_320 * Math.cos((51.2 * Math.PI) / 180))]

const circle = { type: 'circle' as const, name: 'home', center: HERE, radius_m: 45 }
const square = {
  type: 'polygon' as const, name: 'school',
  outline: [[51.199, 66.299], [51.199, 66.301], [51.201, 66.301], [51.201, 66.299]] as [number, number][],
  holes: [[[51.1999, 66.2999], [51.1999, 66.3001], [51.2001, 66.3001], [51.2001, 66.2999]]] as [number, number][][],
}
const corridor = { type: 'corridor' as const, name: 'way', line: [HERE, EAST_100_M], half_width_m: 20 }

describe('the margin to the edge of a zone', () => {
  it('is positive inside a circle and negative outside', () => {
    expect(margin(circle, HERE)).toBeCloseTo(45)
    expect(margin(circle, EAST_100_M)).toBeCloseTo(-55, 0)
  })

  it('knows the holes of a polygon', () => {
    expect(margin(square, HERE)).toBeLessThan(0)
    expect(margin(square, [51.2005, 66.3])).toBeGreaterThan(0)
    expect(margin(square, [51.21, 66.3])).toBeCloseTo(-1000, -1)
  })

  it('runs along a corridor', () => {
    expect(margin(corridor, EAST_100_M)).toBeCloseTo(20)
    expect(margin(corridor, [51.201, 66.3])).toBeCloseTo(-91, 0)
  })

  it('takes the deepest of several places, and nothing of none', () => {
    expect(deepest([corridor, circle], HERE)).toBeCloseTo(45)
    expect(deepest([], HERE)).toBeNull()
  })

  it('draws circles whose corners lie on the edge', () => {
    for (const [longitude, latitude] of round(HERE, 45)) expect(margin(circle, [latitude, longitude])).toBeCloseTo(0, 0)
  })
})

const fix = { type: 'fix' as const, latitude_deg: 51.2, longitude_deg: 66.3, altitude_m: null, speed_m_s: null, course_deg: null, satellites: 9, hdop: 1, accuracy_m: null, source: 'gnss' as const }
const heard = (at: string): Heard => ({ id: at, device_id: 'd', observed_at: at, received_at: at, bodies: [fix], authentication: 'unauthenticated_device', via: 'egts', decided: false })

describe('lanes', () => {
  it('end where what we were told ends, so that nothing beyond looks like silence', () => {
    const told = { from_at: '2026-11-19T17:00:00Z', until_at: '2026-11-19T17:10:00Z', compliance: 'inside' as const, blindness: null }
    const hour_later = Date.parse('2026-11-19T18:10:00Z')
    expect(knownUntil([told], [Date.parse('2026-11-19T17:09:00Z')], hour_later)).toBe(Date.parse(told.until_at))
    expect(knownUntil([], [5], hour_later)).toBe(5)
    expect(knownUntil([], [], hour_later)).toBe(hour_later)
  })

  it('give each fix its margin and its accuracy as the rules see it', () => {
    expect(margins([heard('2026-11-19T17:00:00Z')], [circle])[0]).toMatchObject({ accuracy_m: 8.65, decided: false })
    expect(accuracy({ ...fix, hdop: null })).toBe(25)
    expect(accuracy({ ...fix, accuracy_m: 5 })).toBe(5)
  })

  it('find stretches of silence, also the one that still lasts', () => {
    const minutes = [0, 1, 2, 3, 20, 21]
    const all = minutes.map((minute) => heard(new Date(Date.UTC(2026, 10, 19, 17, minute)).toISOString()))
    const found = silences(all, Date.UTC(2026, 10, 19, 17, 45))
    expect(found.map((gap) => new Date(gap.from_ms).getUTCMinutes())).toEqual([3, 21])
  })
})

it('the scale bar is a round length that fits', () => {
  expect(scale(51.2, 14.2, 96).metres).toBe(200)
  expect(scale(51.2, 14.2, 96).px).toBeLessThanOrEqual(96)
})

describe('a corridor on the map', () => {
  const named = new Proxy({}, { get: (_, name) => String(name) }) as Colours
  const colour = (id: string) => layers(named).find((layer) => layer.id === id)?.paint as Record<string, unknown>

  it('has the colour of what it means: one to stay out of is not drawn as one to keep to', () => {
    const byKind = colour('zone-corridor')['line-color'] as unknown[]
    for (const kind of ['exclusion', 'territory', 'required_place']) {
      expect(byKind[byKind.indexOf(kind) + 1]).toBe(colour(`zone-${kind}-edge`)['line-color'])
    }
    expect(byKind.at(-1)).toBe(colour('zone-presence-edge')['line-color'])
    expect(colour('zone-corridor-fill')['line-color']).toEqual(byKind)
  })
})
