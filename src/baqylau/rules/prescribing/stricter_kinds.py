"""In what one version of a restriction is stricter than another. Pure, and careful: unsure is stricter.

What a field means says which way is stricter. A field of which nothing is said here makes any change of it stricter.
"""

from collections.abc import Iterator

from msgspec.structs import replace

from baqylau.domain.orders import (
    Checked,
    ExclusionZone,
    Identification,
    NoContact,
    Placed,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.schedules import Schedule
from baqylau.rules.prescribing.covering import covers, hours_within

ENDLESS = float("inf")


def differences(old: Restriction, new: Restriction) -> Iterator[str]:
    """Give the keys of what is stricter in the new version; none where it certainly is not stricter."""
    if type(old) is not type(new):
        yield "other_kind"
        return
    if replace(old, version=new.version, clause=new.clause, from_at=new.from_at, until_at=new.until_at) == new:
        return
    yield from _of_places(old, new) if isinstance(new, Placed) else _of_people(old, new)


def _of_places(old: Restriction, new: Restriction) -> Iterator[str]:
    match old, new:
        case PresenceRegime(), PresenceRegime():
            yield from _presence(old, new)
        case ExclusionZone(), ExclusionZone():
            yield from _exclusion(old, new)
        case RequiredPlace(), RequiredPlace():
            yield from _required(old, new)
        case Territory(), Territory():
            yield from _unless(covers(new.zone, old.zone), "place_smaller")
        case TimedPlace(), TimedPlace():
            yield from _unless(covers(old.zone, new.zone), "zone_larger")
            yield from _unless(hours_within(old.schedule, new.schedule), "hours_fewer")
        case Route(), Route():
            yield from _unless(covers(new.zone, old.zone), "place_smaller")
            yield from _unless(hours_within(new.schedule, old.schedule), "hours_more")
        case _:
            yield "other_kind"


def _of_people(old: Restriction, new: Restriction) -> Iterator[str]:
    match old, new:
        case NoContact(), NoContact():
            yield from _contact(old, new)
        case Identification(), Identification():
            yield from _checks(old, new)
        case Sobriety(), Sobriety():
            yield from _checks(old, new)
            yield from _unless(new.limit_mg_l >= old.limit_mg_l, "limit_lower")
        case _:
            yield "other_kind"


def _presence(old: PresenceRegime, new: PresenceRegime) -> Iterator[str]:
    yield from _unless(all(any(covers(place, one) for place in new.places) for one in old.places), "place_smaller")
    yield from _unless(hours_within(new.schedule, old.schedule), "hours_more")
    yield from _less_grace(old.grace_s, new.grace_s)
    for was, now in (
        (old.absence_limit_s_per_day, new.absence_limit_s_per_day),
        (old.absence_limit_s_per_week, new.absence_limit_s_per_week),
    ):
        if (ENDLESS if now is None else now) < (ENDLESS if was is None else was):
            yield "absence_limit_lower"


def _exclusion(old: ExclusionZone, new: ExclusionZone) -> Iterator[str]:
    yield from _unless(covers(old.zone, new.zone), "zone_larger")
    if old.schedule is not None:
        yield from _unless(new.schedule is not None and hours_within(new.schedule, old.schedule), "hours_more")
    if new.warning_m > old.warning_m:
        yield "warning_wider"
    yield from _less_grace(old.dwell_s, new.dwell_s)
    if (new.loiter_s or ENDLESS) < (old.loiter_s or ENDLESS):
        yield "loiter_shorter"


def _required(old: RequiredPlace, new: RequiredPlace) -> Iterator[str]:
    yield from _unless(covers(new.zone, old.zone), "place_smaller")
    if old.stay_s or new.stay_s:
        yield from _unless(
            hours_within(old.schedule, new.schedule) and hours_within(new.schedule, old.schedule), "hours_more"
        )
    else:
        yield from _unless(hours_within(new.schedule, old.schedule), "hours_more")
    if (new.stay_s or ENDLESS) > (old.stay_s or ENDLESS):
        yield "stay_longer"
    yield from _less_grace(old.grace_s, new.grace_s)


def _contact(old: NoContact, new: NoContact) -> Iterator[str]:
    if new.other_id != old.other_id:
        yield "other_person"
    if new.distance_m > old.distance_m:
        yield "distance_longer"
    if new.protected is not old.protected:
        yield "protection_changed"


def _checks(old: Checked, new: Checked) -> Iterator[str]:
    yield from _unless(_no_more_begins(old.schedule, new.schedule), "hours_more")
    more = new.random_per_day > old.random_per_day or new.most_per_day > old.most_per_day
    if more or new.min_gap_s < old.min_gap_s or set(new.after) - set(old.after):
        yield "more_checks"
    if new.answer_s < old.answer_s or new.remind_s != old.remind_s:
        yield "less_time_to_answer"
    quiet = (old.quiet_from_min, old.quiet_until_min)
    if None not in quiet and quiet != (new.quiet_from_min, new.quiet_until_min):
        yield "quiet_hours_changed"
    if new.urgent and not old.urgent:
        yield "asked_aloud"


def _no_more_begins(old: Schedule, new: Schedule) -> bool:
    """Whether no check is due at a moment at which none was: only windows were taken away."""
    same = replace(new, windows=old.windows) == old
    return same and set(new.windows) <= set(old.windows)


def _unless(certain: bool, key: str) -> Iterator[str]:  # noqa: FBT001 - what was proved is all there is to say
    if not certain:
        yield key


def _less_grace(old_s: int, new_s: int) -> Iterator[str]:
    yield from _unless(new_s >= old_s, "grace_shorter")
