"""What a change would come to: would it wait, can it be saved, what would it have said of the last month."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.orders import Restriction
from baqylau.domain.proposals import (
    AddOrder,
    Change,
    EndRestriction,
    GrantPermission,
    RegisterPerson,
    SetRestriction,
    Stricter,
)
from baqylau.domain.schedules import Schedule
from baqylau.monitoring.server.judging import Judging
from baqylau.monitoring.server.review import Review
from baqylau.monitoring.workstation.cases.faults import doubts, located, words_of
from baqylau.monitoring.workstation.cases.messages import (
    CaseWarning,
    FieldFault,
    LastMonth,
    NextWindow,
    Preview,
    Sentence,
    WouldBe,
    WouldMove,
)
from baqylau.monitoring.workstation.cases.reaches import Reaches
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules.refold import Comparison
from baqylau.rules.schedule import stretch
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.registers.proposals import Trial
from baqylau.storage.registers.register_rows import values_of
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import RegisterRefusedError, Registry

LAST_MONTH: Final = timedelta(days=31)
MOST_ENTRIES: Final = 60_000
"""As many are judged again while somebody waits: a month at one position a minute, and some seconds."""
MOST_FINDINGS: Final = 100
_WINDOWS: Final = 7
_AHEAD: Final = timedelta(days=14)
_LONG_AGO: Final = timedelta(hours=1)


class Previews:
    """Tries changes and keeps nothing."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores, self._clock = stores, clock
        self._registers, self._reaches = Registers(stores.engine, clock), Reaches(stores)
        judging = Judging(JudgeStore(stores.engine), stores.journal)
        self._review = Review(self._registers, stores.findings, stores.live, judging)

    def of(self, person_id: PersonId, change: Change, since: datetime | None, faults: list[FieldFault]) -> Preview:
        """Give what a change would come to; one with faults is not even tried."""
        now = self._clock()
        schedule = schedule_in(change)
        windows = tuple(next_windows(schedule, now)) if schedule is not None and not faults else ()
        preview = Preview(
            at=now,
            stricter=(),
            faults=tuple(faults),
            warnings=(),
            windows=windows,
            timezone=schedule.timezone if schedule is not None else "",
            month=None,
            too_long=False,
        )
        return preview if faults else self._tried(preview, person_id, change, since)

    def _tried(self, preview: Preview, person_id: PersonId, change: Change, since: datetime | None) -> Preview:
        try:
            trial = self._stores.proposals.tried(person_id, change)
        except RegisterRefusedError as refused:
            return replace(preview, faults=located(refused.faults, change, self.words(person_id, change)))
        earliest = preview.at - LAST_MONTH
        month, too_long = self._month(person_id, change, max(since or earliest, earliest), preview.at)
        return replace(
            preview,
            stricter=sentences(trial.stricter),
            warnings=tuple(self._warnings(trial, change, preview.at)),
            month=month,
            too_long=too_long,
        )

    def _warnings(self, trial: Trial, change: Change, now: datetime) -> Iterator[CaseWarning]:
        words, known = self.words(trial.after.person_id, change), list(doubts(trial.before, {}))
        changed = {one.id: one for one in trial.rows.restrictions}
        for told, plain in zip(doubts(trial.after, words), doubts(trial.after, {}), strict=True):
            if plain not in known or told.restriction_id in changed:
                yield told
        for restriction in changed.values():
            yield from self._reaches.of(restriction, trial.after)
        if any(one < now - _LONG_AGO for one in _begins(trial.rows)):
            yield CaseWarning(key="case.warning.past")

    def words(self, person_id: PersonId, change: Change) -> dict[str, str]:
        """Give what people call the things that a case and a change name by their ids."""
        book = self._stores.directory.book()
        people, supervision = book.people.values(), book.supervision(person_id)
        own = (*supervision.orders, *supervision.restrictions, *supervision.devices)
        return words_of((*people, *own, *added(change)))

    def _month(
        self, person_id: PersonId, change: Change, since: datetime, now: datetime
    ) -> tuple[LastMonth | None, bool]:
        """Judge the last month again as if the change had held all the time."""
        worn = {one.device_id for one in self._registers.supervision(person_id).fittings}
        seen = self._stores.journal.how_many(worn, since, MOST_ENTRIES + 1) if worn else 0
        if not seen or seen > MOST_ENTRIES:
            return None, bool(seen)
        try:
            rows = self._stores.proposals.tried(person_id, as_if_since(change, since)).rows
            found = self._review.with_rows(person_id, rows, since).comparison
        except RegisterRefusedError:
            return None, False
        return _told(_of(found, change), since, now), False


def sentences(reasons: Iterable[Stricter]) -> tuple[Sentence, ...]:
    """Give reasons as the pages say them."""
    return tuple(Sentence(key=f"case.stricter.{one.key}", params=dict(one.params)) for one in reasons)


def _of(found: Comparison, change: Change) -> Comparison:
    """Give what the change itself does, where it is about one restriction: other rules may have changed too."""
    if not isinstance(change, SetRestriction | EndRestriction):
        return found
    name = SubjectId(change.restriction.id if isinstance(change, SetRestriction) else change.restriction_id)
    return Comparison(
        gained=tuple(one for one in found.gained if one.subject == name),
        lost=tuple(one for one in found.lost if one.subject == name),
        changed=tuple(one for one in found.changed if one.now.subject == name),
    )


def _told(found: Comparison, since: datetime, until: datetime) -> LastMonth:
    """Give what happened in the time itself, and no more of it than a page can show."""

    def recent(findings: Iterable[Finding]) -> list[WouldBe]:
        chosen = sorted((one for one in findings if since <= one.at <= until), key=lambda one: one.at)
        return [WouldBe(code=one.code, at=one.at, place=one.place, finding=one) for one in chosen]

    gained, lost = recent(found.gained), recent(found.lost)
    moved = [(was, now) for one in found.changed for was in recent([one.was]) for now in recent([one.now])]
    return LastMonth(
        since=since,
        until=until,
        gained=tuple(gained[-MOST_FINDINGS:]),
        lost=tuple(lost[-MOST_FINDINGS:]),
        changed=tuple(WouldMove(was=was, now=now) for was, now in moved[-MOST_FINDINGS:]),
        more=sum(max(0, len(one) - MOST_FINDINGS) for one in (gained, lost, moved)),
    )


def as_if_since(change: Change, since: datetime) -> Change:
    """Give the change as if it had held since an instant: what begins tomorrow says nothing of last month."""
    match change:
        case SetRestriction(restriction=one):
            return SetRestriction(restriction=replace(one, from_at=min(one.from_at, since)))
        case EndRestriction(until_at=until_at):
            return replace(change, until_at=min(until_at, since))
        case _:
            return change


def added(change: Change) -> tuple[object, ...]:
    """Give what a change brings that has a name of its own."""
    match change:
        case RegisterPerson(person=person, order=order, restrictions=restrictions):
            return person, order, *restrictions
        case AddOrder(order=order, restrictions=restrictions):
            return order, *restrictions
        case SetRestriction(restriction=restriction):
            return (restriction,)
        case _:
            return ()


def schedule_in(change: Change) -> Schedule | None:
    """Give the first hours that a change prescribes, or permits."""
    if isinstance(change, GrantPermission):
        return change.weekly
    restrictions = [one for one in added(change) if isinstance(one, Restriction)]
    found = (getattr(one, "schedule", None) for one in restrictions)
    return next((one for one in found if isinstance(one, Schedule)), None)


def next_windows(schedule: Schedule, now: datetime) -> Iterator[NextWindow]:
    """Give the hours that run now or come next."""
    at, ends, zone = now, now + _AHEAD, ZoneInfo(schedule.timezone)
    for _ in range(2 * _WINDOWS):
        hours = stretch(schedule, at, floor_at=now - _AHEAD, ceiling_at=ends)
        if hours.on:
            yield NextWindow(from_at=hours.from_at, until_at=hours.until_at, day=hours.from_at.astimezone(zone).date())
        at = hours.until_at
        if at >= ends:
            return


def _begins(rows: Registry) -> Iterator[datetime]:
    for value in values_of(rows):
        begins_at = getattr(value, "from_at", None)
        if isinstance(begins_at, datetime):
            yield begins_at
