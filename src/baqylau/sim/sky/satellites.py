"""The satellites above: where they stand, how strong they would be under an open sky, and what hides them."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from baqylau.rules.gnss.epoch import BEIDOU, GALILEO, GLONASS, GPS
from baqylau.sim.sky.way import Scene

Values = NDArray[np.float64]

IN_VIEW = {GPS: 10, GLONASS: 8, GALILEO: 8, BEIDOU: 9}
"""Above the horizon of a town at 50 degrees north, over a day about these many of each."""
LOWEST_DEG = 5.0
TURN_DEG_S = 0.006
"""How fast they go over the sky, about."""
ZENITH_DBHZ, HORIZON_DBHZ = 48.0, 34.0
UNLIKE_DB = 2.0
"""Satellites and the pattern of a small aerial differ by this."""
DIFFRACTED_DB = 14.0
"""What comes round a wall, or off one, is so much weaker."""


class Sky(Struct, frozen=True):
    """The satellites in view at an instant."""

    systems: tuple[str, ...]
    azimuth_deg: Values
    elevation_deg: Values
    open_dbhz: Values
    """Strength under an open sky."""

    def design(self) -> Values:
        """Give the unit vectors (east, north, up) and the clock's column, a row each."""
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        flat = np.cos(elevation)
        columns = flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation), np.ones_like(flat)
        return np.stack(columns, axis=1)

    def behind_walls(self, scene: Scene) -> NDArray[np.bool_]:
        """Tell which are hidden by the walls along a street; along the street the sky is free."""
        across = np.abs(np.sin(np.radians(self.azimuth_deg - scene.street_deg)))
        hidden_deg = np.degrees(np.arctan(np.tan(np.radians(scene.walls_deg)) * across))
        return np.asarray(self.elevation_deg < hidden_deg)


class Constellation:
    """All satellites of one day."""

    def __init__(self, dice: np.random.Generator, systems: str) -> None:
        """Draw the sky. `systems`: the letters of those that the receiver knows."""
        counts = {letter: count for letter, count in IN_VIEW.items() if letter in systems}
        self._systems = tuple(letter for letter, count in counts.items() for _ in range(count))
        number = len(self._systems)
        self._azimuth_deg = dice.uniform(0, 360, number)
        self._elevation_deg = np.degrees(np.arcsin(dice.uniform(np.sin(np.radians(LOWEST_DEG)), 1, number)))
        self._turns_deg_s = dice.uniform(-TURN_DEG_S, TURN_DEG_S, number)
        self._unlike_db = dice.normal(0, UNLIKE_DB, number)

    def at(self, into_s: float) -> Sky:
        """Give the sky so long after its day began."""
        elevation_deg = 90 - np.abs(90 - np.abs(self._elevation_deg + self._turns_deg_s * into_s))
        risen = HORIZON_DBHZ + (ZENITH_DBHZ - HORIZON_DBHZ) * np.sin(np.radians(elevation_deg))
        return Sky(
            self._systems,
            (self._azimuth_deg + self._turns_deg_s * into_s) % 360,
            np.maximum(elevation_deg, 1.0),
            risen + self._unlike_db,
        )
