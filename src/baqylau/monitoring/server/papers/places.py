"""Where somebody was measured to be, as files for maps: GeoJSON, KML and GPX. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

import msgspec
from msgspec import Struct

from baqylau.domain.observations import Authentication, Fix, Observation
from baqylau.rules.clock import instant

_KML: Final = "http://www.opengis.net/kml/2.2"
_GPX: Final = "http://www.topografix.com/GPX/1/1"
_OURS: Final = "https://baqylau.invalid/track/1"
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


class Place(Struct, frozen=True, kw_only=True):
    """A position as a device gave it: nothing is corrected."""

    at: datetime
    received_at: datetime
    latitude_deg: float
    longitude_deg: float
    altitude_m: float | None
    accuracy_m: float | None
    """Radius that holds the true place in 95 of 100 cases; None where the device does not say it."""
    speed_m_s: float | None
    satellites: int | None
    source: str
    device_id: str
    authentication: Authentication


class Said(Struct, frozen=True, kw_only=True):
    """What a file says of itself."""

    name: str
    text: str
    """Period, time zone, what accuracy means."""


def places_of(observations: Iterable[Observation]) -> Iterator[Place]:
    """Give the positions in what devices told."""
    for one in observations:
        for body in one.bodies:
            if isinstance(body, Fix):
                yield Place(
                    at=instant(one),
                    received_at=one.received_at,
                    latitude_deg=body.latitude_deg,
                    longitude_deg=body.longitude_deg,
                    altitude_m=body.altitude_m,
                    accuracy_m=body.accuracy_m,
                    speed_m_s=body.speed_m_s,
                    satellites=body.satellites,
                    source=body.source.value,
                    device_id=one.device_id,
                    authentication=one.authentication,
                )


def as_geojson(places: Sequence[Place], said: Said) -> bytes:
    """Write points with everything that was said of them (RFC 7946): longitude first, instants in UTC."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": _coordinates(one)},
            "properties": {
                name: value
                for name, value in msgspec.to_builtins(one).items()
                if name not in {"latitude_deg", "longitude_deg"}
            },
        }
        for one in places
    ]
    collection = {"type": "FeatureCollection", "name": said.name, "description": said.text, "features": features}
    return msgspec.json.encode(collection)


def _coordinates(one: Place) -> list[float]:
    flat = [one.longitude_deg, one.latitude_deg]
    return flat if one.altitude_m is None else [*flat, one.altitude_m]


def as_kml(places: Sequence[Place], said: Said) -> bytes:
    """Write a line and its points with their instants (OGC KML 2.2)."""
    root = ET.Element("kml", xmlns=_KML)
    document = ET.SubElement(root, "Document")
    _leaf(document, "name", said.name)
    _leaf(document, "description", said.text)
    if len(places) > 1:
        way = ET.SubElement(document, "Placemark")
        _leaf(way, "name", said.name)
        line = ET.SubElement(way, "LineString")
        _leaf(line, "coordinates", " ".join(_kml_point(one) for one in places))
    for one in places:
        mark = ET.SubElement(document, "Placemark")
        _leaf(ET.SubElement(mark, "TimeStamp"), "when", _utc(one.at))
        more = ET.SubElement(mark, "ExtendedData")
        for name in ("accuracy_m", "source", "device_id", "authentication"):
            if (value := getattr(one, name)) is not None:
                _leaf(ET.SubElement(more, "Data", name=name), "value", str(value))
        _leaf(ET.SubElement(mark, "Point"), "coordinates", _kml_point(one))
    return _written(root)


def _kml_point(one: Place) -> str:
    return ",".join(f"{value:.7f}" for value in _coordinates(one))


def as_gpx(places: Sequence[Place], said: Said) -> bytes:
    """Write one track (GPX 1.1). Accuracy, source and device stand in an extension of ours."""
    root = ET.Element("gpx", {"version": "1.1", "creator": "Baqylau", "xmlns": _GPX, "xmlns:b": _OURS})
    head = ET.SubElement(root, "metadata")
    _leaf(head, "name", said.name)
    _leaf(head, "desc", said.text)
    segment = ET.SubElement(ET.SubElement(root, "trk"), "trkseg")
    for one in places:
        place = {"lat": f"{one.latitude_deg:.7f}", "lon": f"{one.longitude_deg:.7f}"}
        point = ET.SubElement(segment, "trkpt", place)
        if one.altitude_m is not None:
            _leaf(point, "ele", f"{one.altitude_m:.1f}")
        _leaf(point, "time", _utc(one.at))
        _leaf(point, "src", one.source)
        if one.satellites is not None:
            _leaf(point, "sat", str(one.satellites))
        more = ET.SubElement(point, "extensions")
        for name in ("accuracy_m", "device_id"):
            if (value := getattr(one, name)) is not None:
                _leaf(more, f"b:{name}", str(value))
    return _written(root)


def _leaf(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _written(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"
