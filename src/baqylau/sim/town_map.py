"""The base map of the town as GeoJSON.

One collection; each feature's `kind` says how to draw it: `land`, `block`, `building`, `green`, `water`, `minor`,
`road`, `rail`, or for points that only carry a `name`, `district`, `park` and `river`. Streets and roads carry
their `name` too. The school carries none: the zones around it do, and one name in two places is one too many.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, Point, box
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from baqylau.sim import town_plan as plan
from baqylau.sim.town import Town, smooth, town

STEPPE = box(-4200, -3600, 4200, 3600)
"""How far the map goes beyond the town."""

GeoJson = dict[str, Any]


def geojson(of: Town | None = None) -> GeoJson:
    """Give the map as a GeoJSON feature collection, in the order of drawing."""
    drawn = of or town()
    features = [*_areas(drawn), *_lines(drawn), *_labels()]
    return {"type": "FeatureCollection", "name": plan.NAME, "features": features}


def write(path: Path) -> None:
    """Write the map to a file; the same bytes each time."""
    path.write_bytes(msgspec.json.encode(geojson()))


def _areas(of: Town) -> Iterator[GeoJson]:
    yield _feature("land", STEPPE)
    yield _feature("block", MultiPolygon([*of.blocks, of.school]))
    yield _feature("green", of.green)
    yield _feature("water", of.water.intersection(STEPPE))
    yield _feature("building", MultiPolygon(of.buildings))


def _lines(of: Town) -> Iterator[GeoJson]:
    by_name: dict[str, list[LineString]] = {}
    for street in of.minor_streets:
        by_name.setdefault(street.name, []).append(street.line)
    for name, pieces in sorted(by_name.items()):
        yield _feature("minor", shapely.line_merge(MultiLineString(pieces)), name=name)
    yield _feature("rail", LineString(smooth(plan.RAIL)).intersection(STEPPE))
    for road in of.roads:
        yield _feature("road", road.line.intersection(STEPPE), name=road.name)


def _labels() -> Iterator[GeoJson]:
    for district in plan.DISTRICTS:
        if district.name in plan.LABELLED:
            yield _label("district", district.name, district.middle)
    river = LineString(smooth(plan.RIVER_LINE))
    for share in (0.27, 0.44, 0.66):
        middle = river.interpolate(share, normalized=True)
        yield _label("river", f"өз. {plan.RIVER}", (middle.x, middle.y))
    for name, outline in plan.GREENS:
        if name:
            middle = shapely.Polygon(outline).centroid
            yield _label("park", name, (middle.x, middle.y))


def _label(kind: str, name: str, place: plan.Place) -> GeoJson:
    return _feature(kind, Point(place), name=name)


def _feature(kind: str, shape: BaseGeometry, **properties: str) -> GeoJson:
    placed = shapely.transform(shape, plan.to_longitude_latitude)
    named: Mapping[str, str] = {name: value for name, value in properties.items() if value}
    return {"type": "Feature", "properties": {"kind": kind, **named}, "geometry": mapping(placed)}
