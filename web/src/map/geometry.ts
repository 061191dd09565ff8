// Places in metres: small circles on the ellipsoid, and how far a fix is from a zone's edge. Good for towns, not oceans.
import type { Circle, Corridor, Point, Polygon } from '../generated/api'

export type Zone = Circle | Polygon | Corridor
export type Place = [longitude: number, latitude: number]

const M_PER_DEG_LAT = 111_195
const mPerDegLon = (latitude: number) => 111_320 * Math.cos((latitude * Math.PI) / 180)

export const placeOf = ([latitude, longitude]: Point): Place => [longitude, latitude]

/** Corners of a circle. */
export function round(center: Point, radius_m: number, corners = 64): Place[] {
  const [latitude, longitude] = center
  return Array.from({ length: corners + 1 }, (_, index) => {
    const angle = (index / corners) * 2 * Math.PI
    return [longitude + (radius_m * Math.cos(angle)) / mPerDegLon(latitude), latitude + (radius_m * Math.sin(angle)) / M_PER_DEG_LAT]
  })
}

type Metres = [east: number, north: number]

function local(origin: Point): (point: Point) => Metres {
  const lon = mPerDegLon(origin[0])
  return ([latitude, longitude]) => [(longitude - origin[1]) * lon, (latitude - origin[0]) * M_PER_DEG_LAT]
}

function toSegment([ax, ay]: Metres, [bx, by]: Metres): number {
  const [dx, dy] = [bx - ax, by - ay]
  const along = dx === 0 && dy === 0 ? 0 : Math.max(0, Math.min(1, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
  return Math.hypot(ax + along * dx, ay + along * dy)
}

function toLine(points: readonly Metres[], closed: boolean): number {
  const ends = closed ? points : points.slice(0, -1)
  return Math.min(...ends.map((point, index) => toSegment(point, points[(index + 1) % points.length] ?? point)))
}

/** Whether the origin lies within a ring. */
function encloses(ring: readonly Metres[]): boolean {
  let inside = false
  ring.forEach(([x, y], index) => {
    const [px, py] = ring.at(index - 1) ?? [x, y]
    if (y > 0 !== py > 0 && 0 < ((px - x) * -y) / (py - y) + x) inside = !inside
  })
  return inside
}

/** Metres to the edge of a zone: positive inside, negative outside. */
export function margin(zone: Zone, at: Point): number {
  const metres = local(at)
  if (zone.type === 'circle') {
    const [east, north] = metres(zone.center)
    return zone.radius_m - Math.hypot(east, north)
  }
  if (zone.type === 'corridor') return zone.half_width_m - toLine(zone.line.map(metres), false)
  const rings = [zone.outline, ...zone.holes].map((ring) => ring.map(metres))
  const edge = Math.min(...rings.map((ring) => toLine(ring, true)))
  const inside = encloses(rings[0] ?? []) && !rings.slice(1).some(encloses)
  return inside ? edge : -edge
}

/** The deepest margin among several places: inside one of them is inside. */
export function deepest(zones: readonly Zone[], at: Point): number | null {
  return zones.length === 0 ? null : Math.max(...zones.map((zone) => margin(zone, at)))
}

/** Every corner of a zone, for fitting a view. */
export function corners(zone: Zone): Place[] {
  if (zone.type === 'circle') return round(zone.center, zone.radius_m, 8)
  return (zone.type === 'polygon' ? zone.outline : zone.line).map(placeOf)
}
