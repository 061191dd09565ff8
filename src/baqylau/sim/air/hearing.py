"""What receivers hear of what was sent: strength by the model of the home, instants by that of hosts and links."""

from collections.abc import Iterable, Sequence
from operator import attrgetter

import numpy as np
from msgspec import Struct

from baqylau.protocols.beacon.frame import FRAME_BYTES
from baqylau.sim.air.home import SENSITIVITY_DBM, Path
from baqylau.sim.air.life import Life, Times
from baqylau.sim.air.minutes import audible, loudest
from baqylau.sim.air.worn import Sent

ADVERTISING_S = 0.010
"""A Bluetooth controller waits up to this at random before it sends. Notes on radio and GNSS, 1.5."""
STAMP_S, BUSY_SHARE, BUSY_S = 0.005, 0.05, 0.040
"""Noise of a host's time stamps, the share of those that came when it was busy, and how late these are: the same."""
STRANGERS_S = 20.0
"""A neighbour's equipment is heard so often."""
STRANGER_DBM = -80.0


class Reception(Struct, frozen=True, gc=False):
    """Bytes that one receiver heard."""

    at_s: float
    source: str
    frame: bytes
    rssi_dbm: float


class Covered(Struct, frozen=True, gc=False):
    """Something that takes so much of the bracelet's strength for a while: foil, a bath, a body."""

    from_s: float
    until_s: float
    loss_db: float


class Air(Struct, frozen=True, kw_only=True):
    """A home and who lives in it: everything that decides how frames arrive, but for the frames."""

    life: Life
    paths: Sequence[Path]
    sources: tuple[str, ...]
    covered: tuple[Covered, ...] = ()

    def heard(self, sent: Sequence[Sent], dice: np.random.Generator) -> list[Reception]:
        """Give what each receiver hears of a bracelet, in the order of arrival."""
        times = np.array([one.at_s for one in sent])
        levels = [self._covered(times, one) for one in audible(times, self.life, self.paths, dice)]
        arrivals = [times + late(times.size, dice) for _ in levels]
        frames = {number: sent[number].beacon.frame() for number in np.flatnonzero(loudest(levels) > -np.inf).tolist()}
        return in_order(
            Reception(float(arrived[number]), source, frame, round(float(level[number]), 1))
            for source, arrived, level in zip(self.sources, arrivals, levels, strict=True)
            for number, frame in frames.items()
            if level[number] > -np.inf
        )

    def _covered(self, times: Times, level: Times) -> Times:
        for one in self.covered:
            within = (one.from_s <= times) & (times < one.until_s)
            level = np.where(within, level - one.loss_db, level)
        return np.where(level < SENSITIVITY_DBM, -np.inf, level)

    def strangers(self, dice: np.random.Generator) -> list[Reception]:
        """Give what comes from the neighbours: no beacon of ours, and a proof that the receivers hear."""
        times = np.arange(0.0, self.life.ends_s, STRANGERS_S) + dice.random()
        return [
            Reception(float(at_s), source, dice.bytes(FRAME_BYTES), STRANGER_DBM)
            for at_s in times
            for source in self.sources
        ]


def late(count: int, dice: np.random.Generator) -> Times:
    """Give how much later than it went out each of some frames is stamped."""
    busy_s = np.where(dice.random(count) < BUSY_SHARE, dice.exponential(BUSY_S, count), 0.0)
    return np.maximum(dice.uniform(0.0, ADVERTISING_S, count) + dice.normal(0.0, STAMP_S, count), 0.0) + busy_s


def in_order(receptions: Iterable[Reception]) -> list[Reception]:
    """Give receptions in the order of arrival."""
    return sorted(receptions, key=attrgetter("at_s"))
