"""The invented town: the same each time, drawable, and walkable from door to door."""

from itertools import pairwise
from math import dist
from pathlib import Path

import msgspec
import pytest
from shapely import Point

from baqylau.sim import town_map, town_plan
from baqylau.sim.streets import Streets
from baqylau.sim.town import Town, town

KINDS = {"land", "block", "building", "green", "water", "minor", "road", "rail", "district", "park", "river"}


def test_the_town_is_the_same_each_time(tmp_path: Path) -> None:
    town_map.write(tmp_path / "town.geojson")
    written = msgspec.json.decode((tmp_path / "town.geojson").read_bytes())
    assert written == msgspec.json.decode(msgspec.json.encode(town_map.geojson(Town(1))))
    assert len(Town(2).buildings) != len(town().buildings)


def test_the_map_has_every_kind_of_feature_within_a_few_kilometres() -> None:
    features = town_map.geojson()["features"]
    assert {feature["properties"]["kind"] for feature in features} == KINDS
    points = [feature["geometry"]["coordinates"] for feature in features if feature["geometry"]["type"] == "Point"]
    assert all(abs(longitude - 66.9) < 0.1 and abs(latitude - 48.6) < 0.1 for longitude, latitude in points)


def test_the_map_is_small_enough_to_load_at_once() -> None:
    assert len(msgspec.json.encode(town_map.geojson())) < 2_000_000


def test_buildings_stand_on_blocks_and_not_in_the_river() -> None:
    assert len(town().buildings) > 1000
    assert not any(building.intersects(town().water) for building in town().buildings)


def test_houses_have_addresses() -> None:
    first, *_, last = town().houses["Тал көшесі"]
    assert first.address == "Тал көшесі, 1"
    assert last.number == len(town().houses["Тал көшесі"])


def test_people_walk_along_streets_and_over_bridges() -> None:
    north, south = town().houses["Наурыз көшесі"][0].middle, town().houses["Тал көшесі"][3].middle
    way = town().path(north, south)
    assert (way[0], way[-1]) == (north, south)
    assert all(dist(start, end) < 60 for start, end in pairwise(way))
    wet = [place for place in way if town().water.contains(Point(place))]
    bridge = town().roads[0].line
    assert wet
    assert all(bridge.distance(Point(place)) < 5 for place in wet)


def test_every_corner_can_be_reached_from_every_other() -> None:
    corners = town().streets.corners
    assert town().streets.path(min(corners), max(corners))


def test_the_shortest_way_is_taken() -> None:
    square = Streets(
        [((0, 0), (0, 100), (100, 100)), ((0, 0), (100, 0), (100, 100), (300, 100)), ((0, 100), (300, 100))]
    )
    assert square.path((0, 0), (300, 100)) == ((0, 0), (0, 0), (0, 100), (300, 100), (300, 100))


def test_streets_apart_from_the_rest_are_left_out() -> None:
    net = Streets([((0, 0), (100, 0), (100, 50)), ((500, 500), (510, 500))])
    assert net.corners == ((0, 0), (100, 0), (100, 50))


def test_coordinates_and_plan_agree() -> None:
    place = (1234.5, -678.9)
    assert town_plan.to_place(town_plan.to_point(place)) == pytest.approx(place, abs=0.02)
