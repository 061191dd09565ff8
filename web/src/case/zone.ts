// A zone under the pen: its points as handles, moved, added, taken out, and what was there before. Pure.
import type { Point } from '../generated/api'
import { round, type Place, type Zone } from '../map/geometry'

export type Form = Zone['type']

/** A point of a zone: the centre or the edge of a circle, a corner of a ring (0 is the outline) or of a line. */
export interface Handle {
  kind: 'centre' | 'edge' | 'corner'
  ring: number
  index: number
}

const M_PER_DEG_LAT = 111_195
const mPerDegLon = (latitude: number) => 111_320 * Math.cos((latitude * Math.PI) / 180)
/** Finer than a hand or a fix: about 0.1 m. */
const shorn = (degrees: number) => Math.round(degrees * 1e6) / 1e6

export const pointAt = ([longitude, latitude]: Place): Point => [shorn(latitude), shorn(longitude)]

export function metresBetween([a, b]: Point, [c, d]: Point): number {
  return Math.hypot((c - a) * M_PER_DEG_LAT, (d - b) * mPerDegLon((a + c) / 2))
}

const middle = (points: readonly Point[]): Point => [shorn(points.reduce((sum, [latitude]) => sum + latitude, 0) / points.length), shorn(points.reduce((sum, [, longitude]) => sum + longitude, 0) / points.length)]

/** The rings of a polygon, the outline first; a line is a ring that stays open. */
export function rings(zone: Zone): Point[][] {
  if (zone.type === 'circle') return []
  return zone.type === 'polygon' ? [zone.outline, ...zone.holes] : [zone.line]
}

function withRings<T extends Zone>(zone: T, changed: Point[][]): T {
  const [first = [], ...more] = changed
  if (zone.type === 'polygon') return { ...zone, outline: first, holes: more }
  return zone.type === 'corridor' ? { ...zone, line: first } : zone
}

/** Points below which a ring is none. */
const least = (zone: Zone) => (zone.type === 'corridor' ? 2 : 3)

/** A new zone around a place: a size that fits a house. */
export function fresh(form: Form, name: string, [latitude, longitude]: Point, size_m = 100): Zone {
  if (form === 'circle') return { type: 'circle', name, center: [shorn(latitude), shorn(longitude)], radius_m: size_m }
  const [dLat, dLon] = [size_m / M_PER_DEG_LAT, size_m / mPerDegLon(latitude)]
  const corner = (north: number, east: number): Point => [shorn(latitude + north * dLat), shorn(longitude + east * dLon)]
  if (form === 'corridor') return { type: 'corridor', name, line: [corner(0, -1), corner(0, 1)], half_width_m: Math.max(10, Math.round(size_m / 4)) }
  return { type: 'polygon', name, outline: [corner(-1, -1), corner(-1, 1), corner(1, 1), corner(1, -1)], holes: [] }
}

/** The middle of a zone and how far it reaches from there. */
export function reach(zone: Zone): { center: Point; size_m: number } {
  if (zone.type === 'circle') return { center: zone.center, size_m: zone.radius_m }
  const points = rings(zone)[0] ?? []
  const center = middle(points)
  return { center, size_m: Math.max(10, ...points.map((point) => Math.round(metresBetween(center, point)))) }
}

/** The same place in another form: a circle becomes its square, an area the circle around it. */
export function reformed(zone: Zone, form: Form): Zone {
  if (zone.type === form) return zone
  const { center, size_m } = reach(zone)
  if (form === 'polygon' && zone.type === 'circle') return { type: 'polygon', name: zone.name, outline: round(center, size_m, 12).slice(0, -1).map(pointAt), holes: [] }
  return fresh(form, zone.name, center, size_m)
}

/** The whole zone, as it is, around another place. A degree of longitude is shorter in the north: its metres stay. */
export function placed(zone: Zone, center: Point): Zone {
  if (zone.type === 'circle') return { ...zone, center }
  const from = reach(zone).center
  const wider = mPerDegLon(from[0]) / mPerDegLon(center[0])
  const there = ([latitude, longitude]: Point): Point => [shorn(center[0] + latitude - from[0]), shorn(center[1] + (longitude - from[1]) * wider)]
  return withRings(zone, rings(zone).map((ring) => ring.map(there)))
}

export function moved(zone: Zone, handle: Handle, to: Point): Zone {
  if (zone.type === 'circle') return handle.kind === 'centre' ? { ...zone, center: to } : { ...zone, radius_m: Math.max(1, Math.round(metresBetween(zone.center, to))) }
  return withRings(zone, rings(zone).map((ring, at) => (at === handle.ring ? ring.map((point, index) => (index === handle.index ? to : point)) : ring)))
}

/** Add a point after another: in the middle of the edge that follows, or where it is put. */
export function inserted(zone: Zone, { ring: at, index }: Handle, to?: Point): Zone {
  return withRings(zone, rings(zone).map((ring, number) => {
    const [here, next] = [ring[index], ring[index + 1] ?? (zone.type === 'polygon' ? ring[0] : undefined)]
    if (number !== at || !here) return ring
    const end = ring[index - 1]
    // Behind the last point of a line there is no edge: it goes on as it came.
    const beyond: Point = end ? [shorn(2 * here[0] - end[0]), shorn(2 * here[1] - end[1])] : here
    return ring.toSpliced(index + 1, 0, to ?? (next ? middle([here, next]) : beyond))
  }))
}

/** Take a point out. A hole with too few points goes whole; an outline or a line keeps what it needs. */
export function removed(zone: Zone, { ring: at, index }: Handle): Zone {
  const before = rings(zone)
  const ring = before[at]
  if (!ring) return zone
  if (ring.length > least(zone)) return withRings(zone, before.with(at, ring.toSpliced(index, 1)))
  return at > 0 ? withRings(zone, before.toSpliced(at, 1)) : zone
}

/** Cut a small hole into the middle of a polygon. */
export function holed(zone: Zone): Zone {
  if (zone.type !== 'polygon') return zone
  const { center, size_m } = reach(zone)
  const hole = fresh('polygon', '', center, Math.max(5, size_m / 4))
  return hole.type === 'polygon' ? { ...zone, holes: [...zone.holes, hole.outline] } : zone
}

const local = (origin: Point) => ([latitude, longitude]: Point): [number, number] => [(longitude - origin[1]) * mPerDegLon(origin[0]), (latitude - origin[0]) * M_PER_DEG_LAT]

function area(ring: readonly Point[]): number {
  const flat = ring.map(local(ring[0] ?? [0, 0]))
  return Math.abs(flat.reduce((sum, [x, y], index) => {
    const [nx, ny] = flat[(index + 1) % flat.length] ?? [x, y]
    return sum + x * ny - nx * y
  }, 0)) / 2
}

/** Square metres of a zone, near enough for somebody who checks it by eye. */
export function areaOf(zone: Zone): number {
  if (zone.type === 'circle') return Math.PI * zone.radius_m ** 2
  const [outline = [], ...holes] = rings(zone)
  if (zone.type === 'polygon') return area(outline) - holes.reduce((sum, hole) => sum + area(hole), 0)
  return outline.slice(1).reduce((sum, point, index) => sum + metresBetween(outline[index] ?? point, point), 0) * zone.half_width_m * 2
}

/** What was done, and what was undone of it. */
export interface Past<T> {
  before: readonly T[]
  now: T
  after: readonly T[]
}

const KEPT = 100

export const begun = <T>(now: T): Past<T> => ({ before: [], now, after: [] })
export const done = <T>(past: Past<T>, now: T): Past<T> => (now === past.now ? past : { before: [...past.before, past.now].slice(-KEPT), now, after: [] })

export function undone<T>(past: Past<T>): Past<T> {
  const last = past.before.at(-1)
  return last === undefined ? past : { before: past.before.slice(0, -1), now: last, after: [past.now, ...past.after] }
}

export function redone<T>(past: Past<T>): Past<T> {
  const [next, ...after] = past.after
  return next === undefined ? past : { before: [...past.before, past.now], now: next, after }
}
