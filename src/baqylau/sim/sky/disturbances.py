"""What somebody does to a receiver: jams it, deceives it, or wraps it up."""

from collections.abc import Iterable

from msgspec import Struct

from baqylau.sim.town_plan import Place


class _For(Struct, frozen=True, kw_only=True):
    from_s: float
    until_s: float

    def holds(self, into_s: float) -> bool:
        """Whether it goes on at an instant of the way."""
        return self.from_s <= into_s < self.until_s


class Jammer(_For, frozen=True, kw_only=True):
    """Noise in the band: no satellite can be stronger than the ceiling that it leaves."""

    ceiling_dbhz: float
    """About 12 from a jammer in the pocket, 28 from one across the street."""
    rise_s: float = 1.0
    """How long until it is as loud as this."""


class Spoofer(_For, frozen=True, kw_only=True):
    """A transmitter that plays the sky: all of its satellites come from one aerial, and from where it wants."""

    walks_m_s: Place = (0.0, 0.0)
    """How fast the place is led away, eastwards and northwards."""
    step_s: float = 0.0
    """How far the time is wrong."""
    strength_dbhz: float = 45.0
    spread_db: float = 0.4
    """How unlike each other its satellites are; those of the sky differ by more than five."""


class Bag(_For, frozen=True, kw_only=True):
    """Foil around the device: sky and network are weaker at once."""

    sky_db: float = 55.0
    cell_db: float = 60.0


Disturbance = Jammer | Spoofer | Bag


def at_work(all_of_them: Iterable[Disturbance], into_s: float) -> tuple[Disturbance, ...]:
    """Give what goes on at an instant."""
    return tuple(one for one in all_of_them if one.holds(into_s))
