// Land and borders from Natural Earth, carried in the built assets: 1 to 50 million.
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import address from 'world-atlas/countries-50m.json?url'
import { world, type Base } from './base'

type Atlas = Topology<{ countries: GeometryCollection; land: GeometryCollection }>

export async function atlas(): Promise<Base> {
  const topology = (await (await fetch(address)).json()) as Atlas
  return world({
    land: { type: 'geojson', data: feature(topology, topology.objects.land) },
    borders: { type: 'geojson', data: { type: 'Feature', properties: {}, geometry: mesh(topology, topology.objects.countries, (a, b) => a !== b) } },
  })
}
