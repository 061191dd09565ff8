// Layers of a replay, over the zones and accuracy discs that every map has.
import type { LayerSpecification } from 'maplibre-gl'
import { FONT } from '../map/base'
import type { Colours } from '../map/colours'

const LINE = ['==', ['geometry-type'], 'LineString']
const POINT = ['==', ['geometry-type'], 'Point']
const until = (ms: number) => ['<=', ['get', 'ms'], ms]
const after = (ms: number) => ['>', ['get', 'ms'], ms]

/** Which features a layer shows while the line of time stands at an instant. */
export const FILTERS: Record<string, (ms: number) => unknown[]> = {
  'replay-case': (ms) => ['all', LINE, until(ms)],
  'replay-line': (ms) => ['all', LINE, until(ms)],
  'replay-later': (ms) => ['all', LINE, after(ms)],
  'replay-fixes-later': (ms) => ['all', POINT, after(ms)],
  'replay-fixes': (ms) => ['all', POINT, until(ms)],
}

export function layers(colours: Colours, ms: number): LayerSpecification[] {
  const filter = (id: string) => FILTERS[id]?.(ms)
  const line = (id: string, paint: Record<string, unknown>, layout: Record<string, unknown> = {}) => ({ id, type: 'line', source: 'replay', filter: filter(id), layout: { 'line-cap': 'round', 'line-join': 'round', ...layout }, paint })
  return [
    { id: 'replay-smooth', type: 'line', source: 'smooth', layout: { 'line-join': 'round' }, paint: { 'line-color': colours['text-3'], 'line-width': 1, 'line-opacity': 0.75 } },
    line('replay-later', { 'line-color': colours['text-3'], 'line-width': 2, 'line-dasharray': [0.1, 2.4] }),
    { id: 'replay-fixes-later', type: 'circle', source: 'replay', minzoom: 14, filter: filter('replay-fixes-later'), paint: { 'circle-radius': 1.6, 'circle-color': colours['text-3'] } },
    line('replay-case', { 'line-color': colours['m-halo'], 'line-width': 5 }),
    line('replay-line', { 'line-color': colours.text, 'line-width': 1.8 }),
    { id: 'replay-fixes', type: 'symbol', source: 'replay', filter: filter('replay-fixes'), layout: { 'icon-image': ['concat', 'mark-', ['get', 'compliance']], 'icon-size': 0.85, 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'replay-here', type: 'circle', source: 'here', paint: { 'circle-radius': 7.5, 'circle-color': colours['m-halo'], 'circle-stroke-color': colours.text, 'circle-stroke-width': 3.2 } },
    { id: 'replay-here-name', type: 'symbol', source: 'here', layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 13, 'text-anchor': 'top', 'text-offset': [0, 1.1], 'text-allow-overlap': true }, paint: { 'text-color': colours.text, 'text-halo-color': colours['m-halo'], 'text-halo-width': 2 } },
  ] as LayerSpecification[]
}
