"""Households' radio in real time: what a receiver's board would say, played onto sockets for home-unit programs.

Each house listens on its own address, and the program of its unit connects to it as to any board (`SocketSource`). What
happens in a house is a plot of scenes; the bracelet's and the relay's real cores send.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from random import Random

from msgspec import Struct

from baqylau.links.radio.modem import written
from baqylau.links.radio.words import Frame, Noise, Sensor
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.sim.air.worn import Bracelet, Crystal, Relay, Sent
from baqylau.sim.client import Sleep
from baqylau.sim.speaking import speak

STEP_S = 0.05
"""How exactly frames are sent at their instants."""
NOISE_S, BOX_S, STRANGER_S = 10.0, 60.0, 7.0
QUIET_DBM, JAMMED_DBM, STRANGER_DBM = -103.0, -60.0, -80.0
LOSS = 0.05
BOX: Mapping[str, float] = {"mains": 1.0, "battery": 100.0, "moved": 0.0, "opened": 0.0}


class Worn(Struct, frozen=True, kw_only=True):
    """A transmitter as it was provided."""

    serial: str
    root: bytes
    rssi_dbm: float = -62.0
    """How strongly it is heard."""


class Scene(Struct, frozen=True, kw_only=True):
    """Something that happens so many seconds after the program began; what is None stays as it was."""

    after_s: float
    away: bool | None = None
    jammed: bool | None = None
    bracelet: Mapping[str, object] = {}
    """What its sensors show from now on (`worn.Sensors`)."""
    box: Mapping[str, float] = {}
    """What the sensors of the unit's box show from now on."""
    relay: Mapping[str, object] = {}
    """How the relay stands from now on (`worn.Stands`)."""


class House(Struct, frozen=True, kw_only=True):
    """One home: where its radio is offered, who lives there, and what happens."""

    host: str
    port: int
    """0: any that is free."""
    bracelet: Worn
    relay: Worn | None = None
    plot: tuple[Scene, ...] = ()


class LiveHouse:
    """A house that is on the air. Seconds are those since it began."""

    def __init__(self, house: House, begun_at: datetime, random: Random) -> None:
        """Put the bracelet on and the relay up, at the whole second before."""
        self._house, self._random = house, random
        begun_s = int(seconds_at(begun_at))
        crystal = Crystal(ppm=random.gauss(0.0, 10.0))
        self._bracelet = Bracelet(begun_s, crystal, house.bracelet.root, house.bracelet.serial)
        self._relay = house.relay and Relay(begun_s, Crystal(), house.relay.root, house.relay.serial)
        self._late_s = seconds_at(begun_at) - begun_s
        self._plot = sorted(house.plot, key=_when, reverse=True)
        self._box = dict(BOX)
        self._away = self._jammed = False
        self._due = {NOISE_S: 0.0, BOX_S: 0.0, STRANGER_S: 0.0}

    def lines(self, after_s: float) -> list[bytes]:
        """Live on, and give what the board says meanwhile."""
        said: list[bytes] = []
        while self._plot and self._plot[-1].after_s <= after_s:
            said += self._play(self._plot.pop())
        said += self._heard(after_s + self._late_s)
        said += [line for every_s, due_s in self._due.items() if due_s <= after_s for line in self._each(every_s)]
        self._due = {every_s: due_s if due_s > after_s else after_s + every_s for every_s, due_s in self._due.items()}
        return said

    def _play(self, scene: Scene) -> list[bytes]:
        at_s = scene.after_s + self._late_s
        self._away = self._away if scene.away is None else scene.away
        self._jammed = self._jammed if scene.jammed is None else scene.jammed
        if scene.bracelet or scene.away is not None:
            self._bracelet.show(at_s, **({"moves": self._away} | dict(scene.bracelet)))
        if self._relay and scene.relay:
            self._relay.show(at_s, **scene.relay)
        self._box.update(scene.box)
        return [written(Sensor(name, value)) for name, value in scene.box.items()]

    def _heard(self, at_s: float) -> list[bytes]:
        worn = [] if self._away else [(one, self._house.bracelet) for one in self._bracelet.until(at_s)]
        if self._away:
            list(self._bracelet.until(at_s))
        if self._relay and self._house.relay:
            worn += [(one, self._house.relay) for one in self._relay.until(at_s)]
        worn.sort(key=_sent_at)
        heard = [(one, by) for one, by in worn if not self._jammed and self._random.random() > LOSS]
        return [
            written(Frame(one.beacon.frame(), self._random.gauss(by.rssi_dbm, 4.0), count_ms=round(1000 * one.at_s)))
            for one, by in heard
        ]

    def _each(self, every_s: float) -> list[bytes]:
        if every_s == NOISE_S:
            return [written(Noise(JAMMED_DBM if self._jammed else self._random.gauss(QUIET_DBM, 1.0)))]
        if every_s == BOX_S:
            return [written(Sensor(name, value)) for name, value in self._box.items()]
        return [] if self._jammed else [written(Frame(b"", STRANGER_DBM))]


def _sent_at(sent: tuple[Sent, Worn]) -> float:
    return sent[0].at_s


def _when(scene: Scene) -> float:
    return scene.after_s


async def run_houses(
    houses: Sequence[House],
    *,
    now: Callable[[], datetime],
    sleep: Sleep,
    random: Random,
    opened: Callable[[Sequence[int]], None] | None = None,
) -> None:
    """Let all houses be on the air until cancelled. `opened` is told their ports; `OSError` when one is taken."""

    def begun(at: datetime) -> list[LiveHouse]:
        return [LiveHouse(house, at, Random(random.getrandbits(64))) for house in houses]  # noqa: S311 - noise

    addresses = [(house.host, house.port) for house in houses]
    await speak(addresses, begun, every_s=STEP_S, now=now, sleep=sleep, opened=opened)
