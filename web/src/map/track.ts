// A walk on the map: a mark at each fix, a line between them that stops where nothing was heard.
import type { Feature } from 'geojson'
import { fixOf } from '../chart/lanes'
import type { Heard } from '../generated/api'

/** Longer than this between two fixes and no line is drawn. */
const GAP_MS = 180_000

export function track(heard: readonly Heard[]): Feature[] {
  const fixes = heard.flatMap((one) => {
    const fix = fixOf(one)
    return fix ? [{ at: [fix.longitude_deg, fix.latitude_deg], ms: Date.parse(one.observed_at), decided: one.decided }] : []
  })
  const lines = fixes.slice(1).flatMap((fix, index): Feature[] => {
    const before = fixes[index]
    if (!before || fix.ms - before.ms > GAP_MS) return []
    return [{ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [before.at, fix.at] } }]
  })
  const marks = fixes.map((fix): Feature => ({ type: 'Feature', properties: { decided: fix.decided }, geometry: { type: 'Point', coordinates: fix.at } }))
  return [...lines, ...marks]
}
