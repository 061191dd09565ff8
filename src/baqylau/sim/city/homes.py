"""Lives with a home unit: when the bracelet is out of the door, what it shows, what happens to the box."""

from collections.abc import Iterable, Iterator, Mapping
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.sim.air.life import Leave
from baqylau.sim.air.worn import CLOSED, CUT
from baqylau.sim.city.days import MINUTE_S, Days, seconds
from baqylau.sim.city.relays import Relay, unheard
from baqylau.sim.city.scenario import Life, Scenario
from baqylau.sim.city.truth import HOME_UNTIL, Told, Truth, happens, held, late_home
from baqylau.sim.stories import Story
from baqylau.sim.town import House

GONE_WITHIN_S = 900.0
"""Who leaves is found so soon: five minutes unheard, the grace, and five more for who lay still."""
OUT_MIN = 30.0, 60.0
LEAVES_AFTER_MIN = 3.0, 12.0
CARRIED_S = 20.0
BACK, LATE_BACK = ("18:00", "18:25"), ("19:45", "20:15")
"""When who works is at home again, in time or late."""
UNSURE = (Code.LEFT_EARLY, Code.NOT_AT_HOME, Code.LATE_RETURN, Code.GAPS_FREQUENT, Code.RANGE_CHANGED)
"""What may be found where a bracelet is heard weakly."""

Shown = tuple[float, Mapping[str, object]]
"""From when on the sensors of a bracelet, or a relay, show something, and what."""
Sensed = tuple[float, Mapping[str, bool]]
"""The same for the sensors of the unit's box."""


class Household(Struct, frozen=True, kw_only=True):
    """What goes on around a unit that hears a bracelet."""

    receivers: int
    weak: bool = False
    leaves: tuple[Leave, ...] = ()
    bracelet: tuple[Shown, ...] = ()
    box: tuple[Sensed, ...] = ()
    relay: tuple[Shown, ...] | None = None
    """None where none stands."""
    carried: Story | None = None
    """Where a unit is carried; then the leaves are those from the unit. None for one that stands at home."""


def household(
    life: Life, scenario: Scenario, days: Days, home: House, anchor: Relay | None, random: Random
) -> tuple[Household, Told]:
    """Give what goes on in a home, and what has to be found of it."""
    lived, truths, may = _life(life, scenario, days, random)
    cuts = list(_power_cuts(scenario, days, home))
    for from_s, until_s in cuts:
        cut: tuple[Sensed, ...] = ((from_s, {"mains": False}), (until_s, {"mains": True}))
        lived = replace(lived, box=(*lived.box, *cut))
        truths.append(happens(Code.MAINS_LOST, from_s))
    if anchor is not None and lived.relay is None:
        lived = replace(lived, relay=())
    if lived.relay is not None:
        # Where somebody carries the relay away it does not break down besides: the one would hide the other.
        fails_s = anchor.fails_s if anchor is not None and not lived.relay else None
        lived, more = _with_relay(lived, lived.relay, cuts, fails_s)
        truths += more
    return lived, held(days, truths, may)


def _with_relay(
    lived: Household, shown: tuple[Shown, ...], cuts: list[tuple[float, float]], fails_s: float | None
) -> tuple[Household, list[Truth]]:
    """Let the relay lose its mains with the home, and break down."""
    truths = [happens(Code.MAINS_LOST, from_s) for from_s, _ in cuts if fails_s is None or from_s < fails_s - MINUTE_S]
    for from_s, until_s in cuts:
        shown = (*shown, (from_s, {"mains": False}), (until_s, {"mains": True}))
    if fails_s is not None:
        shown = (*shown, (fails_s, {"broken": True}))
        truths.append(unheard(fails_s))
    return replace(lived, relay=shown), truths


def _life(
    life: Life, scenario: Scenario, days: Days, random: Random
) -> tuple[Household, list[Truth], tuple[Code, ...]]:
    calm, moments = Household(receivers=scenario.receivers), list(days.moments(random))
    match life:
        case Life.AT_HOME:
            return calm, [], ()
        case Life.WEAK:
            return replace(calm, receivers=1, weak=True), [], UNSURE
        case Life.AT_WORK:
            return replace(calm, leaves=tuple(_to_work(days, BACK, random))), [], ()
        case Life.LATE:
            late = replace(calm, leaves=tuple(_to_work(days, LATE_BACK, random)))
            return late, late_home(days), (Code.NOT_AT_HOME,)
        case Life.OUT:
            leaves = tuple(Leave(one, one + random.uniform(*OUT_MIN) * MINUTE_S) for one in moments)
            return replace(calm, leaves=leaves), [happens(Code.LEFT_EARLY, one, GONE_WITHIN_S) for one in moments], ()
        case Life.STRAP:
            shown, truths = strap_opened(moments)
            return replace(calm, bracelet=shown), truths, ()
        case Life.MOVED | Life.RELAY_MOVED:
            return *_carried_away(life, calm, moments[0]), ()
        case _:
            msg = f"nobody with a home unit lives like that: {life}"
            raise ValueError(msg)


def strap_opened(moments: Iterable[float]) -> tuple[tuple[Shown, ...], list[Truth]]:
    """Let the strap of a bracelet be opened, and closed again five minutes later."""
    spells = [(one, one + 5 * MINUTE_S) for one in moments]
    shown = tuple(scene for open_s, closed_s in spells for scene in ((open_s, CUT), (closed_s, CLOSED)))
    opened = [happens(Code.STRAP_OPEN, open_s) for open_s, _ in spells]
    return shown, [*opened, *(happens(Code.STRAP_RESTORED, closed_s) for _, closed_s in spells)]


def _carried_away(life: Life, calm: Household, moment_s: float) -> tuple[Household, list[Truth]]:
    """Let somebody take the unit, or the relay, from where it stands: found once, until somebody has looked at it."""
    if life is Life.MOVED:
        return replace(calm, box=((moment_s, {"moved": True}),)), [happens(Code.UNIT_MOVED, moment_s)]
    carried: tuple[Shown, ...] = ((moment_s, {"moves": True}), (moment_s + CARRIED_S, {"moves": False}))
    return replace(calm, relay=carried), [happens(Code.RELAY_FAULT, moment_s)]


def _to_work(days: Days, back: tuple[str, str], random: Random) -> Iterator[Leave]:
    """Be away for work on every weekday."""
    for midnight_s in days.workdays():
        out_s = midnight_s + seconds(HOME_UNTIL) + random.uniform(*LEAVES_AFTER_MIN) * MINUTE_S
        back_s = midnight_s + random.uniform(*map(seconds, back))
        if back_s > 0:
            yield Leave(out_s, back_s)


def _power_cuts(scenario: Scenario, days: Days, home: House) -> Iterator[tuple[float, float]]:
    """Give when this home has no mains: the same for its whole quarter of the town."""
    random = Random(f"{scenario.seed}/mains")  # noqa: S311 - invented power cuts
    for moment_s in days.moments(random):
        quarter = random.random() < 0.5, random.random() < 0.5  # noqa: PLR2004 - either side of the middle
        if quarter == (home.middle[0] > 0, home.middle[1] > 0) and scenario.power_cut_min > 0:
            yield moment_s, moment_s + scenario.power_cut_min * MINUTE_S
