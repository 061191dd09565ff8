// The strong layers over the base, in the order of drawing: zones, accuracy, people, alarms, names.
import type { DataDrivenPropertyValueSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { FONT } from './base'
import type { Colours } from './colours'
import { EMPTY } from './features'
import { RING_ORDER } from './glyphs'

const geojson = (more: Record<string, unknown> = {}) => ({ type: 'geojson', data: EMPTY, ...more }) as SourceSpecification

/** Shares of a cluster's ring in twenty-fourths; a minority keeps two, so that one diamond is never hidden. */
const share = (compliance: string) => ['case', ['>', ['get', compliance], 0], ['max', 2, ['round', ['*', 24, ['/', ['get', compliance], ['get', 'point_count']]]]], 0]

export const sources: Record<string, SourceSpecification> = {
  zones: geojson(),
  discs: geojson(),
  track: geojson(),
  people: geojson({
    cluster: true,
    clusterRadius: 44,
    clusterMinPoints: 5,
    clusterMaxZoom: 16,
    clusterProperties: Object.fromEntries(RING_ORDER.map((compliance) => [compliance, ['+', ['case', ['==', ['get', 'compliance'], compliance], 1, 0]]])),
  }),
  cells: geojson(),
  marked: geojson(),
}

/** A width in metres: the feature holds its pixels at zoom 0. */
const metres = (property: string, sign = 1) =>
  ['interpolate', ['exponential', 2], ['zoom'], 0, ['*', sign, ['get', property]], 22, ['*', sign * 2 ** 22, ['get', property]]] as DataDrivenPropertyValueSpecification<number>

const CORRIDOR = ['==', ['get', 'form'], 'corridor']
const of = (kind: string) => ['all', ['==', ['get', 'kind'], kind], ['!', CORRIDOR]]

function zoneLayers(colours: Colours): LayerSpecification[] {
  const edge = (kind: string, colour: keyof Colours, width: number, more: Record<string, unknown> = {}) => ({
    id: `zone-${kind}-edge`, type: 'line', source: 'zones', filter: of(kind), layout: { 'line-join': 'round' }, paint: { 'line-color': colours[colour], 'line-width': width, ...more },
  })
  const fill = (kind: string, paint: Record<string, unknown>) => ({ id: `zone-${kind}-fill`, type: 'fill', source: 'zones', filter: of(kind), paint })
  /** A corridor is a line of many metres: what it means is told by the colour that an area of the kind has. */
  const byKind = ['match', ['get', 'kind'], 'exclusion', colours['m-excl'], 'territory', colours['m-terr'], 'required_place', colours['m-attend'], colours['m-req']]
  const warned = { 'line-color': colours['m-excl'], 'line-width': 1.4, 'line-dasharray': [5, 3.5] }
  const along = { 'line-join': 'round', 'line-cap': 'round' }
  return [
    edge('territory', 'm-terr', 2),
    { id: 'zone-territory-ticks', type: 'line', source: 'zones', filter: of('territory'), paint: { 'line-color': colours['m-terr'], 'line-width': 6, 'line-offset': 3, 'line-dasharray': [0.25, 1.75] } },
    fill('presence', { 'fill-color': colours['m-req'], 'fill-opacity': 0.13 }),
    edge('presence', 'm-req', 1.4),
    { id: 'zone-presence-second', type: 'line', source: 'zones', filter: of('presence'), paint: { 'line-color': colours['m-req'], 'line-width': 1, 'line-offset': 3, 'line-opacity': 0.8 } },
    fill('required_place', { 'fill-pattern': 'dots' }),
    edge('required_place', 'm-attend', 1.8),
    fill('exclusion', { 'fill-pattern': 'hatch' }),
    edge('exclusion', 'm-excl', 2),
    { id: 'zone-warning', type: 'line', source: 'zones', filter: ['all', ['>', ['get', 'warning_px'], 0], ['!', CORRIDOR]], layout: { 'line-join': 'round' }, paint: { ...warned, 'line-offset': metres('warning_px', -1) } },
    { id: 'zone-corridor-fill', type: 'line', source: 'zones', filter: CORRIDOR, layout: along, paint: { 'line-color': byKind, 'line-opacity': 0.13, 'line-width': metres('width_px') } },
    { id: 'zone-corridor', type: 'line', source: 'zones', filter: CORRIDOR, layout: { 'line-join': 'round' }, paint: { 'line-color': byKind, 'line-width': 1.8, 'line-gap-width': metres('width_px') } },
    { id: 'zone-corridor-warning', type: 'line', source: 'zones', filter: ['all', ['>', ['get', 'warning_px'], 0], CORRIDOR], layout: { 'line-join': 'round' }, paint: { ...warned, 'line-gap-width': metres('warned_px') } },
    {
      id: 'zone-names', type: 'symbol', source: 'zones', minzoom: 13, filter: ['in', ['get', 'kind'], ['literal', ['exclusion', 'required_place']]],
      layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-max-width': 12, 'text-anchor': 'top', 'text-offset': [0, 1.1] },
      paint: { 'text-color': colours['text-2'], 'text-halo-color': colours['m-halo'], 'text-halo-width': 1.8 },
    },
  ] as LayerSpecification[]
}

function discLayers(colours: Colours): LayerSpecification[] {
  return [
    { id: 'disc-fill', type: 'fill', source: 'discs', filter: ['!', ['get', 'poor']], paint: { 'fill-color': colours.text, 'fill-opacity': 0.07 } },
    { id: 'disc-edge', type: 'line', source: 'discs', filter: ['!', ['get', 'poor']], paint: { 'line-color': colours['text-3'], 'line-width': 1 } },
    { id: 'disc-poor', type: 'line', source: 'discs', filter: ['get', 'poor'], paint: { 'line-color': colours['text-3'], 'line-width': 1, 'line-dasharray': [4, 4] } },
  ]
}

function trackLayers(colours: Colours): LayerSpecification[] {
  const raw = (decided: boolean, paint: Record<string, unknown>) => ({ id: `track-${decided ? 'decided' : 'raw'}`, type: 'circle', source: 'track', filter: ['==', ['get', 'decided'], decided], paint })
  return [
    { id: 'track-case', type: 'line', source: 'track', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colours['m-halo'], 'line-width': 4 } },
    { id: 'track-line', type: 'line', source: 'track', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colours.text, 'line-width': 1.4 } },
    raw(false, { 'circle-radius': 3, 'circle-color': colours['m-halo'], 'circle-stroke-color': colours['text-2'], 'circle-stroke-width': 1.3 }),
    raw(true, { 'circle-radius': 4.5, 'circle-color': colours.outside, 'circle-stroke-color': colours['m-halo'], 'circle-stroke-width': 1.5 }),
  ] as LayerSpecification[]
}

function peopleLayers(colours: Colours): LayerSpecification[] {
  const free = { 'icon-allow-overlap': true, 'icon-ignore-placement': true }
  return [
    { id: 'people', type: 'symbol', source: 'people', filter: ['!', ['has', 'point_count']], layout: { 'icon-image': ['concat', 'mark-', ['get', 'compliance']], ...free } },
    ...['clusters', 'cells'].map((id) => ({
      id, type: 'symbol', source: id === 'cells' ? 'cells' : 'people', filter: ['has', 'point_count'],
      layout: {
        'icon-image': ['concat', ...RING_ORDER.flatMap((compliance, index) => [index === 0 ? 'ring-' : '-', ['to-string', share(compliance)]])],
        'text-field': ['to-string', ['get', 'point_count']], 'text-font': ['Inter Semibold', 'Inter Variable'], 'text-size': 12.5,
        ...free, 'text-allow-overlap': true, 'text-ignore-placement': true,
      },
      paint: { 'text-color': colours.text },
    })),
  ] as LayerSpecification[]
}

function markedLayers(colours: Colours): LayerSpecification[] {
  const ring = (name: string, colour: keyof Colours) => ({
    id: `ring-${name}`, type: 'circle', source: 'marked', filter: ['==', ['get', 'ring'], name],
    paint: { 'circle-radius': 24, 'circle-color': 'transparent', 'circle-stroke-color': colours[colour], 'circle-stroke-width': 1.5, 'circle-stroke-opacity': 0.7 },
  })
  return [
    ring('p1', 'p1'),
    ring('plain', 'text-2'),
    { id: 'marked', type: 'symbol', source: 'marked', layout: { 'icon-image': ['get', 'icon'], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'order'] } },
    {
      id: 'marked-names', type: 'symbol', source: 'marked', filter: ['!=', ['get', 'name'], ''],
      layout: {
        'text-field': ['format', ['get', 'name'], { 'text-font': ['literal', ['Inter Semibold', 'Inter Variable']] }, ['case', ['==', ['get', 'line'], ''], '', ['concat', '\n', ['get', 'line']]], { 'font-scale': 0.92 }],
        'text-font': FONT, 'text-size': 13, 'text-anchor': 'left', 'text-justify': 'left', 'text-offset': ['case', ['==', ['get', 'ring'], 'none'], ['literal', [1.2, 0]], ['literal', [2.2, 0]]], 'text-max-width': 16,
        'text-allow-overlap': true,
      },
      paint: { 'text-color': colours.text, 'text-halo-color': colours['m-halo'], 'text-halo-width': 2 },
    },
  ] as LayerSpecification[]
}

export function layers(colours: Colours): LayerSpecification[] {
  return [...zoneLayers(colours), ...discLayers(colours), ...trackLayers(colours), ...peopleLayers(colours), ...markedLayers(colours)]
}

/** Layers that a button of the map shows or hides. */
export const TOGGLED = {
  people: ['people', 'clusters', 'cells'],
  zones: zoneLayers({} as Colours).map((layer) => layer.id),
  accuracy: ['disc-fill', 'disc-edge', 'disc-poor'],
  track: ['track-case', 'track-line', 'track-raw'],
} as const
