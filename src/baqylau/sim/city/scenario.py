"""What a city is like, in one file: how many people, what they do, what goes wrong. The seed decides the rest."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

import msgspec
from msgspec import Struct, field

from baqylau.domain.people import DeviceKind
from baqylau.protocols.fleet import FLEET

LINK = "link"
"""What our own devices speak."""
OWN = "own"
"""Among trackers: ours."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTES = 1440


class Life(StrEnum):
    """What somebody does. Habits are kept every day; what else happens, happens once in each 24 hours."""

    AT_HOME = "at home"
    """As prescribed: always there."""
    AT_WORK = "at work"
    """Goes to work on weekdays and is back before the hours at home begin, as prescribed."""
    LATE = "late from work"
    """The same, but comes home when the hours at home have begun."""
    FORBIDDEN = "forbidden place"
    """Goes to a place that is forbidden, and leaves it."""
    OUT = "out in the hours"
    """Leaves home within the hours, and comes back."""
    STRAP = "strap opened"
    SPENT = "battery runs down"
    """Within two hours, before it is charged in the evening as usual."""
    UNCHARGED = "never charges"
    ASTRAY = "led astray"
    """The receiver is led far away for less than a minute."""
    UNDER_ROOF = "under a roof"
    """No satellite is heard for some minutes. Nobody should hear of it."""
    MOVED = "unit moved"
    """Somebody carries the home unit away from where it stands."""
    RELAY_MOVED = "relay moved"
    """Somebody carries the relay away from where it stands."""
    APART = "parted from the unit"
    """Leaves the unit that is to be carried lying at home, and goes out."""
    OPENED = "unit opened"
    """Somebody opens the case of a unit that waits for checks."""
    MISSES = "misses checks"
    """Does not come when a check is due."""
    DRANK = "has drunk"
    """Whenever a breath test is due."""
    ANOTHER = "another sits down"
    """Sends somebody else when the unit asks who it is."""
    WEAK = "heard weakly"
    """A flat with thick walls and one receiver at its far end: nobody can know well who is there."""


TRACKED = frozenset(Life) - {
    Life.MOVED,
    Life.RELAY_MOVED,
    Life.APART,
    Life.OPENED,
    Life.MISSES,
    Life.DRANK,
    Life.ANOTHER,
    Life.WEAK,
}
"""Lives with a tracker."""
HEARD = frozenset(
    {Life.AT_HOME, Life.AT_WORK, Life.LATE, Life.OUT, Life.STRAP, Life.MOVED, Life.RELAY_MOVED, Life.WEAK}
)
"""Lives with a bracelet that a home unit hears."""

CARRIED = TRACKED - {Life.UNCHARGED, Life.SPENT, Life.ASTRAY} | {Life.APART}
"""Lives with a bracelet and a unit that is carried beside it."""

CHECKED = frozenset({Life.AT_HOME, Life.OPENED, Life.MISSES})
"""Lives with a unit that waits for checks."""

SHOWING = CHECKED | {Life.ANOTHER}
"""Lives with an audio-visual unit."""

BREATHING = CHECKED | {Life.DRANK}
"""Lives with a breath unit."""


class Deed(StrEnum):
    """What is done to the satellites at a place."""

    JAMMED = "jammed"
    """Drowned out: no receiver there has a place."""
    SPOOFED = "spoofed"
    """Somebody else plays them: receivers there are led far away."""


class Spoiling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Satellites that are spoilt at a place for a time, for everybody who is there."""

    deed: Deed
    place: tuple[float, float] = (0.0, 0.0)
    """Metres east and north of the middle of the town."""
    radius_m: float = 500.0
    after_h: float
    """When it begins, in hours after the city."""
    lasts_min: float

    def __post_init__(self) -> None:
        """Refuse what makes no sense, with a sentence."""
        if not (self.radius_m > 0 and self.lasts_min > 0 and self.after_h >= 0):
            raise ValueError(f"{self.deed}: radius_m and lasts_min are more than 0, and after_h is not less")


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to simulate. `ValueError` says what makes no sense."""

    persons: int = 200
    seed: int = 1
    speed: float = 60.0
    """Seconds of the city's time in one second. With 1 the devices tell what is now, else what was."""
    hours: float = 3.0
    """How long the city lives, in its own time."""
    begins: str = "mon 17:00"
    """When it begins, day and local time, where it does not live in real time: the last such moment that lies so far
    back that the city has ended by now."""
    lives: dict[str, float] = field(
        default_factory=lambda: {
            Life.AT_HOME: 40,
            Life.AT_WORK: 24,
            Life.LATE: 4,
            Life.FORBIDDEN: 6,
            Life.OUT: 6,
            Life.STRAP: 6,
            Life.SPENT: 4,
            Life.UNCHARGED: 2,
            Life.ASTRAY: 4,
            Life.UNDER_ROOF: 4,
        }
    )
    """How often each is among those with trackers, in any unit."""
    protocols: dict[str, float] = field(default_factory=lambda: {"wialon": 2, "egts": 2, "teltonika": 1, OWN: 1})
    """Which trackers people wear, in any unit: bought ones by what they speak, and `own`, the one of this project."""
    report_every_s: float = 20.0
    """How often a tracker at rest reports. On the way it does every 10 s."""
    home_unit_share: float = 0.1
    """Of all people: wear a radio bracelet that a home unit hears, in place of a tracker."""
    home_lives: dict[str, float] = field(
        default_factory=lambda: {
            Life.AT_HOME: 40,
            Life.AT_WORK: 24,
            Life.LATE: 8,
            Life.OUT: 12,
            Life.STRAP: 8,
            Life.MOVED: 4,
            Life.RELAY_MOVED: 4,
            Life.WEAK: 4,
        }
    )
    """How often each is among those with home units."""
    mobile_unit_share: float = 0.05
    """Of all people: wear a radio bracelet and carry a mobile unit beside it, in place of a tracker."""
    mobile_lives: dict[str, float] = field(
        default_factory=lambda: {
            Life.AT_HOME: 40,
            Life.AT_WORK: 24,
            Life.LATE: 4,
            Life.FORBIDDEN: 8,
            Life.OUT: 8,
            Life.STRAP: 8,
            Life.APART: 8,
        }
    )
    """How often each is among those with mobile units."""
    breath_unit_share: float = 0.02
    av_unit_share: float = 0.02
    """Of all people: have a breath unit, or an audio-visual one, that waits for checks, and nothing else."""
    standing_lives: dict[str, float] = field(
        default_factory=lambda: {Life.AT_HOME: 4, Life.OPENED: 1, Life.MISSES: 1, Life.ANOTHER: 1}
    )
    """How often each is among those with an audio-visual one."""
    breath_lives: dict[str, float] = field(
        default_factory=lambda: {Life.AT_HOME: 4, Life.OPENED: 1, Life.MISSES: 1, Life.DRANK: 1}
    )
    """How often each is among those with a breath unit."""
    programs: int = 0
    """So many of the home units, and of the mobile units, are real programs; in real time only."""
    receivers: int = 2
    """In each home. With one, homes as they are give a false absence every other day."""
    relay_share: float = 0.5
    """Of all homes with a home unit, and of all people with a tracker that hears beacons (Teltonika): a relay stands in
    their home. Where a relay gives a tracker its place, satellites are not heard there."""
    relay_fails_share: float = 0.1
    """Of all relays: break down, and stay so."""
    power_cut_min: float = 20.0
    """Once in each 24 hours a quarter of the town has no mains for so long; 0 for never."""
    spoilings: tuple[Spoiling, ...] = (
        Spoiling(deed=Deed.JAMMED, radius_m=700.0, after_h=0.6, lasts_min=25.0),
        Spoiling(deed=Deed.SPOOFED, place=(0.0, -900.0), radius_m=700.0, after_h=1.5, lasts_min=0.5),
    )
    """Where and when satellites are spoilt; what begins after the city's end never is."""
    line_lost_share: float = 0.1
    """Of all people: their device has no line for a while, keeps, and tells afterwards."""
    line_lost_min: float = 10.0
    twice_share: float = 0.01
    """Of all reports of trackers: they come twice."""

    def __post_init__(self) -> None:
        """Refuse what makes no sense, with a sentence."""
        self._amounts()
        _shares("lives", self.lives, TRACKED)
        _shares("home_lives", self.home_lives, HEARD)
        _shares("mobile_lives", self.mobile_lives, CARRIED)
        _shares("standing_lives", self.standing_lives, SHOWING)
        _shares("breath_lives", self.breath_lives, BREATHING)
        _shares("protocols", self.protocols, {*FLEET, OWN})
        if sum(self.unit_shares.values()) > 1:
            raise ValueError("the shares of people with units are more than all together")
        begins_of(self)
        if self.programs and not self.real_time:
            raise ValueError("programs: real programs live in real time: the speed has to be 1")

    def _amounts(self) -> None:
        for name in ("persons", "speed", "hours", "report_every_s", "receivers"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} has to be more than 0")
        for name in (one for one in self.__struct_fields__ if one.endswith("_share")):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a part of all: it lies between 0 and 1")
        for name in ("power_cut_min", "line_lost_min", "programs"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name} cannot be less than 0")

    @property
    def unit_shares(self) -> dict[DeviceKind, float]:
        """Give which part of all people has which unit; all others wear a tracker."""
        return {
            DeviceKind.HOME_UNIT: self.home_unit_share,
            DeviceKind.MOBILE_UNIT: self.mobile_unit_share,
            DeviceKind.BREATH_UNIT: self.breath_unit_share,
            DeviceKind.AV_UNIT: self.av_unit_share,
        }

    def lives_with(self, kind: DeviceKind) -> dict[str, float]:
        """Give how often each life is among those with a kind of equipment."""
        return {
            DeviceKind.HOME_UNIT: self.home_lives,
            DeviceKind.MOBILE_UNIT: self.mobile_lives,
            DeviceKind.TRACKER: self.lives,
            DeviceKind.BREATH_UNIT: self.breath_lives,
        }.get(kind, self.standing_lives)

    @property
    def real_time(self) -> bool:
        """Whether the city lives now."""
        return self.speed <= 1


def _shares(name: str, shares: Mapping[str, float], known: Collection[str]) -> None:
    unknown = sorted(one for one in shares if one not in known)
    if unknown:
        raise ValueError(f"{name}: {unknown[0]!r} is not one of {', '.join(sorted(known))}")
    if any(share < 0 for share in shares.values()) or not sum(shares.values()) > 0:
        raise ValueError(f"{name}: no share is less than 0, and one at least is more")


def begins_of(scenario: Scenario) -> int:
    """Give when it begins, in minutes after midnight from Monday to Tuesday, local time."""
    day, _, clock = scenario.begins.partition(" ")
    hour, _, minute = clock.partition(":")
    if day in DAYS and hour.isdecimal() and minute.isdecimal():
        minutes = int(hour) * 60 + int(minute)
        if minutes < MINUTES and int(minute) < 60:  # noqa: PLR2004 - minutes of an hour
            return DAYS.index(day) * MINUTES + minutes
    raise ValueError(f"begins: {scenario.begins!r} is no day and time such as 'mon 17:00'; days are {', '.join(DAYS)}")


def read_scenario(file: Path, instead: Mapping[str, object] = MappingProxyType({})) -> Scenario:
    """Read YAML or JSON, with some fields otherwise.

    `OSError`; `ValueError` and `TypeError` say what cannot be understood.
    """
    raw = file.read_bytes()
    given = msgspec.json.decode(raw) if file.suffix == ".json" else msgspec.yaml.decode(raw)
    if not isinstance(given, dict):
        raise TypeError("a scenario is a list of fields with their values, such as 'persons: 100'")
    return msgspec.convert({**given, **instead}, Scenario)
