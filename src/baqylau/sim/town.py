"""Ақжелкен grown from its plan: streets, blocks, houses with numbers, and the map to draw them on."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from math import dist
from random import Random

import shapely
from msgspec import Struct
from shapely import LineString, Polygon, STRtree
from shapely.affinity import rotate
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient
from shapely.ops import polygonize, unary_union

from baqylau.sim import town_plan as plan
from baqylau.sim.streets import STEP_M, Streets
from baqylau.sim.town_plan import District, Place, Places

ROAD_M = 14.0
"""Half the width of a main road with its pavements."""
STREET_M = 7.0
SHORTEST_NAMED_M = 220.0
LEFT_OUT = 0.13
"""Share of street pieces that were never built."""
SMALLEST_BLOCK_M2 = 1500.0


class House(Struct, frozen=True):
    """A building with an address."""

    street: str
    number: int
    middle: Place

    @property
    def address(self) -> str:
        """The address as people write it."""
        return f"{self.street}, {self.number}"


class Street(Struct, frozen=True):
    """A named piece of road; `main` roads are drawn wider."""

    name: str
    line: LineString
    main: bool = False


def smooth(places: Sequence[Place], *, closed: bool = False, rounds: int = 3) -> list[Place]:
    """Round the corners of a line by cutting them; the ends of an open line stay where they are."""
    line = [*places, places[0]] if closed else list(places)
    for _ in range(rounds):
        cut = [
            point for start, end in pairwise(line) for point in (_between(start, end, 0.25), _between(start, end, 0.75))
        ]
        line = [*cut, cut[0]] if closed else [line[0], *cut[1:-1], line[-1]]
    return line


def _between(start: Place, end: Place, share: float) -> Place:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


class Town:
    """The whole town; everything follows from the plan and the seed."""

    def __init__(self, seed: int) -> None:
        """Take the seed; parts grow when they are first asked for."""
        self._seed = seed

    @cached_property
    def limits(self) -> Polygon:
        """Where the town ends."""
        return Polygon(smooth(plan.LIMITS, closed=True))

    @cached_property
    def school(self) -> Polygon:
        """The grounds of school № 3."""
        return Polygon(plan.SCHOOL_GROUNDS)

    @cached_property
    def water(self) -> BaseGeometry:
        """The river with its bay, around its island."""
        river = LineString(smooth(plan.RIVER_LINE)).buffer(plan.RIVER_M)
        bay = Polygon(smooth(plan.BAY, closed=True, rounds=2))
        return river.union(bay).difference(Polygon(smooth(plan.ISLAND, closed=True)))

    @cached_property
    def green(self) -> BaseGeometry:
        """Parks and the meadows along the river."""
        parks = [Polygon(smooth(outline, closed=True)) for _, outline in plan.GREENS]
        meadow = LineString(smooth(plan.RIVER_LINE)).buffer(plan.RIVER_M + plan.BANK_M).intersection(self.limits)
        return unary_union([*parks, meadow]).difference(self.water)

    @cached_property
    def roads(self) -> tuple[Street, ...]:
        """Main roads, bridges included."""
        return tuple(Street(road.name, LineString(smooth(road.places)), main=True) for road in plan.ROADS)

    @cached_property
    def minor_streets(self) -> tuple[Street, ...]:
        """Side streets between two crossings each; those of one name belong together."""
        random = Random(self._seed)  # noqa: S311 - a town needs no secrets
        rows = [row for face in self._faces() for row in self._rows(face)]
        known = (*_named(rows), *self.roads)
        noded = unary_union([row for row, _ in rows] + [road.line for road in self.roads])
        index = STRtree([street.line for street in known])
        pieces = []
        for piece in shapely.get_parts(noded):
            nearest = known[int(index.nearest(piece.interpolate(0.5, normalized=True)))]
            if not nearest.main and random.random() >= LEFT_OUT:
                pieces.append(Street(nearest.name, piece))
        return tuple(pieces)

    @cached_property
    def streets(self) -> Streets:
        """The net on which people walk."""
        within = self.limits.buffer(400)
        lines = [road.line.intersection(within) for road in self.roads] + [street.line for street in self.minor_streets]
        return Streets(_coordinates(piece) for piece in _line_parts(shapely.segmentize(unary_union(lines), STEP_M)))

    @cached_property
    def blocks(self) -> tuple[Polygon, ...]:
        """Built land between the streets."""
        paved = [street.line.buffer(STREET_M) for street in self.minor_streets]
        paved += [road.line.buffer(ROAD_M) for road in self.roads]
        rail = LineString(smooth(plan.RAIL)).buffer(30)
        free = self.limits.difference(unary_union([*paved, self.water, self.green, rail, self.school.buffer(12)]))
        opened = free.buffer(-4).buffer(4, quad_segs=2)
        return tuple(part for part in _polygon_parts(opened) if part.area > SMALLEST_BLOCK_M2)

    @cached_property
    def buildings(self) -> tuple[Polygon, ...]:
        """Houses and blocks of flats along the edges of the blocks, and the school."""
        random = Random(self._seed)  # noqa: S311 - as above
        grown = [building for block in self.blocks for building in _buildings(block, random)]
        return (*grown, *(Polygon(outline) for outline in plan.SCHOOL_BUILDINGS))

    @cached_property
    def houses(self) -> dict[str, tuple[House, ...]]:
        """Houses by street, in the order of their numbers."""
        return _numbered(self.buildings, [street for street in self.minor_streets if street.name])

    def path(self, start: Place, end: Place) -> tuple[Place, ...]:
        """Give the way on foot."""
        return self.streets.path(start, end)

    def _faces(self) -> Iterator[Polygon]:
        lines = unary_union([self.limits.exterior, *(road.line for road in self.roads)])
        taken = unary_union([self.green, self.water, self.school.buffer(15)])
        for face in polygonize(lines):
            if self.limits.contains(face.representative_point()):
                yield from _polygon_parts(face.difference(taken))

    @staticmethod
    def _rows(face: Polygon) -> Iterator[tuple[LineString, str]]:
        """Lay the grid of the district over a face and cut it at the edges."""
        middle = face.representative_point()
        district = min(plan.DISTRICTS, key=lambda each: dist(each.middle, (middle.x, middle.y)))
        for row in _grid(face, district):
            for part in _line_parts(row.intersection(face.buffer(0.5))):
                if part.length > 60:  # noqa: PLR2004 - a shorter one is a yard, not a street
                    yield part, district.name


def _grid(face: Polygon, district: District) -> Iterator[LineString]:
    west, south, east, north = face.buffer(400).bounds
    middle = district.middle
    for x in _ticks(west, east, middle[0], district.across_m):
        yield rotate(LineString([(x, south), (x, north)]), district.turned_deg, origin=middle)
    for y in _ticks(south, north, middle[1], district.along_m):
        yield rotate(LineString([(west, y), (east, y)]), district.turned_deg, origin=middle)


def _ticks(low: float, high: float, origin: float, step: float) -> Iterator[float]:
    first = int((low - origin) // step)
    last = int((high - origin) // step)
    return (origin + number * step for number in range(first, last + 1))


def _named(rows: Sequence[tuple[LineString, str]]) -> list[Street]:
    """Name the long rows: first with the district's own words, then from the common stock; the rest stay nameless."""
    own = {district: iter(words) for district, words in plan.STREET_NAMES.items()}
    common = iter(plan.COMMON_STREET_NAMES)
    named = []
    for row, district in sorted(rows, key=lambda each: -each[0].length):
        word = next(own.get(district, iter(())), None) or next(common, "") if row.length > SHORTEST_NAMED_M else ""
        named.append(Street(f"{word} көшесі" if word else "", row))
    return named


def _buildings(block: Polygon, random: Random) -> list[Polygon]:
    """Build along the edges of a block, leaving its middle to gardens."""
    middle = block.representative_point()
    flats = min(plan.DISTRICTS, key=lambda each: dist(each.middle, (middle.x, middle.y))).flats
    inner = block.buffer(-3)
    built: list[Polygon] = []
    clockwise = orient(Polygon(_coordinates(block.exterior.simplify(3))), sign=-1.0)
    for start, end in pairwise(_coordinates(clockwise.exterior)):
        for outline in _along(start, end, random, flats=flats):
            if inner.contains(outline) and not any(outline.distance(other) < 4 for other in built):  # noqa: PLR2004 # m
                built.append(outline)
    return built


def _along(start: Place, end: Place, random: Random, *, flats: bool) -> Iterator[Polygon]:
    """Give outlines on both sides of an edge; only those inside the block will be built."""
    length_m = dist(start, end)
    at_m = 5.0
    while True:
        width_m = random.uniform(34, 62) if flats else random.uniform(10, 17)
        depth_m = random.uniform(12, 15) if flats else random.uniform(8, 12)
        if at_m + width_m > length_m - 4:
            return
        if random.random() > (0.3 if flats else 0.12):
            yield _rectangle(start, end, (at_m, at_m + width_m), (6.0, 6.0 + depth_m))
        at_m += width_m + (random.uniform(12, 26) if flats else random.uniform(6, 15))


def _rectangle(start: Place, end: Place, along: tuple[float, float], aside: tuple[float, float]) -> Polygon:
    """Give a rectangle on the right-hand side of an edge; which is inside where an outline runs clockwise."""
    length_m = dist(start, end)
    east, north = (end[0] - start[0]) / length_m, (end[1] - start[1]) / length_m
    corners = [(along[0], aside[0]), (along[1], aside[0]), (along[1], aside[1]), (along[0], aside[1])]
    return Polygon([(start[0] + a * east + b * north, start[1] + a * north - b * east) for a, b in corners])


def _numbered(buildings: Iterable[Polygon], streets: Sequence[Street]) -> dict[str, tuple[House, ...]]:
    index = STRtree([street.line for street in streets])
    lots: dict[str, list[Place]] = {}
    for building in buildings:
        middle = building.centroid
        street = streets[int(index.nearest(middle))]
        if street.line.distance(middle) < 30:  # noqa: PLR2004 # m: further away is another street's back yard
            lots.setdefault(street.name, []).append((middle.x, middle.y))
    return {name: tuple(_row_of_houses(name, lots[name])) for name in sorted(lots)}


def _row_of_houses(street: str, lots: Sequence[Place]) -> Iterator[House]:
    """Number the houses from west to east."""
    for number, middle in enumerate(sorted(lots), start=1):
        yield House(street, number, middle)


def _coordinates(line: BaseGeometry) -> Places:
    return tuple((float(x), float(y)) for x, y in line.coords)


def _line_parts(geometry: BaseGeometry) -> Iterator[LineString]:
    return (part for part in shapely.get_parts(geometry) if isinstance(part, LineString))


def _polygon_parts(geometry: BaseGeometry) -> Iterator[Polygon]:
    return (part for part in shapely.get_parts(geometry) if isinstance(part, Polygon))


@lru_cache(maxsize=2)
def town(seed: int = 1) -> Town:
    """Give the town that grows from a seed."""
    return Town(seed)
