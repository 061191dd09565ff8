"""Zones as colleagues send them: GeoJSON and KML, and a sentence for each that cannot be used."""

from typing import Any

import msgspec
import pytest

from baqylau.domain.zones import Circle, Corridor, Point, Polygon
from baqylau.monitoring.server.importing.zone_text import MOST_POINTS, MOST_ZONES, read_zones
from baqylau.rules.places.geometry import ZoneError

RING = [[76.9, 43.2], [76.92, 43.2], [76.92, 43.22], [76.9, 43.22], [76.9, 43.2]]
HOLE = [[76.905, 43.205], [76.91, 43.205], [76.91, 43.21], [76.905, 43.205]]


def geojson(kind: str, coordinates: Any, name: str | None = None) -> str:
    shape = {"type": kind, "coordinates": coordinates}
    feature = {"type": "Feature", "properties": {"name": name} if name else None, "geometry": shape}
    return msgspec.json.encode({"type": "FeatureCollection", "features": [feature]}).decode()


def kml(body: str) -> str:
    return f'<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'


def test_polygons_keep_their_holes_lines_become_corridors_and_points_circles() -> None:
    (park,) = read_zones(geojson("Polygon", [RING, HOLE], "Park"))
    assert isinstance(park, Polygon)
    assert (park.name, len(park.outline), len(park.holes[0])) == ("Park", 4, 3)
    assert Point(43.2, 76.9) in park.outline
    way, stop = read_zones(geojson("LineString", RING[:2]), "To work", 80)[0], read_zones(geojson("Point", RING[0]))[0]
    assert way == Corridor(name="To work", line=(Point(43.2, 76.9), Point(43.2, 76.92)), half_width_m=80)
    assert stop == Circle(name="Point", center=Point(43.2, 76.9), radius_m=50)
    many = read_zones(geojson("MultiPolygon", [[RING], [HOLE]], "Both"))
    assert [(type(one), one.name) for one in many] == [(Polygon, "Both"), (Polygon, "Both")]


def test_kml_says_the_same_as_geojson() -> None:
    def said(ring: list[list[float]]) -> str:
        places = " ".join(f"{longitude},{latitude},0" for longitude, latitude in ring)
        return f"<LinearRing><coordinates>\n {places} </coordinates></LinearRing>"

    borders = f"<outerBoundaryIs>{said(RING)}</outerBoundaryIs><innerBoundaryIs>{said(HOLE)}</innerBoundaryIs>"
    text = kml(f"<Folder><Placemark><name> Park </name><Polygon>{borders}</Polygon></Placemark></Folder>")
    assert read_zones(text) == read_zones(geojson("Polygon", [RING, HOLE], "Park"))
    (stop,) = read_zones("\ufeff" + kml("<Placemark><Point><coordinates>76.9,43.2</coordinates></Point></Placemark>"))
    assert stop == Circle(name="Point", center=Point(43.2, 76.9), radius_m=50)


BOW = [[76.9, 43.2], [76.92, 43.22], [76.92, 43.2], [76.9, 43.22], [76.9, 43.2]]
FAR = [[70.0, 43.0], [70.1, 43.0], [70.1, 43.1], [70.0, 43.0]]
BOMB = '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><kml><Placemark><name>&c;</name></Placemark></kml>'


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "not_readable"),
        ("no zone at all", "not_readable"),
        ("[]", "not_readable"),
        ("{}", "not_readable"),
        ("[" * 2_000, "not_readable"),
        ("<kml><Placemark>", "not_readable"),
        (BOMB, "not_readable"),
        (kml("<Placemark><Point><coordinates>here</coordinates></Point></Placemark>"), "not_readable"),
        (kml("<Placemark><Polygon/></Placemark>"), "too_few_points"),
        (kml("<name>only words</name>"), "nothing_drawn"),
        ('{"type": "FeatureCollection", "features": []}', "nothing_drawn"),
        ("School 3; 43.25; 76.95\nMarket; here; there", "list_line"),
        ("School 3; 43.25", "list_line"),
        ("School 3; 43.25; 76.95; 100; 7", "list_line"),
        ("School 3; 143.25; 76.95", "off_the_globe"),
        ("name; latitude; longitude", "nothing_drawn"),
        ("\n".join(["Stop; 43.2; 76.9"] * (MOST_ZONES + 1)), "too_many"),
        (geojson("Cube", []), "unknown_shape"),
        (geojson("Polygon", []), "too_few_points"),
        (geojson("Polygon", [[["a", "b"]]]), "not_readable"),
        (geojson("Point", [True, False]), "not_readable"),
        (geojson("Point", [43.2]), "not_readable"),
        (geojson("Point", [43.2, 176.9]), "axes_exchanged"),
        (geojson("Point", [300.0, 176.9]), "off_the_globe"),
        (geojson("Point", [1e400, 43.2]).replace("null", "1e400"), "not_readable"),
        (geojson("Polygon", [BOW]), "crosses_itself"),
        (geojson("Polygon", [RING, FAR]), "hole_outside"),
        (geojson("LineString", [[76.9, 43.2]] * (MOST_POINTS + 1)), "too_many_points"),
        (geojson("MultiPoint", [[76.9, 43.2]] * (MOST_ZONES + 1)), "too_many"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(text: str, key: str) -> None:
    with pytest.raises(ZoneError) as refused:
        read_zones(text)
    assert refused.value.key == f"zone.refused.{key}"


def test_a_list_of_addresses_becomes_circles_with_the_radius_of_each_line_or_the_usual_one() -> None:
    text = (
        'Name; latitude; longitude; radius\nМектеп № 3, Тал көшесі, 14; 43,2501; 76.95; 120\n\n"Базар"\t43.26\t76.9\n'
    )
    school, market = read_zones(text, width_m=80)
    assert school == Circle(name="Мектеп № 3, Тал көшесі, 14", center=Point(43.2501, 76.95), radius_m=120)
    assert market == Circle(name="Базар", center=Point(43.26, 76.9), radius_m=80)
