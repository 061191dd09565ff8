"""A unit of the city on the air: the bracelet's real core, what the receivers hear of it, and the unit's real core."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from operator import itemgetter
from random import Random

import numpy as np

from baqylau.devices.home_unit.shell import HOME_UNIT
from baqylau.devices.mobile_unit.inputs import SkySeen
from baqylau.devices.mobile_unit.shell import MOBILE_UNIT
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.link.beacons import Beacons
from baqylau.protocols.beacon.frame import FRAME_BYTES
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.sim.air.box import Box, document
from baqylau.sim.air.hearing import STRANGER_DBM, STRANGERS_S, Air, Reception, in_order
from baqylau.sim.air.home import Path, body, path, paths
from baqylau.sim.air.life import DAY_S, Life
from baqylau.sim.air.worn import Bracelet, Crystal, Relay, Sent
from baqylau.sim.city.carried import Hand, walks
from baqylau.sim.city.homes import Household, Shown
from baqylau.sim.city.registers import bracelet_id, relay_id, secret, unit_id
from baqylau.sim.city.spoilt import CLEAR, Sky
from baqylau.storage.equipment.device_keys import DeviceKey, KeyKind

TICK_S = 5.0
CRYSTAL_PPM = 10.0
RELAYS = 1
"""Sets the dice of relays apart."""
WEAK_DBM, RELAY_DBM, BESIDE_DBM = -90.0, -58.0, -50.0
"""Median strength in a flat with thick walls, where receivers end at -94 dBm; of a relay, put up well; of a bracelet
beside the unit that its wearer carries."""

_Happens = tuple[float, Callable[[], None]]


class HomeOnAir:
    """One home. Seconds are those of the city."""

    def __init__(
        self,
        number: int,
        household: Household,
        prescribed: Supervision,
        begun_at: datetime,
        lasts_s: float,
        sky: Sky = CLEAR,
    ) -> None:
        """Put the bracelet on and switch the unit on. The chance in it is the person's own. `sky`: over one carried."""
        self._dice, self._household = np.random.default_rng(number), household
        life = Life(days=lasts_s / DAY_S, leaves=household.leaves)
        sources = tuple(f"receiver {one}" for one in range(1, household.receivers + 1))
        self._air = Air(life=life, paths=_paths(household, life, self._dice), sources=sources)
        root, crystal = secret(bracelet_id(number)), Crystal(ppm=float(self._dice.normal(0.0, CRYSTAL_PPM)))
        bracelet = Bracelet(int(seconds_at(begun_at)), crystal, root, str(bracelet_id(number)))
        self._worn = _Shows(bracelet, self._air, [*household.bracelet, *_walks(household)])
        self._relay = None if household.relay is None else _anchor(number, household.relay, begun_at, lasts_s, sources)
        self._under_way: list[Reception] = []
        self.at_s = 0.0
        """How far it has come."""
        self._hand, self._felt = None, dict[str, object]()
        if household.carried is not None:
            self._hand = Hand(household.carried, begun_at, Random(number), sky)  # noqa: S311 - noise of a receiver
        kind = HOME_UNIT if self._hand is None else MOBILE_UNIT
        self.box = Box(unit_id(number), sources, begun_at, kind, mains=self._hand is None)
        runs_by = document(prescribed, unit_id(number), _beacons(number, begun_at), begun_at)
        if runs_by is not None:
            self.box.configure(runs_by)

    def live_until(self, until_s: float) -> None:
        """Live on up to an instant."""
        for _, happens in sorted(self._happens(until_s), key=itemgetter(0)):
            happens()
        self.at_s = until_s

    def _happens(self, until_s: float) -> Iterator[_Happens]:
        from_s, box = self.at_s, self.box
        for one in self._heard(until_s):
            yield one.at_s, partial(box.hear, one)
        for at_s in np.arange(from_s + TICK_S, until_s + TICK_S / 2, TICK_S).tolist():
            yield at_s, partial(box.tick, at_s)
        for at_s, shown in self._household.box:
            if from_s <= at_s < until_s:
                yield at_s, partial(box.sense, at_s, **shown)
        if self._hand is not None:
            yield from self._carried(self._hand, until_s)

    def _carried(self, hand: Hand, until_s: float) -> Iterator[_Happens]:
        for at_s, epoch, felt in hand.until(until_s):
            yield at_s, partial(self.box.take, at_s, SkySeen, epoch=epoch)
            if felt != self._felt:
                self._felt = felt
                yield at_s, partial(self.box.sense, at_s, **felt)

    def _heard(self, until_s: float) -> list[Reception]:
        """Give what arrives before an instant; what is sent before it and arrives later comes the next time."""
        receptions = [
            heard
            for one in (self._worn, self._relay)
            if one is not None
            for heard in one.air.heard(one.sent(self.at_s, until_s), self._dice)
        ]
        waiting = in_order([*self._under_way, *receptions, *self._strangers(until_s)])
        first_later = bisect_left(waiting, until_s, key=_arrives)
        self._under_way = waiting[first_later:]
        return waiting[:first_later]

    def _strangers(self, until_s: float) -> Iterator[Reception]:
        """Give what comes from the neighbours: no beacon of ours, and a proof that the receivers hear."""
        for at_s in np.arange(self.at_s, until_s, STRANGERS_S).tolist():
            for source in self._air.sources:
                yield Reception(at_s, source, self._dice.bytes(FRAME_BYTES), STRANGER_DBM)


class _Shows:
    """A transmitter, how it is heard, and what it shows when."""

    def __init__(self, device: Bracelet | Relay, air: Air, shown: Iterable[Shown]) -> None:
        self.air, self._device = air, device
        self._shown = sorted(shown, key=itemgetter(0))

    def sent(self, from_s: float, until_s: float) -> list[Sent]:
        """Live on, and give what was sent."""
        sent = list[Sent]()
        while self._shown and self._shown[0][0] < until_s:
            at_s, shown = self._shown.pop(0)
            sent += self._device.until(max(at_s, from_s))
            self._device.show(max(at_s, from_s), **shown)
        return [*sent, *self._device.until(until_s)]


def _anchor(
    number: int, shown: Iterable[Shown], begun_at: datetime, lasts_s: float, sources: tuple[str, ...]
) -> _Shows:
    """Give the relay of a home. The chance in it is its own, so that a home sounds the same without it."""
    dice, days = np.random.default_rng((number, RELAYS)), lasts_s / DAY_S
    standing = Relay(int(seconds_at(begun_at)), Crystal(), secret(relay_id(number)), str(relay_id(number)))
    ways = tuple(path(days, body(days, dice), dice, RELAY_DBM) for _ in sources)
    return _Shows(standing, Air(life=Life(days=days), paths=ways, sources=sources), shown)


def _arrives(one: Reception) -> float:
    return one.at_s


def _walks(household: Household) -> Iterator[Shown]:
    """Who goes out moves, until they are back; and who walks with a unit."""
    for one in household.leaves:
        yield one.out_s, {"moves": True}
        yield one.back_s, {"moves": False}
    if household.carried is not None:
        yield from walks(household.carried)


def _paths(household: Household, life: Life, dice: np.random.Generator) -> tuple[Path, ...]:
    if household.weak or household.carried is not None:
        median_dbm = WEAK_DBM if household.weak else BESIDE_DBM
        return (path(life.days, body(life.days, dice), dice, median_dbm),)
    return paths(household.receivers, life, dice)


def _beacons(number: int, begun_at: datetime) -> Beacons:
    keys = [
        DeviceKey(id=0, device_id=one, kind=KeyKind.BEACON, serial=one, material=secret(one), enrolled_at=begun_at)
        for one in (bracelet_id(number), relay_id(number))
    ]
    return Beacons(keys)
