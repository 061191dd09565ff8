"""How strong a worn receiver hears each satellite, and how wrong the way to it is measured."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from baqylau.sim.sky.disturbances import Bag, Disturbance, Jammer
from baqylau.sim.sky.satellites import DIFFRACTED_DB, Sky, Values
from baqylau.sim.sky.way import Truth

BODY_DB, BODY_DEG = 8.0, 75.0
"""What the wearer's legs and body take, on the side where they are."""
BODY_UP_DEG = 65.0
BODY_TURNS_S = 45.0
ANKLE_DB = 3.0
"""Near the ground, beside a leg, everything is weaker."""
FLICKER_DB, FLICKER_S = 1.2, 4.0
ORBIT_M, AIR_M, SLOW_S = 1.5, 4.0, 1800.0
"""Errors that last: orbits and clocks; what the air leaves, more of it near the horizon."""
NOISE_M, NOISE_S = 2.5, 15.0
"""Noise of a strong satellite, and echoes of the ground; ten decibels less are twice as much."""
ANKLE_TIMES = 1.5
"""The leg and the ground beside it make it so much worse."""
UNLIKE = 0.3
"""Receivers differ: the public logs' scatter of a still receiver lies between 1 and 9 m (logarithm's spread)."""
ECHO_M, INDOOR_ECHO_M = 20.0, 9.0
"""How much longer the way round a wall is on average, and the way into a room."""
ECHO_STILL_S, ECHO_MOVING_S = 150.0, 10.0
INDOORS_DB = 10.0
NO_CEILING_DBHZ = 60.0


class Drift:
    """Values that forget themselves slowly: Gaussian, of unit spread."""

    def __init__(self, dice: np.random.Generator, number: int) -> None:
        self._dice = dice
        self.now: Values = dice.normal(0, 1, number)

    def step(self, seconds: float, lasts_s: float) -> Values:
        """Let time pass."""
        kept = np.exp(-seconds / lasts_s)
        self.now = kept * self.now + np.sqrt(1 - kept * kept) * self._dice.normal(0, 1, self.now.size)
        return self.now


class Hearing:
    """The aerial and the surroundings of one receiver."""

    def __init__(self, dice: np.random.Generator, satellites: int, *, worn: bool) -> None:
        """Draw what is about; `worn` at the ankle, or lying free."""
        self._worn = worn
        self._times = (ANKLE_TIMES if worn else 1.0) * float(np.exp(dice.normal(0, UNLIKE)))
        self._turn, self._flicker, self._slow, self._noise, self._echo = (
            Drift(dice, number) for number in (1, satellites, satellites, satellites, satellites)
        )

    def levels(self, sky: Sky, truth: Truth, disturbances: Iterable[Disturbance], seconds: float) -> Values:
        """Give C/N0 of every satellite, in dBHz, after so many seconds."""
        levels = sky.open_dbhz - truth.scene.roof_db - DIFFRACTED_DB * sky.behind_walls(truth.scene)
        levels = levels + FLICKER_DB * self._flicker.step(seconds, FLICKER_S)
        if self._worn:
            levels = levels - ANKLE_DB - BODY_DB * self._behind_body(sky, truth, seconds)
        for one in disturbances:
            match one:
                case Bag(sky_db=sky_db):
                    levels = levels - sky_db
                case Jammer():
                    levels = _beneath(levels, ceiling_dbhz(one, truth.into_s))
                case _:
                    pass
        return np.asarray(levels)

    def _behind_body(self, sky: Sky, truth: Truth, seconds: float) -> NDArray[np.bool_]:
        turned = float(self._turn.step(seconds, BODY_TURNS_S)[0])
        side_deg = truth.course_deg + 90 + 60 * turned
        apart_deg = np.abs((sky.azimuth_deg - side_deg + 180) % 360 - 180)
        return np.asarray((apart_deg < BODY_DEG) & (sky.elevation_deg < BODY_UP_DEG))

    def range_errors_m(self, sky: Sky, levels: Values, truth: Truth, seconds: float) -> Values:
        """Give by how much the way to every satellite is measured wrong."""
        low = 1 - np.sin(np.radians(sky.elevation_deg))
        slow = (ORBIT_M + AIR_M * low) * self._slow.step(seconds, SLOW_S)
        noise = self._times * NOISE_M * 10 ** ((45 - np.clip(levels, 15, 45)) / 33) * self._noise.step(seconds, NOISE_S)
        echo = self._echo.step(seconds, ECHO_MOVING_S if truth.moving else ECHO_STILL_S) ** 2
        longer_m = np.where(sky.behind_walls(truth.scene), ECHO_M, 0.0)
        if truth.scene.roof_db > INDOORS_DB:
            longer_m = np.maximum(longer_m, INDOOR_ECHO_M)
        return np.asarray(slow + noise + longer_m * echo)


def ceiling_dbhz(jammer: Jammer, into_s: float) -> float:
    """Give what a jammer leaves at an instant."""
    risen = min((into_s - jammer.from_s) / jammer.rise_s, 1.0)
    return NO_CEILING_DBHZ + (jammer.ceiling_dbhz - NO_CEILING_DBHZ) * risen


def _beneath(levels: Values, limit_dbhz: float) -> Values:
    """Add noise that alone would leave so much."""
    return np.asarray(-10 * np.log10(10 ** (-levels / 10) + 10 ** (-limit_dbhz / 10)))
