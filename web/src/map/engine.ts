// Makes a MapLibre map: its worker, its fonts, its images. Loaded only by pages that show a map.
import 'maplibre-gl/dist/maplibre-gl.css'
import * as maplibregl from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import { Protocol } from 'pmtiles'
import { atlas } from './atlas'
import { tiles, town, type Base } from './base'
import { readColours, type Colours } from './colours'
import { COMPLIANCES, dots, hatch, mark, RATIO, ring, sign, type Image } from './glyphs'
import { layers, sources } from './subjects'

// No bundler finds the worker by itself: without this line the map stays blank, and nothing says why.
maplibregl.setWorkerUrl(workerUrl)
maplibregl.addProtocol('pmtiles', new Protocol().tile)

const KAZAKH = 'Қазақ Әңгөұүһі 0123'

/** What an installation names as its base map. */
export async function baseOf(address: string): Promise<Base> {
  if (/\.pmtiles$/i.test(address)) return tiles(new URL(address, location.href).href)
  return address ? town(address) : atlas()
}

function images(colours: Colours): [string, Image][] {
  return [
    ...COMPLIANCES.map((compliance): [string, Image] => [`mark-${compliance}`, mark(compliance, colours)]),
    ...[1, 2, 3].flatMap((priority): [string, Image][] => [
      [`sign-${priority}`, sign(priority, 22, colours)],
      [`sign-${priority}-big`, sign(priority, 30, colours)],
    ]),
    ['hatch', hatch(colours)],
    ['dots', dots(colours)],
  ]
}

export interface Chart {
  map: maplibregl.Map
  /** Read the tokens anew and draw everything in them, when the look is not the one drawn last. */
  repaint: (look: string) => void
}

export interface View {
  container: HTMLElement
  base: Base
  name: string
  center: [number, number]
  zoom: number
  look: string
}

/** Give a map once it is loaded. Raises when the browser has no WebGL. */
export async function createChart({ container, base, name, center, zoom, look }: View): Promise<Chart> {
  await Promise.all(['500', '600'].map((weight) => document.fonts.load(`${weight} 24px "Inter Variable"`, KAZAKH)))
  let colours = readColours()
  const map = new maplibregl.Map({
    container,
    center,
    zoom,
    attributionControl: { compact: true },
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: 0,
    locale: { 'Map.Title': name },
    style: { version: 8, sources: { ...base.sources, ...structuredClone(sources) }, layers: [...base.layers(colours), ...layers(colours)] },
  })
  map.touchZoomRotate.disableRotation()
  map.setMissingStyleImageResolver((id) => {
    if (id.startsWith('ring-') && !map.hasImage(id)) map.addImage(id, ring(id.slice(5).split('-').map(Number), colours), { pixelRatio: RATIO })
  })
  for (const [id, image] of images(colours)) map.addImage(id, image, { pixelRatio: RATIO })
  await new Promise<void>((loaded) => void map.once('load', () => loaded()))
  let drawn = look
  const repaint = (wanted: string) => {
    if (wanted === drawn) return
    drawn = wanted
    colours = readColours()
    for (const [id, image] of images(colours)) map.updateImage(id, image)
    for (const id of map.listImages()) if (id.startsWith('ring-')) map.updateImage(id, ring(id.slice(5).split('-').map(Number), colours))
    for (const layer of [...base.layers(colours), ...layers(colours)]) {
      for (const [property, value] of Object.entries(layer.paint ?? {})) map.setPaintProperty(layer.id, property as never, value as never)
    }
  }
  return { map, repaint }
}

export type { Map as MapLibre, GeoJSONSource } from 'maplibre-gl'
