"""The mobile network along a true way: how strong the device hears it, if at all."""

from collections.abc import Iterable
from random import Random

from baqylau.sim.sky.disturbances import Bag, Disturbance
from baqylau.sim.sky.way import Truth

STREET_DBM, SPREAD_DB, LASTS_S = -80.0, 5.0, 60.0
LEAST_DBM = -113.0
"""Weaker than this a modem is not registered."""


class Network:
    """What one modem hears."""

    def __init__(self, random: Random) -> None:
        """Begin somewhere in town."""
        self._random = random
        self._shadow_db = random.gauss(0.0, SPREAD_DB)
        self._last_s: float | None = None

    def level_dbm(self, truth: Truth, disturbances: Iterable[Disturbance]) -> float | None:
        """Give its strength at an instant later than all before, or None where there is none."""
        seconds = 1.0 if self._last_s is None else truth.into_s - self._last_s
        self._last_s = truth.into_s
        kept = max(1.0 - seconds / LASTS_S, 0.0)
        fresh_db = self._random.gauss(0.0, SPREAD_DB * (1.0 - kept * kept) ** 0.5)
        self._shadow_db = kept * self._shadow_db + fresh_db
        level_dbm = STREET_DBM + self._shadow_db - truth.scene.cell_db
        level_dbm -= sum(one.cell_db for one in disturbances if isinstance(one, Bag) and one.holds(truth.into_s))
        return level_dbm if level_dbm > LEAST_DBM else None
