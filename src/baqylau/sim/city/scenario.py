"""What a city is like, in one file: how many people, what they do, what goes wrong. The seed decides the rest."""

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct, field


class Life(StrEnum):
    """What somebody does, once in the time of the scenario."""

    AT_HOME = "at home"
    """As prescribed."""
    AT_WORK = "at work"
    """Goes to work and comes back, as prescribed."""
    FORBIDDEN = "forbidden place"
    """Goes to a place that is forbidden, and leaves it."""
    OUT = "out in the hours"
    """Leaves home within the hours, and comes back."""
    STRAP = "strap opened"
    SPENT = "battery runs down"
    ASTRAY = "led astray"
    """The receiver is led far away for less than a minute."""
    UNDER_ROOF = "under a roof"
    """No satellite is heard for some minutes. Nobody should hear of it."""


class Scenario(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to simulate."""

    persons: int = 200
    seed: int = 1
    speed: float = 60.0
    """Seconds of the city's time in one second. With 1 the devices tell what is now, else what was, up to the start."""
    hours: float = 3.0
    """How long the city lives, in its own time."""
    lives: dict[Life, float] = field(
        default_factory=lambda: {
            Life.AT_HOME: 50,
            Life.AT_WORK: 20,
            Life.FORBIDDEN: 6,
            Life.OUT: 6,
            Life.STRAP: 6,
            Life.SPENT: 4,
            Life.ASTRAY: 4,
            Life.UNDER_ROOF: 4,
        }
    )
    """How often each is, in any unit."""
    protocols: dict[str, float] = field(default_factory=lambda: {"wialon": 2, "egts": 2, "teltonika": 1})
    """Which equipment people wear, in any unit."""
    line_lost_share: float = 0.1
    """Of all people: their tracker has no line for a while, keeps, and tells afterwards."""
    line_lost_min: float = 10.0
    twice_share: float = 0.01
    """Of all reports: they come twice."""


def read_scenario(file: Path) -> Scenario:
    """Read YAML or JSON. `OSError`; `ValueError` says what cannot be understood."""
    raw = file.read_bytes()
    if file.suffix == ".json":
        return msgspec.json.decode(raw, type=Scenario)
    return msgspec.yaml.decode(raw, type=Scenario)
