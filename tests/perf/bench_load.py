"""How fast a judge takes over everybody: a hundred thousand people, with an order and a home each."""

from collections.abc import Iterator
from time import perf_counter

from msgspec.structs import replace

from baqylau.domain.orders import PresenceRegime
from baqylau.links.wall_clock import now
from baqylau.sim.load_fleet import load_registry
from baqylau.storage.registers.registry import Registry
from tests.perf.bench_calibration import Calibration
from tests.perf.bench_judge import new_judge
from tests.perf.figures import Figure, figure
from tests.perf.installation import Installation, register

PEOPLE = 100_000
AT_ONCE = 10_000
LOADED_S = 30


def _registry() -> Registry:
    """Give everybody's registers, with the one restriction that nearly everybody has: be at home in the hours."""
    whole = load_registry("wialon", PEOPLE, now())
    homes = tuple(one for one in whole.restrictions if isinstance(one, PresenceRegime))
    return replace(whole, restrictions=homes)


def _part(whole: Registry, begin: int) -> Registry:
    chosen = slice(begin, begin + AT_ONCE)
    return Registry(
        people=whole.people[chosen],
        devices=whole.devices[chosen],
        orders=whole.orders[chosen],
        restrictions=whole.restrictions[chosen],
        fittings=whole.fittings[chosen],
    )


def figures(installation: Installation, calibration: Calibration) -> Iterator[Figure]:
    """Fill the registers and let a judge begin."""
    whole = _registry()
    for begin in range(0, PEOPLE, AT_ONCE):
        register(installation, _part(whole, begin))
    judge = new_judge(installation)
    begun_s = perf_counter()
    judge.start()
    seconds = perf_counter() - begun_s
    yield figure(f"judge: {PEOPLE} people taken over", seconds, "s", at_most=LOADED_S, beside=calibration.loop)
