// The last hour of whom the live map is about, when somebody asks for it: a look that is on record.
import type { Feature } from 'geojson'
import { track } from '../replay/features'
import { api } from '../session/api'

const HOUR_MS = 3_600_000

/** Positions and the lines between them where no time is missing. */
export async function lastHour(person: string, now_ms: number): Promise<Feature[]> {
  const found = await api.replay(person, new Date(now_ms - HOUR_MS).toISOString(), new Date(now_ms).toISOString(), null)
  return track(found).map((one) => ({ ...one, properties: { ...one.properties, decided: false } }))
}
