"""What restrictions that are watched by checks cannot mean, or hardly mean (`rules.prescribing.contradictions`)."""

from collections.abc import Iterator
from typing import Final

from baqylau.domain.orders import Checked, Identification, Sobriety
from baqylau.domain.people import DeviceKind, Supervision

SHORTEST_ANSWER_S: Final = 120
"""Nobody gets to the unit sooner."""
_DAY_S: Final = 86_400


def of_checks(restriction: Checked, supervision: Supervision) -> Iterator[tuple[str, bool]]:
    """Give the key of everything that is wrong, and whether it is refused."""
    windows = (*restriction.schedule.windows, *restriction.schedule.holiday_windows)
    if not windows and not restriction.random_per_day and not restriction.after and not restriction.schedule.exceptions:
        yield "no_hours", True
    if restriction.answer_s < SHORTEST_ANSWER_S:
        yield "answer_too_short", True
    if restriction.answer_s > restriction.min_gap_s:
        yield "answer_longer_than_gap", True
    if restriction.remind_s >= restriction.answer_s:
        yield "reminder_too_late", False
    if restriction.random_per_day * restriction.min_gap_s > loud_s(restriction):
        yield "too_many_random", True
    if isinstance(restriction, Sobriety) and not 0 <= restriction.limit_mg_l < float("inf"):
        yield "limit_missing", True
    if unit_kind(restriction) not in {device.kind for device in supervision.devices}:
        yield "without_unit", False


def loud_s(restriction: Checked) -> int:
    """Give how much of a day is not quiet."""
    if restriction.quiet_from_min is None or restriction.quiet_until_min is None:
        return _DAY_S
    return _DAY_S - 60 * ((restriction.quiet_until_min - restriction.quiet_from_min) % (_DAY_S // 60))


def unit_kind(restriction: Checked) -> DeviceKind:
    """Give the equipment that takes its checks."""
    return DeviceKind.AV_UNIT if isinstance(restriction, Identification) else DeviceKind.BREATH_UNIT
