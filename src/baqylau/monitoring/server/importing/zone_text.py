"""Zones from GeoJSON, KML or a list of addresses, as maps and colleagues give them away.

Polygons become zones with their holes, lines become corridors, points become circles. What cannot be used is a
`ZoneError` whose key names the sentence.
"""

import math
from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, XMLParser

import msgspec

from baqylau.domain.zones import Circle, Corridor, Point, Polygon, Zone
from baqylau.monitoring.server.importing.zone_lines import is_list, read_lines
from baqylau.rules.places.geometry import ZoneError, repaired

MOST_ZONES: Final = 50
MOST_POINTS: Final = 1_000
_DEEPEST: Final = 8
_AXES: Final = 2


def read_zones(text: str, name: str = "", width_m: float = 50.0, most: int = MOST_ZONES) -> tuple[Zone, ...]:
    """Give every zone of a text. `name`: where it brings none; `width_m`: half the width of a line, or a radius."""
    stripped = text.lstrip("\ufeff \t\r\n")
    zones: list[Zone] = []
    for zone in read_lines(stripped, width_m) if is_list(stripped) else _drawn(stripped, name, width_m):
        if len(zones) == most:
            raise ZoneError("zone.refused.too_many", most=most)
        zones.append(repaired(zone))
    if not zones:
        raise ZoneError("zone.refused.nothing_drawn")
    return tuple(zones)


def _drawn(text: str, name: str, width_m: float) -> Iterator[Zone]:
    for its_name, kind, rings in _from_kml(text) if text.startswith("<") else _from_geojson(text):
        if sum(map(len, rings)) > MOST_POINTS:
            raise ZoneError("zone.refused.too_many_points", most=MOST_POINTS)
        yield _zone(its_name or name or kind, kind, rings, width_m)


_Rings = tuple[tuple[Point, ...], ...]
_Drawn = tuple[str, str, _Rings]


def _zone(name: str, kind: str, rings: _Rings, width_m: float) -> Zone:
    match kind:
        case "Point":
            return Circle(name=name, center=rings[0][0], radius_m=width_m)
        case "LineString":
            return Corridor(name=name, line=rings[0], half_width_m=width_m)
        case _:
            return Polygon(name=name, outline=_open(rings[0]), holes=tuple(_open(ring) for ring in rings[1:]))


def _open(ring: tuple[Point, ...]) -> tuple[Point, ...]:
    """Leave out the repetition of the first point."""
    return ring[:-1] if len(ring) > 1 and ring[0] == ring[-1] else ring


def _from_geojson(text: str) -> Iterator[_Drawn]:
    try:
        value = msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as broken:
        raise ZoneError("zone.refused.not_readable") from broken
    yield from _object(value, "", _DEEPEST)


def _object(value: Any, name: str, deep: int) -> Iterator[_Drawn]:
    if not isinstance(value, dict) or deep == 0:
        raise ZoneError("zone.refused.not_readable")
    match value.get("type"):
        case "FeatureCollection" | "GeometryCollection" as kind:
            for one in _list(value.get("features" if kind == "FeatureCollection" else "geometries")):
                yield from _object(one, name, deep - 1)
        case "Feature":
            properties = value.get("properties")
            given = properties.get("name", "") if isinstance(properties, dict) else ""
            yield from _object(value.get("geometry"), str(given).strip()[:256] or name, deep - 1)
        case str(kind):
            yield from _geometry(kind, value.get("coordinates"), name)
        case _:
            raise ZoneError("zone.refused.not_readable")


def _geometry(kind: str, coordinates: Any, name: str) -> Iterator[_Drawn]:
    if kind.startswith("Multi"):
        for one in _list(coordinates):
            yield from _geometry(kind.removeprefix("Multi"), one, name)
    elif kind == "Point":
        yield name, kind, ((_place(coordinates),),)
    elif kind == "LineString":
        yield name, kind, (_ring(coordinates),)
    elif kind == "Polygon":
        yield name, kind, tuple(_ring(one) for one in _list(coordinates)) or ((),)
    else:
        raise ZoneError("zone.refused.unknown_shape", shape=kind[:64])


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ZoneError("zone.refused.not_readable")
    return value


def _ring(value: Any) -> tuple[Point, ...]:
    return tuple(_place(one) for one in _list(value))


def _place(value: Any) -> Point:
    """Read a pair, longitude first as both formats have it; a third number is a height."""
    pair = _list(value)[:_AXES]
    if len(pair) < _AXES or not all(isinstance(one, int | float) and not isinstance(one, bool) for one in pair):
        raise ZoneError("zone.refused.not_readable")
    longitude, latitude = (float(one) if abs(one) < math.inf else math.nan for one in pair)
    if abs(latitude) > 90 >= abs(longitude):  # noqa: PLR2004 - the globe's own
        raise ZoneError("zone.refused.axes_exchanged", latitude_deg=latitude, longitude_deg=longitude)
    return Point(latitude, longitude)


class _NoDoctypeError(Exception):
    """A document that defines its own entities is not read: some are made to fill the memory."""


class _Builder:
    """Builds elements as the standard's own builder does, and stops at a document type."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._open: list[Element] = []

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise _NoDoctypeError

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        element = Element(tag.rpartition("}")[2])
        if self._open:
            self._open[-1].append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _tag: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        if self._open:
            self._open[-1].text = (self._open[-1].text or "") + text

    def close(self) -> Element:
        return self.root if self.root is not None else Element("none")


def _from_kml(text: str) -> Iterator[_Drawn]:
    parser = XMLParser(target=_Builder())  # noqa: S314 - entities are refused, and the text is short
    try:
        parser.feed(text)
        root = parser.close()
    except (ParseError, _NoDoctypeError, ValueError) as broken:
        raise ZoneError("zone.refused.not_readable") from broken
    for mark in root.iter("Placemark"):
        name = (mark.findtext("name") or "").strip()[:256]
        for shape in mark.iter():
            if shape.tag == "Polygon":
                outer, inner = shape.find("outerBoundaryIs"), shape.findall("innerBoundaryIs")
                yield name, "Polygon", tuple(_kml_ring(one) for one in (outer, *inner))
            elif shape.tag in {"LineString", "Point"}:
                yield name, shape.tag, (_kml_ring(shape),)


def _kml_ring(within: Element | None) -> tuple[Point, ...]:
    found = next(within.iter("coordinates"), None) if within is not None else None
    places = [one.split(",") for one in (found.text or "").split()] if found is not None else []
    try:
        return tuple(_place([float(one) for one in place]) for place in places)
    except ValueError as broken:
        raise ZoneError("zone.refused.not_readable") from broken
