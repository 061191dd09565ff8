import { describe, expect, it } from 'vitest'
import { areaOf, begun, done, fresh, holed, inserted, moved, placed, reach, redone, reformed, removed, rings, undone } from '../src/case/zone'
import { margin } from '../src/map/geometry'
import type { Point } from '../src/generated/api'

const HERE: Point = [51.2, 66.3]
const corner = (index: number, ring = 0) => ({ kind: 'corner' as const, ring, index })

describe('a zone under the pen', () => {
  it('follows the point that is moved', () => {
    const circle = fresh('circle', 'home', HERE, 50)
    expect(moved(circle, { kind: 'centre', ring: 0, index: 0 }, [51.3, 66.4])).toMatchObject({ center: [51.3, 66.4], radius_m: 50 })
    expect(moved(circle, { kind: 'edge', ring: 0, index: 0 }, [51.2009, 66.3])).toMatchObject({ center: HERE, radius_m: 100 })
    expect(rings(moved(fresh('polygon', '', HERE), corner(2), [51.25, 66.35]))[0]?.[2]).toEqual([51.25, 66.35])
  })

  it('takes points in the middle of an edge, and past the end of a line', () => {
    const square = inserted(fresh('polygon', '', HERE), corner(3))
    expect(rings(square)[0]).toHaveLength(5)
    expect(rings(square)[0]?.[4]?.[0]).toBeCloseTo(51.2, 5)
    const line = inserted(fresh('corridor', '', HERE), corner(1))
    expect(rings(line)[0]?.[2]?.[1]).toBeGreaterThan(rings(line)[0]?.[1]?.[1] ?? 0)
  })

  it('keeps the points it cannot do without, and loses a hole whole', () => {
    const triangle = removed(fresh('polygon', '', HERE), corner(0))
    expect(removed(triangle, corner(0))).toBe(triangle)
    expect(removed(fresh('corridor', '', HERE), corner(0))).toEqual(fresh('corridor', '', HERE))
    const cut = holed(fresh('polygon', '', HERE))
    expect(rings(cut)).toHaveLength(2)
    expect(rings(removed(removed(cut, corner(0, 1)), corner(0, 1)))).toHaveLength(1)
  })

  it('stays where it is when it takes another form', () => {
    const polygon = reformed(fresh('circle', 'home', HERE, 80), 'polygon')
    expect(polygon.name).toBe('home')
    expect(margin(polygon, HERE)).toBeGreaterThan(70)
    expect(reformed(polygon, 'circle')).toMatchObject({ type: 'circle', radius_m: 80 })
    expect(margin(reformed(polygon, 'corridor'), HERE)).toBeGreaterThan(0)
  })

  it('goes to another place as it was drawn, with its holes and as many metres wide', () => {
    const drawn = holed(inserted(fresh('polygon', 'park', HERE, 100), corner(0)))
    const there = placed(drawn, [43.2, 76.9])
    expect(rings(there).map((ring) => ring.length)).toEqual([5, 4])
    expect(areaOf(there) / areaOf(drawn)).toBeCloseTo(1, 2)
    expect(reach(there).center[0]).toBeCloseTo(43.2, 5)
    expect(reach(there).center[1]).toBeCloseTo(76.9, 5)
    expect(placed(fresh('corridor', 'way', HERE), [43.2, 76.9])).toMatchObject({ type: 'corridor', name: 'way', half_width_m: 25 })
    expect(placed(fresh('circle', '', HERE, 80), [43.2, 76.9])).toMatchObject({ center: [43.2, 76.9], radius_m: 80 })
  })

  it('has an area that holes lessen', () => {
    const square = fresh('polygon', '', HERE, 100)
    expect(areaOf(square) / 40_000).toBeCloseTo(1, 2)
    expect(areaOf(holed(square))).toBeLessThan(areaOf(square))
    expect(areaOf(fresh('circle', '', HERE, 100))).toBeCloseTo(31_416, 0)
  })
})

describe('what was done', () => {
  it('is undone and done again, until something else is done', () => {
    const past = done(done(begun('a'), 'b'), 'c')
    expect(undone(past).now).toBe('b')
    expect(redone(undone(past)).now).toBe('c')
    expect(redone(done(undone(past), 'd')).now).toBe('d')
    expect(undone(begun('a')).now).toBe('a')
    expect(done(past, 'c')).toBe(past)
  })
})
