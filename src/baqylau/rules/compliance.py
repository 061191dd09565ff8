"""What a screen may say of a person at an instant: as prescribed, not so, not known, free or excused."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from baqylau.domain.ids import DeviceId
from baqylau.domain.orders import ExclusionZone, Territory
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.equipment.silence import speaks_by_itself
from baqylau.rules.places.keeping import BEGUN, Keeping
from baqylau.rules.places.position import Position
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.spans import Duty
from baqylau.rules.state import DeviceState

Shown = tuple[Compliance, Blindness | None]

_GRAVEST_FIRST = (
    Compliance.NOT_AS_PRESCRIBED,
    Compliance.UNKNOWN,
    Compliance.AS_PRESCRIBED,
    Compliance.EXCUSED,
)


def of_each(
    plans: Iterable[RestrictionPlan],
    keepings: Mapping[str, Keeping],
    at: datetime,
    why: Blindness | None,
) -> dict[str, Shown]:
    """Give what each restriction in force gives, with its own reason where it is unknown and has one.

    `why` is why the place is unknown, None when it is known.
    """
    in_force = [(plan, keepings.get(plan.key, BEGUN)) for plan in plans if plan.validity.holds(at) and plan.kind.breach]
    at_home = any(state.by_radio and state.against is False for _, state in in_force)
    said = [(plan.key, of_restriction(plan, state, at, why, at_home=at_home), state.why) for plan, state in in_force]
    return {key: (one, own if one is Compliance.UNKNOWN else None) for key, one, own in said}


def of_person(each: Mapping[str, Shown], why: Blindness | None) -> Shown:
    """Give the gravest that any restriction gives. `why` as above."""
    said = [one for one, _ in each.values()]
    gravest = next((one for one in _GRAVEST_FIRST if one in said), Compliance.FREE)
    if gravest is not Compliance.UNKNOWN:
        return gravest, None
    return resolved((gravest, next((own for _, own in each.values() if own), None)), why)


def resolved(shown: Shown, why: Blindness | None) -> Shown:
    """Give the same with the reason that counts: what blinds us to everything goes before a restriction's own."""
    said, own = shown
    if said is not Compliance.UNKNOWN:
        return said, None
    return said, why if why in _OF_EVERYTHING else own or why or Blindness.POOR_FIX


_OF_EVERYTHING = {Blindness.OURSELVES, Blindness.NO_OBSERVATION_YET}


def of_restriction(
    plan: RestrictionPlan, state: Keeping, at: datetime, why: Blindness | None, *, at_home: bool
) -> Compliance:
    """Give what one restriction in force gives. `why` as above; `at_home`: the bracelet is heard there by radio."""
    span = plan.span(at)
    if span.duty is Duty.EXCUSED:
        return Compliance.EXCUSED
    if span.duty is not Duty.DUE:
        return Compliance.FREE
    if why is not None and why not in _OF_EVERYTHING and at_home and _kept_at_home(plan, state):
        return Compliance.AS_PRESCRIBED
    if (why is not None and (why in _OF_EVERYTHING or not state.by_radio)) or state.against is None:
        return Compliance.UNKNOWN
    if state.finding is not None:
        return Compliance.NOT_AS_PRESCRIBED
    if not state.against:
        return Compliance.AS_PRESCRIBED
    return Compliance.FREE if plan.stay or at < span.from_at + plan.grace else Compliance.UNKNOWN


def _kept_at_home(plan: RestrictionPlan, state: Keeping) -> bool:
    """Whether who is at home keeps it: no order forbids the home, and none leaves it out of the territory."""
    return state.finding is None and isinstance(plan.restriction, ExclusionZone | Territory)


def why_unknown(
    devices: Mapping[DeviceId, DeviceState],
    heard_at: datetime | None,
    position: Position | None,
    *,
    unheard: bool,
    stale: bool,
) -> Blindness | None:
    """Give why the place is not known at all, or None when the last fix still tells of it."""
    if heard_at is None:
        return Blindness.NO_OBSERVATION_YET
    if unheard:
        return Blindness.OURSELVES
    if not stale:
        return None
    if _silent(devices) or (position is not None and heard_at <= position.at):
        return Blindness.DEVICE_SILENT
    return Blindness.NO_FIX


def _silent(devices: Mapping[DeviceId, DeviceState]) -> bool:
    return all(device.silence.finding is not None for device in devices.values() if speaks_by_itself(device.silence))
