// Keeps the people on the map equal to the picture by sending differences only.
import type { GeoJSONSourceDiff } from 'maplibre-gl'
import type { LivePerson } from '../generated/api'
import { dot } from './features'

/** What changed between two pictures; people in `apart` are drawn by another layer. */
export function difference(before: ReadonlyMap<string, LivePerson>, after: ReadonlyMap<string, LivePerson>): GeoJSONSourceDiff | null {
  const add = []
  const remove = [...before.keys()].filter((id) => !after.has(id))
  for (const [id, person] of after) {
    if (before.get(id) === person || !person.last_fix) continue
    add.push(dot(person, person.last_fix))
    if (before.has(id)) remove.push(id)
  }
  return add.length > 0 || remove.length > 0 ? { remove, add } : null
}
