"""How well a home is heard at each of its receivers: the model of the notes on radio and GNSS, 3.2.

A median strength for each receiver, another level after each change of room and of posture, now and then a posture that
hides the bracelet (lying on it, a bath), fading and collisions of single frames, and a way that grows with the distance
once somebody has left.
"""

import numpy as np
from msgspec import Struct

from baqylau.sim.air.life import DAY_S, WALK_M_S, Life, Times

SENSITIVITY_DBM = -94.0
COLLISION_SHARE = 0.03
MEDIAN_DBM = (-72.0, 6.0)
"""Over homes, with its spread."""
ROOM_S, ROOM_DB = 1200.0, 7.0
POSTURE_S, POSTURE_DB = 480.0, 4.0
HIDDEN_SHARE, HIDDEN_DB = 0.02, (12.0, 35.0)
DOOR_DB = 8.0
STREET_DB, STREET_AFTER_S = 6.0, 30.0
"""Lost besides when somebody has been outside for so long."""
NEAR_M = 5.0
"""Within this distance of the door the way adds nothing to what the home itself takes."""
FADING_SHAPE = 2.0
"""Nakagami's m."""


class Body(Struct, frozen=True):
    """What the wearer's own body hides, posture after posture; shared by all receivers as far as `shared` says."""

    hidden_db: Times
    shared: float


class Path(Struct, frozen=True):
    """The way from one bracelet to one receiver through a life."""

    median_dbm: float
    rooms_db: Times
    postures_db: Times

    def level_dbm(self, times: Times, away_m: Times, dice: np.random.Generator) -> Times:
        """Give the strength of a frame sent at each of some instants, or -inf where it was not heard."""
        shadow_db = _at(self.rooms_db, times, ROOM_S) + _at(self.postures_db, times, POSTURE_S)
        fading_db = 10 * np.log10(np.maximum(dice.gamma(FADING_SHAPE, 1 / FADING_SHAPE, times.size), 1e-6))
        level = self.median_dbm - shadow_db - way_db(away_m) + fading_db
        lost = (level < SENSITIVITY_DBM) | (dice.random(times.size) < COLLISION_SHARE)
        return np.where(lost, -np.inf, level)


def way_db(away_m: Times) -> Times:
    """Give what door and distance take, for somebody who walks."""
    outside = away_m > 0
    far_db = 30.0 * np.log10(np.maximum(away_m, NEAR_M) / NEAR_M)
    street_db = np.where(away_m > STREET_AFTER_S * WALK_M_S, STREET_DB, 0.0)
    return np.where(outside, DOOR_DB + far_db + street_db, 0.0)


def body(days: float, dice: np.random.Generator, shared: float = 0.0) -> Body:
    """Give a wearer who lies on the bracelet or bathes now and then."""
    postures = int(days * DAY_S // POSTURE_S) + 1
    return Body(_hidden(dice, postures), shared)


def path(days: float, worn: Body, dice: np.random.Generator, median_dbm: float | None = None) -> Path:
    """Give one receiver's way through a home as homes are, or of a given strength."""
    rooms, postures = int(days * DAY_S // ROOM_S) + 1, int(days * DAY_S // POSTURE_S) + 1
    common = dice.random(postures) < worn.shared
    hidden = np.where(common, worn.hidden_db, _hidden(dice, postures))
    return Path(
        dice.normal(*MEDIAN_DBM) if median_dbm is None else median_dbm,
        dice.normal(0.0, ROOM_DB, rooms),
        dice.normal(0.0, POSTURE_DB, postures) + hidden,
    )


def paths(count: int, life: Life, dice: np.random.Generator, shared: float = 0.0) -> tuple[Path, ...]:
    """Give a home with so many receivers. `shared`: part of the postures that hide the bracelet from all of them."""
    worn = body(life.days, dice, shared)
    return tuple(path(life.days, worn, dice) for _ in range(count))


def _hidden(dice: np.random.Generator, postures: int) -> Times:
    return np.where(dice.random(postures) < HIDDEN_SHARE, dice.uniform(*HIDDEN_DB, postures), 0.0)


def _at(levels_db: Times, times: Times, each_s: float) -> Times:
    return levels_db[np.minimum((times // each_s).astype(np.int64), levels_db.size - 1)]
