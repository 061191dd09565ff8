"""What has to be found of somebody, and the hours by which it is measured: those of the orders of the city."""

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.sim.city.days import Days, seconds

HOME_FROM, HOME_UNTIL = "19:00", "08:00"
"""Who works is to be at home between these on weekdays, and all day at weekends."""
WORK_FROM, WORK_UNTIL = "09:00", "17:30"
"""And at work between these."""
HOME_GRACE_S = 300.0
SOON_S = 600.0
"""Within this time what happens has to be found."""
BEFORE_S = 30.0
"""A device reports every so many seconds: what is found may be dated a little before."""


class Truth(Struct, frozen=True, kw_only=True):
    """Something that happens and has to be found, once."""

    code: Code
    after_s: float
    """Seconds of the city's time since it began."""
    within_s: float


OWN_LOW_S = 5_400.0
"""A tracker of ours at rest tells its charge with the place of each hour, and by itself when it is nearly empty."""


class Told(Struct, frozen=True):
    """What has to be found of a life, and what may be: that counts neither way."""

    truths: tuple[Truth, ...] = ()
    may: frozenset[Code] = frozenset()


def happens(code: Code, at_s: float, within_s: float = SOON_S) -> Truth:
    """Give a truth of a moment."""
    return Truth(code=code, after_s=at_s - BEFORE_S, within_s=within_s)


def late_home(days: Days) -> list[Truth]:
    """Give what is found of who comes home late on every working day."""
    return [happens(Code.LATE_RETURN, one + seconds(HOME_FROM) + HOME_GRACE_S) for one in days.workdays()]


def by_own_tracker(told: Told) -> Told:
    """Give what has to be found where the tracker is ours: at rest it looks at the sky once an hour."""
    truths = tuple(
        replace(one, within_s=OWN_LOW_S) if one.code is Code.BATTERY_LOW else one
        for one in told.truths
        if one.code is not Code.JUMP
    )
    return Told(truths, told.may | {Code.JUMP, Code.SPOOFING, Code.GNSS_JAM})


def held(days: Days, truths: Iterable[Truth], may: Iterable[Code] = ()) -> Told:
    """Keep what lies wholly within the city's time. What is cut by its beginning or its end may be found or not."""
    whole, cut = list[Truth](), set(may)
    for one in truths:
        if one.after_s > 0 and one.after_s + one.within_s <= days.lasts_s:
            whole.append(one)
        elif one.after_s + one.within_s > 0 and one.after_s < days.lasts_s:
            cut.add(one.code)
    return Told(tuple(whole), frozenset(cut))
