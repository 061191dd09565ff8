// The quiet base below the subjects: a town drawn in GeoJSON, a PMTiles file, or the outline of the world.
import type { FilterSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import type { Colours } from './colours'

export interface Base {
  sources: Record<string, SourceSpecification>
  layers: (colours: Colours) => LayerSpecification[]
}

export const FONT = ['Inter Medium', 'Inter Variable']
const BOLD = ['Inter Semibold', 'Inter Variable']

/** A width that grows with the zoom as things on the ground do: `px` at zoom 14. */
const grows = (px: number): ['interpolate', ['exponential', number], ['zoom'], number, number, number, number] => ['interpolate', ['exponential', 1.7], ['zoom'], 10, px / 8, 18, px * 8]

const land = (colours: Colours): LayerSpecification => ({ id: 'land', type: 'background', paint: { 'background-color': colours['m-land'] } })

function label(colours: Colours, id: string, where: Partial<LayerSpecification>, filter: unknown, size: number, minzoom: number, font = FONT): LayerSpecification {
  return {
    id,
    type: 'symbol',
    minzoom,
    filter,
    layout: { 'text-field': ['coalesce', ['get', 'name:kk'], ['get', 'name']], 'text-font': font, 'text-size': size, 'text-max-width': 9 },
    paint: { 'text-color': colours['m-label'], 'text-halo-color': colours['m-halo'], 'text-halo-width': 1.5 },
    ...where,
  } as LayerSpecification
}

/** A town in GeoJSON. Each feature's `kind` says how to draw it; a `label` is a point with a `rank` and a name. */
export function town(address: string): Base {
  const kind = (name: string): FilterSpecification => ['==', ['get', 'kind'], name]
  const rank = (...ranks: string[]) => ['all', kind('label'), ['in', ['get', 'rank'], ['literal', ranks]]]
  const area = (colours: Colours, name: 'green' | 'water' | 'block' | 'build', of: string, minzoom = 0) =>
    ({ id: `town-${name}`, type: 'fill', source: 'town', minzoom, filter: kind(of), paint: { 'fill-color': colours[`m-${name}`] } }) as LayerSpecification
  const line = (colours: Colours, id: string, of: string, colour: keyof Colours, px: number) =>
    ({ id: `town-${id}`, type: 'line', source: 'town', filter: kind(of), layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colours[colour], 'line-width': grows(px) } }) as LayerSpecification
  const names = { source: 'town' } as Partial<LayerSpecification>
  return {
    sources: { town: { type: 'geojson', data: address } },
    layers: (colours) => [
      land(colours),
      area(colours, 'block', 'block'),
      area(colours, 'green', 'green'),
      area(colours, 'water', 'water'),
      area(colours, 'build', 'building', 13.2),
      line(colours, 'minor', 'minor', 'm-minor', 3.6),
      line(colours, 'rail', 'rail', 'm-rail', 1.6),
      line(colours, 'road-case', 'road', 'm-road-c', 10),
      line(colours, 'road', 'road', 'm-road', 8),
      label(colours, 'town-parks', names, rank('park', 'water'), 12, 13.5),
      label(colours, 'town-districts', names, rank('district'), 14, 11, BOLD),
    ],
  }
}

/** A PMTiles file in the Protomaps arrangement of layers. */
export function tiles(address: string): Base {
  const source = { source: 'tiles' }
  const area = (colours: Colours, id: string, layer: string, colour: keyof Colours, filter?: unknown) =>
    ({ id, type: 'fill', ...source, 'source-layer': layer, ...(filter ? { filter } : {}), paint: { 'fill-color': colours[colour] } }) as LayerSpecification
  const road = (colours: Colours, id: string, kinds: string[], colour: keyof Colours, px: number) =>
    ({ id, type: 'line', ...source, 'source-layer': 'roads', filter: ['in', ['get', 'kind'], ['literal', kinds]], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': colours[colour], 'line-width': grows(px) } }) as LayerSpecification
  return {
    sources: { tiles: { type: 'vector', url: `pmtiles://${address}`, attribution: '© OpenStreetMap' } },
    layers: (colours) => [
      { id: 'land', type: 'background', paint: { 'background-color': colours['m-water'] } },
      area(colours, 'tiles-earth', 'earth', 'm-land', ['==', ['geometry-type'], 'Polygon']),
      area(colours, 'tiles-green', 'landuse', 'm-green', ['in', ['get', 'kind'], ['literal', ['park', 'forest', 'wood', 'grass', 'garden', 'cemetery', 'nature_reserve']]]),
      area(colours, 'tiles-block', 'landuse', 'm-block', ['in', ['get', 'kind'], ['literal', ['residential', 'industrial', 'commercial', 'school', 'hospital']]]),
      area(colours, 'tiles-water', 'water', 'm-water', ['==', ['geometry-type'], 'Polygon']),
      area(colours, 'tiles-buildings', 'buildings', 'm-build'),
      road(colours, 'tiles-minor', ['minor_road', 'path', 'other'], 'm-minor', 3),
      road(colours, 'tiles-rail', ['rail'], 'm-rail', 1.6),
      road(colours, 'tiles-road-case', ['highway', 'major_road'], 'm-road-c', 9),
      road(colours, 'tiles-road', ['highway', 'major_road'], 'm-road', 7),
      label(colours, 'tiles-streets', { ...source, 'source-layer': 'roads', layout: { 'text-field': ['coalesce', ['get', 'name:kk'], ['get', 'name']], 'text-font': FONT, 'text-size': 12, 'symbol-placement': 'line' } }, ['has', 'name'], 12, 14),
      label(colours, 'tiles-places', { ...source, 'source-layer': 'places' }, ['has', 'name'], 14, 4, BOLD),
    ],
  }
}

/** The built-in outline of the world: enough to see the country. */
export function world(sources: Base['sources']): Base {
  return {
    sources,
    layers: (colours) => [
      { id: 'land', type: 'background', paint: { 'background-color': colours['m-water'] } },
      { id: 'world-land', type: 'fill', source: 'land', paint: { 'fill-color': colours['m-land'] } },
      { id: 'world-borders', type: 'line', source: 'borders', paint: { 'line-color': colours['m-rail'], 'line-width': 1 } },
    ],
  }
}
