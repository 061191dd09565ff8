"""An officer who looks for a bracelet by nothing but the console's finder: flats and yards, walls, 8 dB of scatter.

The officer walks a leg, looks at the trend, and goes on, turns back or to the side. They know neither the distance nor
the direction. The walls are where they are: a leg into one stops there.
"""

from collections.abc import Sequence
from math import cos, hypot, log10, pi, sin
from random import Random

from msgspec import Struct

from baqylau.monitoring.console.nearby import Strength
from baqylau.monitoring.console.trend import Direction, trend

SCATTER_DB = 8.0
REACHED_M = 3.0
SPEED_M_S = 0.8
STEP_MS = 100
"""How finely the officer's walk is followed."""
LOSS_EXPONENT = 2.4
AT_ONE_METRE_DBM = -48.0
WALL_DB = 5.0
WITHIN_S = 900.0
HEARD_DBM = -98.0
TURNS_MAX = 4
_LEG_MS = 12_000
_LEG_FRAMES = 4
"""The officer walks on until so many were heard."""
_LOOKED_AT = 200
"""Frames that the trend is worked out from, at the most."""


class Wall(Struct, frozen=True, array_like=True):
    """A wall from one place to another, metres."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float


class Place(Struct, frozen=True, kw_only=True):
    """Where a bracelet lies, and where the search begins."""

    kind: str
    width_m: float
    height_m: float
    walls: tuple[Wall, ...]
    bracelet: tuple[float, float]
    start: tuple[float, float]


class Search(Struct, frozen=True, kw_only=True):
    """How it went."""

    kind: str
    reached: bool
    seconds: float
    walked_m: float
    straight_m: float


def place(chance: Random) -> Place:
    """Give a flat of some rooms, or a yard with a few sheds, and a bracelet somewhere in it."""
    flat = chance.random() < 0.5  # noqa: PLR2004 - half of each
    width_m = chance.uniform(9, 16) if flat else chance.uniform(30, 60)
    height_m = chance.uniform(7, 12) if flat else chance.uniform(25, 50)
    count = chance.randint(2, 4)
    walls = tuple(_wall(chance, width_m, height_m, at / (count + 1), flat=flat) for at in range(1, count + 1))
    start = (0.5, chance.uniform(0.5, height_m - 0.5))
    bracelet = (chance.uniform(width_m * 0.4, width_m - 0.5), chance.uniform(0.5, height_m - 0.5))
    kind = "flat" if flat else "yard"
    return Place(kind=kind, width_m=width_m, height_m=height_m, walls=walls, bracelet=bracelet, start=start)


def _wall(chance: Random, width_m: float, height_m: float, share: float, *, flat: bool) -> Wall:
    """Give a wall across with a way round it: a door in a flat, the open yard around a shed."""
    x = width_m * share
    length_m = height_m * (0.7 if flat else 0.3)
    y = chance.choice((0.0, height_m - length_m)) if flat else chance.uniform(0, height_m - length_m)
    return Wall(x, y, x, y + length_m)


def searched(where: Place, chance: Random, *, every_ms: int, blind: bool = False) -> Search:
    """Let an officer look for the bracelet in one place. `blind`: they do not look at the trend, for comparison."""
    return _Officer(where, chance, every_ms=every_ms, blind=blind).search()


class _Officer:
    def __init__(self, where: Place, chance: Random, *, every_ms: int, blind: bool) -> None:
        self._where, self._chance, self._every_ms, self._blind = where, chance, every_ms, blind
        self._leg_ms = max(_LEG_MS, _LEG_FRAMES * every_ms)
        self._side, self._turned = 1, 0
        self._x, self._y = where.start
        self._ms, self._walked_m = 0, 0.0
        self._heading = chance.uniform(0, 2 * pi)
        self._strengths: list[Strength] = []

    def search(self) -> Search:
        self._listen(self._leg_ms)
        while not self._reached() and self._ms < WITHIN_S * 1000:
            blocked = self._walk(self._leg_ms)
            seen = Direction.STEADY if self._blind else trend(self._strengths[-_LOOKED_AT:], self._ms).direction
            self._turn(seen, blocked=blocked)
        bracelet, start = self._where.bracelet, self._where.start
        return Search(
            kind=self._where.kind,
            reached=self._reached(),
            seconds=self._ms / 1000,
            walked_m=self._walked_m,
            straight_m=hypot(bracelet[0] - start[0], bracelet[1] - start[1]),
        )

    def _turn(self, seen: Direction, *, blocked: bool) -> None:
        """Go on while it grows stronger; else turn, to one side until four turns brought nothing."""
        if seen is Direction.STRONGER and not blocked:
            self._turned = 0
            return
        if seen is Direction.WEAKER:
            self._heading += self._side * (0.75 * pi if self._turned == 0 else pi / 2)
        else:
            self._heading += self._side * self._chance.uniform(pi / 4, pi / 2)
        self._turned += 1
        if self._turned == TURNS_MAX:
            self._side, self._turned = -self._side, 0

    def _reached(self) -> bool:
        return self._away_m() <= REACHED_M

    def _away_m(self) -> float:
        return hypot(self._where.bracelet[0] - self._x, self._where.bracelet[1] - self._y)

    def _listen(self, for_ms: int) -> None:
        for _ in range(0, for_ms, STEP_MS):
            self._hear()

    def _walk(self, for_ms: int) -> bool:
        """Walk one leg; give whether something was in the way."""
        step_m = SPEED_M_S * STEP_MS / 1000
        for _ in range(0, for_ms, STEP_MS):
            x, y = self._x + step_m * cos(self._heading), self._y + step_m * sin(self._heading)
            outside = not (0 <= x <= self._where.width_m and 0 <= y <= self._where.height_m)
            if outside or _crossed(self._where.walls, (self._x, self._y), (x, y)):
                self._hear()
                return True
            self._x, self._y, self._walked_m = x, y, self._walked_m + step_m
            self._hear()
            if self._reached():
                return False
        return False

    def _hear(self) -> None:
        self._ms += STEP_MS
        if self._ms % self._every_ms:
            return
        away_m, bracelet = max(self._away_m(), 0.3), self._where.bracelet
        behind = _crossed(self._where.walls, (self._x, self._y), bracelet)
        dbm = AT_ONE_METRE_DBM - 10 * LOSS_EXPONENT * log10(away_m) - WALL_DB * behind
        dbm += self._chance.gauss(0, SCATTER_DB)
        if dbm > HEARD_DBM:
            self._strengths.append(Strength(self._ms, dbm))


def _crossed(walls: Sequence[Wall], here: tuple[float, float], there: tuple[float, float]) -> int:
    """Count the walls between two places; every wall here stands across."""
    found = 0
    for wall in walls:
        low, high = sorted((here[0], there[0]))
        if low < wall.from_x <= high:
            share = (wall.from_x - here[0]) / (there[0] - here[0])
            y = here[1] + share * (there[1] - here[1])
            found += wall.from_y <= y <= wall.to_y
    return found
