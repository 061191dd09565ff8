"""How a restriction was kept: rows of nights or days, from what the judge kept."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import Placed, PresenceRegime
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.workstation.looking_back.messages import KeptDay, KeptPage, Otherwise, Watched
from baqylau.monitoring.workstation.looking_back.timeline import UNHEARD
from baqylau.monitoring.workstation.messages import Segment
from baqylau.rules.fold import Stretch, Turn
from baqylau.rules.looking_back.kept_time import Hours, against, cut, hours_of, shares_of, stretches
from baqylau.rules.places.watch import watches
from baqylau.rules.spans import Duty, validity_of
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.verdicts import Verdicts

_DAY = timedelta(days=1)
_EVENING, _MORNING = time(18), time(10)
_WORTH_S = 60.0
"""What was otherwise for less than this is in the totals and not named."""


class Range(StrEnum):
    """How far back."""

    DAY = "day"
    NIGHTS = "nights"
    QUARTER = "quarter"
    ALL = "all"


_BACK = {Range.DAY: 1, Range.NIGHTS: 14, Range.QUARTER: 92}
"""So many rows before today's."""
_LONGEST = timedelta(days=366 * 5)


class KeptTimes:
    """Tells how restrictions were kept."""

    def __init__(self, verdicts: Verdicts, findings: Findings, live: Live, timezone: str) -> None:
        self._verdicts = verdicts
        self._findings = findings
        self._live = live
        self._zone = ZoneInfo(timezone)

    def of(self, supervision: Supervision, wanted: RestrictionId | None, far: Range, now: datetime) -> KeptPage | None:
        """Give the page; None where the restriction is not one of theirs."""
        placed = [one for one in supervision.restrictions if isinstance(one, Placed)]
        names = _names(placed)
        if wanted is None:
            wanted = next((one.restriction_id for one in names), None)
        versions = [one for one in placed if one.id == wanted]
        if wanted is not None and not versions:
            return None
        edges, hours, nights = self._edges(supervision, versions, far, now)
        turns = self._verdicts.of(supervision.person_id, wanted, edges[0], now) if wanted is not None else ()
        parts = self._parts(supervision, versions, hours, turns, edges, now)
        rows = tuple(self._rows(supervision, edges, hours, parts, until_at=now if far is Range.ALL else None))
        return KeptPage(
            person_id=supervision.person_id,
            restrictions=names,
            restriction_id=wanted,
            nights=nights,
            known_until=parts[-1].until_at if parts else None,
            kept_from=turns[0].at if turns else None,
            total=shares_of(parts),
            rows=rows,
        )

    def _parts(
        self,
        supervision: Supervision,
        versions: Sequence[Placed],
        hours: Sequence[Hours],
        turns: Sequence[Turn],
        edges: Sequence[datetime],
        now: datetime,
    ) -> tuple[Stretch, ...]:
        subjects = {str(one.id) for one in versions}
        found = self._findings.standing(supervision.person_id, edges[0], now)
        was_so = against(versions, (one.finding for one in found if one.finding.subject in subjects))
        known_until = min(now, edges[-1])
        return stretches(hours, self._listened(versions, turns, now), known_until, was_so)

    def _listened(self, versions: Sequence[Placed], turns: Sequence[Turn], now: datetime) -> Sequence[Turn]:
        """Add that nothing is known since we did not listen any more."""
        listened_at = self._live.last_listened()
        if listened_at is None or now - listened_at <= UNHEARD:
            return turns
        blind = (
            Turn(
                restriction_id=one.id,
                version=one.version,
                at=listened_at,
                compliance=Compliance.UNKNOWN,
                blindness=Blindness.OURSELVES,
            )
            for one in versions
        )
        return [*(one for one in turns if one.at < listened_at), *blind]

    def _edges(
        self, supervision: Supervision, versions: Sequence[Placed], far: Range, now: datetime
    ) -> tuple[list[datetime], tuple[Hours, ...], bool]:
        """Give where the rows begin and end, the hours within them, and whether rows are nights."""
        times = [valid for one in versions if (valid := validity_of(one, supervision.orders)) is not None]
        week = hours_of(versions, supervision, now - 8 * _DAY, now + _DAY)
        nights = (
            far is not Range.DAY
            and bool(week)
            and not any(self._by_day(one.span.from_at, one.span.until_at) for one in week)
        )
        ends_at = now if far is not Range.ALL else min(now, max((one.until_at for one in times), default=now))
        begun_at = max(min((one.from_at for one in times), default=now), ends_at - _LONGEST)
        last, begun = (at.astimezone(self._zone).date() for at in (ends_at, begun_at))
        first = begun - _DAY if far is Range.ALL else max(begun - _DAY, last - _BACK[far] * _DAY)
        begins = _EVENING if nights else time(0)
        edges = [datetime.combine(day, begins, self._zone) for day in _days(min(first, last), last + _DAY)]
        return edges, hours_of(versions, supervision, edges[0], edges[-1]), nights

    def _by_day(self, from_at: datetime, until_at: datetime) -> bool:
        """Whether hours reach into the time between morning and evening."""
        day = from_at.astimezone(self._zone).date()
        for one in _days(day, until_at.astimezone(self._zone).date()):
            begin, end = (datetime.combine(one, clock, self._zone) for clock in (_MORNING, _EVENING))
            if from_at < end and until_at > begin:
                return True
        return False

    def _rows(
        self,
        supervision: Supervision,
        edges: Sequence[datetime],
        hours: Sequence[Hours],
        parts: Sequence[Stretch],
        *,
        until_at: datetime | None,
    ) -> Iterator[KeptDay]:
        """Give the rows; those up to an instant, if one is given, by their shares alone."""
        asked = [
            Stretch(from_at=one.span.from_at, until_at=one.span.until_at, compliance=_OF[one.span.duty])
            for one in hours
        ]
        for from_at, ends_at, within, row in zip(edges, edges[1:], cut(asked, edges), cut(parts, edges), strict=False):
            if until_at is not None and (not within or within[0].from_at >= until_at):
                continue
            yield KeptDay(
                day=from_at.astimezone(self._zone).date(),
                from_at=from_at,
                until_at=ends_at,
                hours=_joined(within),
                shares=shares_of(row),
                stretches=()
                if until_at is not None
                else tuple(msgspec.convert(one, Segment, from_attributes=True) for one in row),
                exceptions=tuple(_otherwise(supervision, within, row)),
            )


_OF = {Duty.DUE: Compliance.AS_PRESCRIBED, Duty.EXCUSED: Compliance.EXCUSED}


def _names(placed: Sequence[Placed]) -> tuple[Watched, ...]:
    """Give each restriction once, by its latest version; being at home first."""
    latest = {one.id: one for one in sorted(placed, key=lambda one: one.version)}
    ordered = sorted(latest.values(), key=lambda one: not isinstance(one, PresenceRegime))
    return tuple(
        Watched(
            restriction_id=one.id,
            kind=str(one.__struct_config__.tag),
            clause=one.clause,
            place=watches(one)[0].zones[0].name,
        )
        for one in ordered
    )


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _joined(within: Sequence[Stretch]) -> tuple[tuple[datetime, datetime], ...]:
    found: list[tuple[datetime, datetime]] = []
    for one in within:
        if found and found[-1][1] == one.from_at:
            found[-1] = (found[-1][0], one.until_at)
        else:
            found.append((one.from_at, one.until_at))
    return tuple(found)


_T = TypeVar("_T")


def _most(parts: Sequence[Stretch], of: Callable[[Stretch], _T]) -> _T:
    return of(max(parts, key=lambda one: one.until_at - one.from_at))


def _otherwise(supervision: Supervision, hours: Sequence[Stretch], row: Sequence[Stretch]) -> Iterator[Otherwise]:
    """Name what was otherwise than prescribed, each kind once."""
    begins = {one.from_at for one in hours}
    for kind in (Compliance.NOT_AS_PRESCRIBED, Compliance.UNKNOWN, Compliance.EXCUSED):
        parts = [one for one in row if one.compliance is kind]
        seconds = sum((one.until_at - one.from_at).total_seconds() for one in parts)
        if seconds < _WORTH_S:
            continue
        yield Otherwise(
            kind=kind,
            seconds=seconds,
            late=kind is Compliance.NOT_AS_PRESCRIBED and all(one.from_at in begins for one in parts),
            blindness=_most(parts, lambda one: one.blindness),
            reason=_reason(supervision, parts) if kind is Compliance.EXCUSED else "",
        )


def _reason(supervision: Supervision, parts: Sequence[Stretch]) -> str:
    from_at = _most(parts, lambda one: one.from_at)
    return next((one.reason for one in supervision.permissions if one.from_at <= from_at < one.until_at), "")
