"""How a bracelet is heard: by units at home with shadows, bodies and baths in between, or by one that is carried.

The model of a home is that of the notes on radio and GNSS, 3.2: a median strength for each unit, another one after each
change of the room and of the posture, now and then a posture that hides the bracelet (lying on it, a bath), fading and
collisions of single frames, and a path that grows with the distance once somebody has left.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from math import hypot, log10
from random import Random
from statistics import median

from msgspec import Struct

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Body, Heard, Motion, Power, ReceiverHealth
from baqylau.domain.people import DeviceKind
from tests.quality.telling import AT_HOME, HOME_M, UNIT_SILENCE_LIMIT_S, Day, Place, round_zone

BRACELET = DeviceId("bracelet-1")
UNIT, SECOND_UNIT = DeviceId("unit-1"), DeviceId("unit-2")
MOBILE = DeviceId("mobile-1")

FRAME_S = 10
INTERVAL_S = 60
"""How often a unit reports."""
SENSITIVITY_DBM = -94.0
COLLISION_SHARE = 0.03
ROOM_S, POSTURE_S = 1200, 480
HIDDEN_SHARE = 0.02
"""Of the postures; they add 12 to 35 dB."""
INDOORS_M = 12.0
DOOR_DB, WAY_DB = 8.0, 30.0
"""Lost at the door, and by each tenfold distance."""
ANCHOR_FRAMES = 6
NEVER_S = 86_400 * 60
"""A bracelet is heard or not; that it is not heard is the matter of the units."""


class Home(Struct, frozen=True, kw_only=True):
    """A unit at a place, and how well it hears there."""

    unit: DeviceId
    place: Place
    median_dbm: float
    deaf: tuple[tuple[datetime, datetime], ...] = ()
    """When its receiver is broken; it says so."""
    jammed: tuple[tuple[datetime, datetime], ...] = ()
    """When nothing is heard above the noise."""
    dead: tuple[tuple[datetime, datetime], ...] = ()
    """When it says nothing at all."""


def good_home(random: Random, unit: DeviceId = UNIT, place: Place = AT_HOME, **more: object) -> Home:
    """Give a home whose walk test one unit passed: twenty decibels over a home as they are, or it gets a second one."""
    return Home(unit=unit, place=place, median_dbm=max(random.gauss(-52.0, 3.0), -55.0), **more)  # type: ignore[arg-type]


def any_home(random: Random, unit: DeviceId = UNIT, place: Place = AT_HOME, **more: object) -> Home:
    """Give a home as they are."""
    return Home(unit=unit, place=place, median_dbm=max(random.gauss(-72.0, 6.0), -82.0), **more)  # type: ignore[arg-type]


class Shadow:
    """What lies between a bracelet and a unit at home, as rooms and postures change."""

    def __init__(self, random: Random, hidden: frozenset[int]) -> None:
        """`hidden` are the postures in which the bracelet is lain upon, by their number."""
        self._random, self._hidden = random, hidden
        self._rooms: dict[int, float] = {}
        self._postures: dict[int, float] = {}

    def loss_db(self, since_s: float) -> float:
        """Give the loss so long after the beginning."""
        room, posture = int(since_s // ROOM_S), int(since_s // POSTURE_S)
        if room not in self._rooms:
            self._rooms[room] = self._random.gauss(0.0, 7.0)
        if posture not in self._postures:
            deep_db = self._random.uniform(12.0, 35.0) if posture in self._hidden else 0.0
            self._postures[posture] = self._random.gauss(0.0, 4.0) + deep_db
        return self._rooms[room] + self._postures[posture]


def listen(day: Day, *homes: Home) -> None:
    """Let the homes' units tell what they heard in the whole day, and how they are. The bracelet is worn."""
    day.fit(BRACELET, DeviceKind.BRACELET, NEVER_S)
    minutes = int((day.now - day.begun_at).total_seconds() // INTERVAL_S)
    postures = int(minutes * INTERVAL_S // POSTURE_S) + 1
    for home in homes:
        hidden = frozenset(number for number in range(postures) if day.random.random() < HIDDEN_SHARE)
        day.fit(home.unit, DeviceKind.HOME_UNIT, UNIT_SILENCE_LIMIT_S, round_zone("Home", home.place, HOME_M))
        day.tell(day.begun_at, home.unit, Power(external=True))
        _tell(day, home, Shadow(day.random, hidden), minutes)


def _tell(day: Day, home: Home, shadow: Shadow, minutes: int) -> None:
    phase_s = day.random.randrange(INTERVAL_S)
    for minute in range(minutes):
        at = day.begun_at + timedelta(seconds=minute * INTERVAL_S + phase_s)
        if _within(home.dead, at):
            continue
        deaf, jammed = _within(home.deaf, at), _within(home.jammed, at)
        levels = [] if deaf or jammed else _levels(day, home, shadow, at)
        noise_dbm = -60.0 if jammed else day.random.gauss(-105.0, 1.5)
        anchor = 0 if deaf or jammed else ANCHOR_FRAMES
        health = ReceiverHealth(working=not deaf, frames=anchor + len(levels), noise_dbm=noise_dbm)
        day.tell(at, home.unit, health)
        if levels:
            day.tell(at, BRACELET, *_worn(day, home.unit, levels, at))


def _worn(day: Day, unit: DeviceId, levels: list[float], at: datetime) -> tuple[Body, ...]:
    beacon = Heard(receiver_id=unit, rssi_dbm=round(median(levels), 1), frames=len(levels))
    return beacon, *day.bracelet_at(at), Motion(moving=day.moving_at(at))


def _levels(day: Day, home: Home, shadow: Shadow, at: datetime) -> list[float]:
    """Give the strength of each frame of the minute before that was heard."""
    heard = []
    for number in range(INTERVAL_S // FRAME_S):
        then = at - timedelta(seconds=number * FRAME_S)
        path_db, shadow_db = _path_db(day, home, then), shadow.loss_db((then - day.begun_at).total_seconds())
        level_dbm = home.median_dbm - path_db + _fading_db(day.random)
        level_dbm -= max(shadow_db, 0.0) if path_db else shadow_db
        if level_dbm > SENSITIVITY_DBM and day.random.random() > COLLISION_SHARE:
            heard.append(level_dbm)
    return heard


def _path_db(day: Day, home: Home, at: datetime) -> float:
    here = day.place_at(at)
    away_m = hypot(here[0] - home.place[0], here[1] - home.place[1])
    return 0.0 if away_m <= INDOORS_M else DOOR_DB + WAY_DB * log10(away_m / 5.0)


def _fading_db(random: Random) -> float:
    """Give Nakagami fading with m = 2."""
    return 10.0 * log10(max(random.gammavariate(2.0, 0.5), 1e-6))


def _within(spans: Iterable[tuple[datetime, datetime]], at: datetime) -> bool:
    return any(from_at <= at < until_at for from_at, until_at in spans)


def carried(day: Day, *, left_at_home: Iterable[tuple[datetime, datetime]] = ()) -> None:
    """Let the carried unit, which is the day's tracker, tell what it heard of the bracelet.

    In the given times it lies where the day began while the person may be elsewhere.
    """
    day.fit(BRACELET, DeviceKind.BRACELET, NEVER_S)
    left = tuple(left_at_home)
    at = day.begun_at + timedelta(seconds=day.random.randrange(INTERVAL_S))
    while at < day.now:
        sent = [at - timedelta(seconds=number * FRAME_S) for number in range(INTERVAL_S // FRAME_S)]
        told = [day.random.gauss(_worn_dbm(day, left, then), 5.0) for then in sent]
        levels = [level for level in told if level > SENSITIVITY_DBM]
        day.tell(at, day.device, ReceiverHealth(working=True, frames=len(levels), noise_dbm=-104.0))
        if levels:
            day.tell(at, BRACELET, *_worn(day, day.device, levels, at))
        at += timedelta(seconds=INTERVAL_S)


def _worn_dbm(day: Day, left: tuple[tuple[datetime, datetime], ...], at: datetime) -> float:
    """Give how strong the carried unit hears a frame: on the body, or where it was left while the person goes away."""
    unit_m = hypot(*day.place_at(at)) if _within(left, at) else 0.0
    return -58.0 if unit_m <= INDOORS_M else -58.0 - DOOR_DB - WAY_DB * log10(unit_m / 5.0)
