// What the map of a replay draws. Made once for each answer; what is earlier and later is told by filters.
import type { Feature } from 'geojson'
import type { Replay, ZoneShape } from '../generated/api'
import { round } from '../map/geometry'
import { GAP_MS, glyph, placed, type Reception } from './line'

type Placed = Reception & { latitude_deg: number; longitude_deg: number }

const at = (one: Placed): [number, number] => [one.longitude_deg, one.latitude_deg]

/** Only what a position may be read from: a cell tower is a disc without a marker. */
const exact = (one: Placed) => one.source === 'gnss' || one.source === 'relay'

/** Positions with what was given then, and lines between them where no time is missing. `s`: seconds of the day. */
export function track(replay: Replay): Feature[] {
  const fixes = replay.receptions.filter(placed).filter(exact)
  const marks = fixes.map((one): Feature => {
    const ms = Date.parse(one.at)
    return { type: 'Feature', properties: { ms, compliance: glyph(replay.timeline, ms) }, geometry: { type: 'Point', coordinates: at(one) } }
  })
  const lines = fixes.slice(1).flatMap((one, index): Feature[] => {
    const before = fixes[index]
    const ms = Date.parse(one.at)
    if (!before || ms - Date.parse(before.at) > GAP_MS) return []
    return [{ type: 'Feature', properties: { ms }, geometry: { type: 'LineString', coordinates: [at(before), at(one)] } }]
  })
  return [...lines, ...marks]
}

export function smoothed(replay: Replay): Feature[] {
  const lines: [number, number][][] = []
  let before = -Infinity
  for (const one of replay.smoothed) {
    const ms = Date.parse(one.at)
    const place: [number, number] = [one.longitude_deg, one.latitude_deg]
    const last = lines.at(-1)
    if (last && ms - before <= GAP_MS) last.push(place)
    else lines.push([place])
    before = ms
  }
  return lines.filter((line) => line.length > 1).map((coordinates) => ({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates } }))
}

/** Radii that hold the true place in 95 of 100 cases, of some receptions. */
export function discs(near: readonly Reception[], replay: Replay): Feature[] {
  return near.filter(placed).map((one) => ({
    type: 'Feature',
    properties: { poor: glyph(replay.timeline, Date.parse(one.at)) === 'unknown' || !exact(one) },
    geometry: { type: 'Polygon', coordinates: [round([one.latitude_deg, one.longitude_deg], one.accuracy_m ?? 0, 48)] },
  }))
}

/** The zones in the versions that were in force at an instant. */
export function zonesAt(replay: Replay, ms: number): ZoneShape[] {
  return replay.zones.filter((one) => Date.parse(one.from_at) <= ms && ms < Date.parse(one.until_at)).map((one) => one.shape)
}
