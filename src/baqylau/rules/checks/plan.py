"""When checks are due: at fixed moments, and at moments drawn at random that nobody can know beforehand.

Random moments follow from the installation's key, the restriction and the local day alone. So every program that has
the key plans the same, also after a restart, and nothing needs to be remembered to never ask twice; whoever has not got
the key can foresee nothing.
"""

import hmac
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from baqylau.domain.checks import CheckKind, CheckWhy
from baqylau.domain.ids import CheckId
from baqylau.domain.orders import Checked, Sobriety
from baqylau.domain.people import Supervision
from baqylau.rules.schedule import begins_of
from baqylau.rules.spans import Validity, validity_of

_DAY: Final = timedelta(days=1)
_DRAWS: Final = 400
"""So often another moment is drawn for one that lies too near another; then there is none."""


class Moment(Struct, frozen=True):
    """One check of the plan."""

    at: datetime
    why: CheckWhy


class Planned(Struct, frozen=True, kw_only=True):
    """A check that is due by a restriction."""

    id: CheckId
    restriction: Checked
    at: datetime
    why: CheckWhy


def due(supervision: Supervision, key: bytes, after_at: datetime, until_at: datetime) -> Iterator[Planned]:
    """Give what is due for a person after one instant and up to another, in no order."""
    for restriction in supervision.restrictions:
        validity = validity_of(restriction, supervision.orders)
        if isinstance(restriction, Checked) and validity is not None:
            for moment in _between(restriction, validity, key, after_at, until_at):
                if not excused(supervision, restriction, moment.at):
                    name = f"{restriction.id}/{moment.at.isoformat()}"
                    yield Planned(id=check_id(key, name), restriction=restriction, at=moment.at, why=moment.why)


def excused(supervision: Supervision, restriction: Checked, at: datetime) -> bool:
    """Whether a permission excuses from the restriction."""
    return any(
        one.restriction_id in {None, restriction.id} and one.from_at <= at < one.until_at
        for one in supervision.permissions
    )


def check_id(key: bytes, name: str) -> CheckId:
    """Give the name of the check that something asks for: the same for the same, and foreseen by nobody."""
    return CheckId(hmac.digest(key, b"check/" + name.encode(), "sha256")[:16].hex())


def kind_of(restriction: Checked) -> CheckKind:
    """Give what a restriction has checked."""
    return CheckKind.BREATH if isinstance(restriction, Sobriety) else CheckKind.IDENTITY


@lru_cache(maxsize=16_384)
def moments(restriction: Checked, key: bytes, day: date) -> tuple[Moment, ...]:
    """Give the plan of one local day, in order of time."""
    fixed = [Moment(at, CheckWhy.SCHEDULED) for at in begins_of(restriction.schedule, day)]
    near = [at for offset in (-_DAY, timedelta(), _DAY) for at in begins_of(restriction.schedule, day + offset)]
    drawn = [Moment(at, CheckWhy.RANDOM) for at in _drawn(restriction, key, day, near)]
    return tuple(sorted((fixed + drawn)[: restriction.most_per_day], key=lambda one: one.at))


def quiet(restriction: Checked, at: datetime) -> bool:
    """Whether an instant lies in the quiet hours."""
    begin, end = restriction.quiet_from_min, restriction.quiet_until_min
    if begin is None or end is None:
        return False
    wall = at.astimezone(ZoneInfo(restriction.schedule.timezone))
    minute = 60 * wall.hour + wall.minute
    return begin <= minute < end if begin <= end else minute >= begin or minute < end


def _between(
    restriction: Checked, validity: Validity, key: bytes, after_at: datetime, until_at: datetime
) -> Iterator[Moment]:
    zone = ZoneInfo(restriction.schedule.timezone)
    day, last = after_at.astimezone(zone).date(), until_at.astimezone(zone).date()
    while day <= last:
        for moment in moments(restriction, key, day):
            if after_at < moment.at <= until_at and validity.holds(moment.at):
                yield moment
        day += _DAY


def _drawn(restriction: Checked, key: bytes, day: date, taken: Sequence[datetime]) -> Iterator[datetime]:
    """Draw moments that keep the gap from everything, and half of it from the ends of the day."""
    zone, gap = ZoneInfo(restriction.schedule.timezone), timedelta(seconds=restriction.min_gap_s)
    begin = datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
    end = datetime.combine(day + _DAY, time(), tzinfo=zone).astimezone(UTC)
    kept = list(taken)
    left = restriction.random_per_day
    for number in range(_DRAWS):
        if not left:
            return
        at = begin + _share(key, f"{restriction.id}/{day.isoformat()}/{number}") * (end - begin)
        at = at.replace(second=0, microsecond=0)
        inside = begin + gap / 2 <= at <= end - gap / 2
        if inside and not quiet(restriction, at) and all(abs(at - other) >= gap for other in kept):
            kept.append(at)
            left -= 1
            yield at


def _share(key: bytes, name: str) -> float:
    """Draw a number from 0 up to 1."""
    drawn = hmac.new(key, b"moment/" + name.encode(), sha256).digest()[:7]
    return int.from_bytes(drawn, "big") / 256**7
