// What the map draws, as GeoJSON: zones, accuracy discs, people, and those whom the screen is about.
import type { Feature, FeatureCollection, Geometry } from 'geojson'
import type { AlarmRow, LastFix, LivePerson, MapCell, ZoneShape } from '../generated/api'
import { placeOf, round, type Zone } from './geometry'

export type Collection = FeatureCollection

export const EMPTY: Collection = { type: 'FeatureCollection', features: [] }

export const collection = (features: Feature[]): Collection => ({ type: 'FeatureCollection', features })

function shape(zone: Zone): Geometry {
  if (zone.type === 'corridor') return { type: 'LineString', coordinates: zone.line.map(placeOf) }
  if (zone.type === 'circle') return { type: 'Polygon', coordinates: [round(zone.center, zone.radius_m)] }
  const rings = [zone.outline, ...zone.holes].map((ring) => ring.map(placeOf))
  return { type: 'Polygon', coordinates: rings.map((ring) => [...ring, ...ring.slice(0, 1)]) }
}

const latitudeOf = (zone: Zone) => (zone.type === 'circle' ? zone.center[0] : ((zone.type === 'polygon' ? zone.outline : zone.line)[0]?.[0] ?? 0))

/** Metres that one pixel covers at zoom 0: widths in metres are scaled by it. */
const mPerPixel = (latitude: number) => 78_271.517 * Math.cos((latitude * Math.PI) / 180)

export function zoneFeatures(zones: readonly ZoneShape[], selected: string | null): Feature[] {
  return zones.map(({ kind, zone, warning_m, person_id }) => {
    const scale = mPerPixel(latitudeOf(zone))
    const width_m = zone.type === 'corridor' ? 2 * zone.half_width_m : 0
    return {
      type: 'Feature',
      properties: {
        kind,
        name: zone.name,
        form: zone.type,
        selected: person_id === selected,
        warning_px: warning_m / scale,
        width_px: width_m / scale,
        warned_px: (width_m + 2 * warning_m) / scale,
      },
      geometry: shape(zone),
    }
  })
}

export function disc(fix: LastFix, poor: boolean): Feature {
  return {
    type: 'Feature',
    properties: { poor },
    geometry: { type: 'Polygon', coordinates: [round([fix.latitude_deg, fix.longitude_deg], fix.accuracy_m, 48)] },
  }
}

export function dot(person: LivePerson, fix: LastFix): Feature {
  return {
    type: 'Feature',
    id: person.id,
    properties: { id: person.id, compliance: person.compliance },
    geometry: { type: 'Point', coordinates: [fix.longitude_deg, fix.latitude_deg] },
  }
}

/** A sign for several people; its shares are drawn as those of a cluster are. */
export function cell({ latitude_deg, longitude_deg, people, compliance }: MapCell): Feature {
  const none = { inside: 0, free: 0, excused: 0, unknown: 0, outside: 0 }
  return { type: 'Feature', properties: { ...none, ...compliance, point_count: people }, geometry: { type: 'Point', coordinates: [longitude_deg, latitude_deg] } }
}

export interface Marked {
  person: LivePerson
  row: AlarmRow | null
  selected: boolean
  line: string
}

/** Somebody whom the screen is about: with the sign of the most urgent open alarm, and a name where it matters. */
export function marked({ person, row, selected, line }: Marked, fix: LastFix): Feature {
  const priority = row ? Math.min(3, row.alarm.priority) : 0
  const hot = row?.alarm.state === 'open' && priority === 1
  return {
    type: 'Feature',
    id: person.id,
    properties: {
      id: person.id,
      icon: priority > 0 ? `sign-${priority}${hot || selected ? '-big' : ''}` : `mark-${person.compliance}`,
      order: priority > 0 ? 10 - priority : 0,
      ring: selected ? (priority === 1 ? 'p1' : 'plain') : 'none',
      name: selected || priority === 1 ? person.name : '',
      line: selected ? line : '',
    },
    geometry: { type: 'Point', coordinates: [fix.longitude_deg, fix.latitude_deg] },
  }
}

/** The most urgent open alarm of each person. */
export function urgent(rows: Iterable<AlarmRow>): Map<string, AlarmRow> {
  const found = new Map<string, AlarmRow>()
  for (const row of rows) {
    const other = found.get(row.alarm.person_id)
    if (row.alarm.superseded_at === null && (!other || row.alarm.priority < other.alarm.priority)) found.set(row.alarm.person_id, row)
  }
  return found
}
