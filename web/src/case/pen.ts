// The zone under the pen, on the map: handles that are dragged, edges that take a new point. Loaded with the map alone.
import type { GeoJSONSource, LayerSpecification, MapLayerMouseEvent, MapLayerTouchEvent, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import type { Feature } from 'geojson'
import type { ZoneShape } from '../generated/api'
import { readColours, type Colours } from '../map/colours'
import type { Chart } from '../map/engine'
import { collection, EMPTY, zoneFeatures } from '../map/features'
import { placeOf, type Place, type Zone } from '../map/geometry'
import { pointAt, rings, type Handle } from './zone'

const M_PER_DEG_LON = (latitude: number) => 111_320 * Math.cos((latitude * Math.PI) / 180)

interface Drawn extends Handle {
  at: Place
  /** A place between two points, where a new one begins. */
  between: boolean
}

function handles(zone: Zone): Drawn[] {
  if (zone.type === 'circle') {
    const [latitude, longitude] = zone.center
    const edge: Place = [longitude + zone.radius_m / M_PER_DEG_LON(latitude), latitude]
    return [{ kind: 'centre', ring: 0, index: 0, at: placeOf(zone.center), between: false }, { kind: 'edge', ring: 0, index: 0, at: edge, between: false }]
  }
  return rings(zone).flatMap((ring, number) => ring.flatMap((point, index): Drawn[] => {
    const here: Drawn = { kind: 'corner', ring: number, index, at: placeOf(point), between: false }
    const next = ring[index + 1] ?? (zone.type === 'polygon' ? ring[0] : undefined)
    if (!next) return [here]
    return [here, { ...here, at: [(point[1] + next[1]) / 2, (point[0] + next[0]) / 2], between: true }]
  }))
}

function layers(colours: Colours): LayerSpecification[] {
  const between = ['get', 'between']
  return [
    { id: 'pen-others', type: 'line', source: 'pen-others', layout: { 'line-join': 'round' }, paint: { 'line-color': colours['text-3'], 'line-width': 1.2, 'line-opacity': 0.7 } },
    {
      id: 'pen-points', type: 'circle', source: 'pen-points',
      paint: {
        'circle-radius': ['case', between, 4, ['get', 'picked'], 9, 7],
        'circle-color': ['case', between, colours['m-halo'], ['get', 'picked'], colours.text, colours.surface],
        'circle-opacity': ['case', between, 0.75, 1],
        'circle-stroke-color': colours.text,
        'circle-stroke-width': ['case', between, 1, 2],
      },
    },
  ] as LayerSpecification[]
}

export interface Pen {
  show: (shape: ZoneShape, others: readonly ZoneShape[], picked: Handle | null) => void
  repaint: () => void
}

export interface Hand {
  /** A point is being dragged. */
  drag: (handle: Handle, to: ReturnType<typeof pointAt>) => void
  /** It was let go. */
  drop: () => void
  /** A place between two points was taken: from here on it is a point. Gives its handle. */
  split: (handle: Handle, at: ReturnType<typeof pointAt>) => Handle
  pick: (handle: Handle) => void
}

type Grip = MapLayerMouseEvent | MapLayerTouchEvent

/** Show zones on a map; with a hand, also the points that it may drag. */
export function takePen({ map }: Chart, hand: Hand | null): Pen {
  for (const id of ['pen-others', 'pen-points']) map.addSource(id, { type: 'geojson', data: EMPTY })
  for (const layer of layers(readColours())) map.addLayer(layer, layer.id === 'pen-others' ? 'zone-territory-edge' : undefined)
  const set = (id: string, features: Feature[]) => void map.getSource<GeoJSONSource>(id)?.setData(collection(features))

  function grip(event: Grip, by: Hand): void {
    const found = event.features?.[0]?.properties as (Handle & { between: boolean }) | undefined
    if (!found || ('points' in event && event.points.length !== 1)) return
    event.preventDefault()
    let handle: Handle = { kind: found.kind, ring: found.ring, index: found.index }
    if (found.between) handle = by.split(handle, pointAt([event.lngLat.lng, event.lngLat.lat]))
    by.pick(handle)
    const move = (moved: MapMouseEvent | MapTouchEvent) => by.drag(handle, pointAt([moved.lngLat.lng, moved.lngLat.lat]))
    const [moves, ends] = event.type === 'touchstart' ? (['touchmove', 'touchend'] as const) : (['mousemove', 'mouseup'] as const)
    map.on(moves, move)
    void map.once(ends, () => {
      map.off(moves, move)
      by.drop()
    })
  }
  if (hand) {
    map.on('mousedown', 'pen-points', (event) => grip(event, hand))
    map.on('touchstart', 'pen-points', (event) => grip(event, hand))
  }
  map.on('mouseenter', 'pen-points', () => (map.getCanvas().style.cursor = 'grab'))
  map.on('mouseleave', 'pen-points', () => (map.getCanvas().style.cursor = ''))

  return {
    show: (shape, others, picked) => {
      set('zones', zoneFeatures([shape], null))
      set('pen-others', zoneFeatures(others, null))
      const same = (one: Handle) => picked !== null && one.kind === picked.kind && one.ring === picked.ring && one.index === picked.index
      set('pen-points', (hand ? handles(shape.zone) : []).map(({ at, ...one }) => ({ type: 'Feature', properties: { ...one, picked: !one.between && same(one) }, geometry: { type: 'Point', coordinates: at } })))
    },
    repaint: () => {
      for (const layer of layers(readColours())) for (const [property, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, property as never, value as never)
    },
  }
}
