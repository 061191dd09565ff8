"""A satellite receiver: what it hears, what it makes of it, and what it says."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from baqylau.rules.gnss.epoch import FULL_FIX, GLONASS, GPS, Epoch
from baqylau.sim.sky.disturbances import Bag, Disturbance, Jammer, Spoofer, at_work
from baqylau.sim.sky.hearing import NO_CEILING_DBHZ, Hearing, ceiling_dbhz
from baqylau.sim.sky.satellites import Constellation, Sky, Values
from baqylau.sim.sky.way import Truth
from baqylau.sim.town_plan import Place, to_point

ACQUIRED_DBHZ, KEPT_DBHZ, TOLD_DBHZ = 28.0, 21.0, 17.0
"""From here on a satellite is found; down to here it is kept; down to here its strength is told."""
ENOUGH, WORST_HDOP = 4, 12.0
"""With fewer satellites, or worse ones, it says that there is no position."""
COLD_S, WARM_S = (24.0, 42.0), (1.0, 5.0)
"""From enough satellites to the first position: orbits have to be received, or are known."""
ORBITS_LAST_S = 7200.0
SETTLES_STILL_S, SETTLES_MOVING_S = 10.0, 2.5
"""How fast the receiver's own filter follows."""
DRMS_TO_R95 = 1.73
LEAST_RANGE_M = 3.0
ALTITUDE_M = 345.0
GAIN, GAIN_SPREAD, GAIN_PER_DB = 5200, 60.0, 95.0
JAM_SEEN_DB = (10.0, 25.0)
"""From here on a receiver that judges for itself warns, and calls it critical."""
CAPTURED_S = 4.0
"""How long a deceiver needs to take the receiver over."""
FALSE_SATELLITES = 10


class Model(Struct, frozen=True, kw_only=True):
    """What a receiver can, and where it is worn."""

    worn: bool = True
    systems: str = GPS + GLONASS
    """Letters of those it knows."""
    tells_gain: bool = True
    """Tells the gain of its input and how narrow a disturbance is."""
    states_accuracy: bool = False
    judges_jam: bool = False
    """Says for itself how badly it is jammed."""


class Receiver:
    """One receiver, from its start without any memory (cold)."""

    def __init__(self, seed: int, started_at_s: float, model: Model | None = None) -> None:
        """Draw the sky of that day. `started_at_s`: Unix seconds at the beginning of the way."""
        self._model = model or Model()
        self._dice = dice = np.random.default_rng(seed)
        self._sky = Constellation(dice, self._model.systems)
        number = self._sky.at(0.0).azimuth_deg.size
        self._hearing = Hearing(dice, number, worn=self._model.worn)
        self._started_at_s = started_at_s
        self._last_s: float | None = None
        self._kept: NDArray[np.bool_] = np.zeros(number, dtype=bool)
        self._ready_s = dice.uniform(*COLD_S)
        """Seconds with enough satellites that a position still needs."""
        self._fixed_s = -ORBITS_LAST_S
        self._error_m: Values | None = None
        self._place: Place | None = None
        self._led_from: Place | None = None
        """Where the receiver believed itself to be when it was taken over."""

    def epoch(self, truth: Truth, disturbances: Sequence[Disturbance] = ()) -> Epoch:
        """Give what it says at an instant later than all before."""
        seconds = 1.0 if self._last_s is None else truth.into_s - self._last_s
        self._last_s = truth.into_s
        at_work_now = at_work(disturbances, truth.into_s)
        spoofer = next((one for one in at_work_now if isinstance(one, Spoofer)), None)
        wrapped = any(isinstance(one, Bag) for one in at_work_now)
        sky = self._sky.at(truth.into_s)
        levels = self._hearing.levels(sky, truth, at_work_now, seconds)
        if spoofer is not None and not wrapped and truth.into_s - spoofer.from_s >= CAPTURED_S:
            return self._deceived(truth, spoofer)
        self._led_from = None
        self._kept = levels >= np.where(self._kept, KEPT_DBHZ, ACQUIRED_DBHZ)
        errors_m = self._hearing.range_errors_m(sky, levels, truth, seconds)
        said = Epoch(at_s=self._started_at_s + truth.into_s, **self._input(at_work_now, truth))
        said.cn0_dbhz = tuple(round(float(one)) for one in levels[levels >= TOLD_DBHZ])
        if self._ready(truth.into_s, seconds):
            self._solve(said, sky, levels, errors_m, truth, seconds)
        elif self._place is not None:
            said.latitude_deg, said.longitude_deg = _degrees(self._place)
        return said

    def _ready(self, into_s: float, seconds: float) -> bool:
        """Whether enough has been heard for long enough."""
        if np.count_nonzero(self._kept) < ENOUGH:
            span = COLD_S if into_s - self._fixed_s >= ORBITS_LAST_S else WARM_S
            self._ready_s = max(self._ready_s, self._dice.uniform(*span))
            self._error_m = None
            return False
        self._ready_s -= seconds
        if self._ready_s > 0:
            return False
        self._ready_s, self._fixed_s = 0.0, into_s
        return True

    def _solve(self, said: Epoch, sky: Sky, levels: Values, errors_m: Values, truth: Truth, seconds: float) -> None:
        design, weights = sky.design()[self._kept], np.clip(10 ** ((levels[self._kept] - 42) / 10), 0.01, 1.0)
        spread = np.linalg.pinv(design.T @ design)
        hdop = float(np.sqrt(spread[0, 0] + spread[1, 1]))
        if hdop > WORST_HDOP:
            return
        weighted = design.T * weights
        solved = np.linalg.pinv(weighted @ design) @ weighted @ errors_m[self._kept]
        left_m = errors_m[self._kept] - design @ solved
        settles_s = SETTLES_MOVING_S if truth.moving else SETTLES_STILL_S
        follows = 1.0 if self._error_m is None else 1 - np.exp(-seconds / settles_s)
        before = solved[:3] if self._error_m is None else self._error_m
        self._error_m = error_m = before + follows * (solved[:3] - before)
        self._place = truth.place[0] + float(error_m[0]), truth.place[1] + float(error_m[1])
        said.mode, said.satellites = FULL_FIX, int(self._kept.sum())
        said.systems = {letter: count for letter in dict.fromkeys(sky.systems) if (count := self._used(sky, letter))}
        said.latitude_deg, said.longitude_deg = _degrees(self._place)
        said.altitude_m = round(ALTITUDE_M + float(error_m[2]), 1)
        said.hdop = round(hdop, 2)
        self._tell_motion(said, truth, float(np.std(left_m)))
        if self._model.states_accuracy:
            range_m = max(LEAST_RANGE_M, float(np.sqrt(np.average(left_m**2, weights=weights))))
            said.stated_m = round(DRMS_TO_R95 * said.hdop * range_m, 1)

    def _used(self, sky: Sky, letter: str) -> int:
        return sum(kept and system == letter for system, kept in zip(sky.systems, self._kept, strict=True))

    def _tell_motion(self, said: Epoch, truth: Truth, left_m: float) -> None:
        noise_m_s = 0.05 + 0.03 * left_m
        said.speed_m_s = round(abs(truth.speed_m_s + float(self._dice.normal(0, noise_m_s))), 2)
        turn_deg = float(np.degrees(noise_m_s / max(truth.speed_m_s, 0.3))) * float(self._dice.normal())
        said.course_deg = round((truth.course_deg + turn_deg) % 360, 1)

    def _deceived(self, truth: Truth, spoofer: Spoofer) -> Epoch:
        """Say what the deceiver wants. Its other systems it drowns; the place begins where the receiver believed it."""
        since_s = truth.into_s - spoofer.from_s - CAPTURED_S
        begun = self._led_from = self._led_from or self._place or truth.place
        place = begun[0] + spoofer.walks_m_s[0] * since_s, begun[1] + spoofer.walks_m_s[1] * since_s
        levels = spoofer.strength_dbhz + self._dice.normal(0, spoofer.spread_db, FALSE_SATELLITES)
        latitude_deg, longitude_deg = _degrees(place)
        east_m_s, north_m_s = spoofer.walks_m_s
        return Epoch(
            at_s=self._started_at_s + truth.into_s + spoofer.step_s,
            mode=FULL_FIX,
            latitude_deg=latitude_deg,
            longitude_deg=longitude_deg,
            altitude_m=ALTITUDE_M,
            speed_m_s=round(float(np.hypot(east_m_s, north_m_s)), 2),
            course_deg=round(float(np.degrees(np.arctan2(east_m_s, north_m_s))) % 360, 1),
            satellites=FALSE_SATELLITES,
            hdop=0.9,
            systems={GPS: FALSE_SATELLITES},
            cn0_dbhz=tuple(round(float(one)) for one in levels),
            **self._input((spoofer,), truth),
        )

    def _input(self, disturbances: Sequence[Disturbance], truth: Truth) -> dict[str, object]:
        """Give what the input of the receiver feels, where it tells."""
        if not self._model.tells_gain and not self._model.judges_jam:
            return {}
        lost_db = 0.0
        for one in disturbances:
            match one:
                case Jammer():
                    lost_db = max(lost_db, (NO_CEILING_DBHZ - ceiling_dbhz(one, truth.into_s)) * 0.65)
                case Spoofer():
                    lost_db = max(lost_db, 8.0)
                case Bag():
                    pass
        said: dict[str, object] = {}
        if self._model.judges_jam:
            said["receiver_jam"] = 1 + sum(lost_db >= limit_db for limit_db in JAM_SEEN_DB)
        if not self._model.tells_gain:
            return said
        figure = 12 + 6.5 * max(lost_db - 8.0, 0.0) + abs(float(self._dice.normal(0, 6)))
        gain = GAIN - GAIN_PER_DB * lost_db + float(self._dice.normal(0, GAIN_SPREAD))
        return said | {"agc": round(min(max(gain, 0), 8191)), "jam_figure": round(min(figure, 255))}


def _degrees(place: Place) -> tuple[float, float]:
    point = to_point(place)
    return point.latitude_deg, point.longitude_deg
