"""What is recorded of the hours of a presence regime beside its absences (`rules.places.keeping`).

Catalogue: P05 heard at home, once in each stretch of duty; P06 a short gap in being heard, P11 more of them in a day
than is normal; P07 absent in all of the hours, said at their end; P08 unexcused absence over a limit of the order; P09
an absence that a permission covers begins and ends; P12 not heard at home and yet seen in it by a fix.

Nothing here follows from not knowing: a time in which it is not known where the person is adds nothing to an absence,
and makes the hours not wholly absent. Source: notes on the domain, sections 4 and 6.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.verdicts import Blindness
from baqylau.rules.places.keeping import Keeping, Sight
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.presence import accumulation
from baqylau.rules.presence.accumulation import Limit, Tally
from baqylau.rules.presence.listening import Gap
from baqylau.rules.presence.radio import FRESH, HERE, Word
from baqylau.rules.schedule import stretch
from baqylau.rules.settings import GAPS_PER_DAY, POSITION_HOLDS_S, POSITION_STALE_S
from baqylau.rules.spans import Duty, Span

_HOLDS = timedelta(seconds=POSITION_HOLDS_S)
_STALE = timedelta(seconds=POSITION_STALE_S)
_FAR = timedelta(days=8)


class Gaps(Struct, frozen=True, array_like=True):
    """Short gaps of one local day."""

    day: int = 0
    because: tuple[ObservationId, ...] = ()
    """The receptions that ended them, until there are too many."""
    since: datetime | None = None


class Curfew(Struct, frozen=True, array_like=True):
    """State of the records for one version of one regime."""

    hours: tuple[datetime, datetime] | None = None
    """The hours that the next two fields belong to; permissions do not cut them."""
    covered: datetime | None = None
    """Known to be absent, or excused, from their beginning to here; None when that is not so."""
    because: tuple[ObservationId, ...] = ()
    """The absence that covers them."""
    excused_from: datetime | None = None
    """Since when a permission covers them."""
    present_in: datetime | None = None
    """The stretch of duty in which being heard at home was recorded."""
    puzzled_in: datetime | None = None
    """The same for receivers and fixes that disagree."""
    leave: FindingId | None = None
    leave_since: datetime | None = None
    leave_because: tuple[ObservationId, ...] = ()
    tally: Tally = Tally()
    waits: bool = False
    """A limit is passed if the person is still absent, which the next word will show."""
    gaps: Gaps = Gaps()


class Moment(Struct, frozen=True):
    """One step of the judgement of the regime."""

    sight: Sight
    before: Keeping
    after: Keeping
    word: Word | None
    gap: Gap | None
    ticking: bool
    """Everything is told that was said at the instant."""


BEGUN = Curfew()


def step(
    plan: RestrictionPlan, regime: PresenceRegime, state: Curfew, moment: Moment
) -> tuple[Curfew, tuple[Finding, ...]]:
    """Take one step of the judgement of a regime."""
    recording = _Recording(plan, regime, state, moment)
    recording.record()
    return recording.state, tuple(recording.findings)


def paused(state: Curfew, at: datetime, timezone: str) -> Curfew:
    """Take it that nothing is known from an instant on."""
    if state.tally.from_at is None and state.covered is None:
        return state
    tally = accumulation.ended(state.tally, at, timezone)
    return replace(state, tally=tally, covered=None, waits=False)


def wake_at(plan: RestrictionPlan, state: Curfew, after: datetime) -> Iterator[datetime]:
    """Give when a limit would be passed, if nothing changes."""
    regime = plan.restriction
    if isinstance(regime, PresenceRegime) and state.tally.from_at is not None:
        found = accumulation.over(state.tally, limits_of(regime), after + _FAR, regime.schedule.timezone)
        if found is not None and found.at > after:
            yield found.at


def limits_of(regime: PresenceRegime) -> dict[Limit, float]:
    """Give the limits of an order for unexcused absence. Seconds."""
    limits = {Limit.PER_DAY: regime.absence_limit_s_per_day, Limit.PER_WEEK: regime.absence_limit_s_per_week}
    return {limit: float(seconds) for limit, seconds in limits.items() if seconds is not None}


class _Recording:
    """One step under way."""

    def __init__(self, plan: RestrictionPlan, regime: PresenceRegime, state: Curfew, moment: Moment) -> None:
        self._plan, self._regime, self._moment = plan, regime, moment
        self._at, self._after = moment.sight.at, moment.after
        self._span: Span = plan.span(self._at)
        self.state = state
        self.findings: list[Finding] = []

    def record(self) -> None:
        self._over_hours()
        self._absence()
        self._leave()
        if self._span.duty is Duty.DUE:
            self._present()
            self._puzzled()
            self._gap()

    def _finds(self, code: Code, onset: str, because: tuple[ObservationId, ...], **more: object) -> FindingId:
        finding = self._plan.author.finds(code, onset, at=self._at, because=because, **more)  # type: ignore[arg-type]
        zone = self._plan.zones[self._after.zone]
        finding = replace(finding, place=zone.name, restriction_version=self._regime.version)
        self.findings.append(finding)
        return finding.id

    def _away(self) -> bool:
        """Whether the person is known to be away."""
        return self._after.against is True and self._after.confirmation.confirmed

    def _over_hours(self) -> None:
        """Carry on how far the hours are covered by absence, end those that are over, and begin new ones."""
        hours = self.state.hours
        if hours is not None:
            self._cover(min(self._at, hours[1]))
        if hours is not None and self._at >= hours[1]:
            if self.state.covered == hours[1] and self.state.because:
                self._finds(
                    Code.OUT_WHOLE_PERIOD,
                    hours[0].isoformat(),
                    self.state.because,
                    since=hours[0],
                    checks=(Check.WE_LISTENED, Check.NO_PERMISSION),
                )
            self.state = replace(self.state, hours=None, covered=None, because=())
        if self._span.duty is not Duty.FREE and self.state.hours is None:
            begun = self._hours()
            self.state = replace(self.state, hours=begun, covered=begun[0])
        excused_from = (self.state.excused_from or self._at) if self._span.duty is Duty.EXCUSED else None
        self.state = replace(self.state, excused_from=excused_from)

    def _cover(self, until_at: datetime) -> None:
        """Carry on how far the hours are covered: by what is excused, and by absence known without a break."""
        covered, before, confirmation = self.state.covered, self._moment.before, self._after.confirmation
        if covered is None:
            return
        excused_from, doubted = self.state.excused_from, before.against is None and not before.by_radio
        if excused_from is not None and covered >= excused_from:
            self.state = replace(self.state, covered=until_at)
        elif doubted and before.doubt_from is not None and self._at - before.doubt_from > _STALE:
            self.state = replace(self.state, covered=None)
        elif self._away() and confirmation.since is not None and confirmation.since <= covered:
            self.state = replace(self.state, covered=until_at, because=confirmation.because)

    def _hours(self) -> tuple[datetime, datetime]:
        validity = self._plan.validity
        found = stretch(self._regime.schedule, self._at, floor_at=validity.from_at, ceiling_at=validity.until_at)
        return found.from_at, found.until_at

    def _absence(self) -> None:
        """Add up unexcused absence, and say when it is too much."""
        tally, zone = self.state.tally, self._regime.schedule.timezone
        open_now = self._after.finding is not None
        if tally.from_at is None:
            if open_now and self._after.against is True:
                resumed = self._moment.before.finding is not None
                begun_at = self._at if resumed or self._after.since is None else self._after.since
                self.state = replace(self.state, tally=accumulation.begun(tally, begun_at))
                self._limit(self._at)
        elif not open_now or self._after.against is not True:
            end_at = max(tally.from_at, self._last_known())
            self._limit(end_at)
            tally = accumulation.ended(self.state.tally, end_at, zone)
            self.state = replace(self.state, tally=tally, waits=False)
        else:
            self._limit(self._at)

    def _last_known(self) -> datetime:
        """Give until when the absence that ends here is known to have gone on."""
        after, sight, word = self._after, self._moment.sight, self._moment.word
        if after.finding is None and after.against is False and after.confirmation.since is not None:
            return min(self._at, after.confirmation.since)
        if after.against is None and not self._moment.before.by_radio and sight.last is not None:
            return min(self._at, sight.last.at)
        if after.against is None and word is not None and word.proved_at is not None:
            return min(self._at, word.proved_at)
        return self._at

    def _limit(self, until_at: datetime) -> None:
        zone = self._regime.schedule.timezone
        found = accumulation.over(self.state.tally, limits_of(self._regime), until_at, zone)
        if found is None:
            return
        if not self._sure():
            self.state = replace(self.state, waits=True)
            return
        self._finds(
            Code.ABSENCE_OVER_LIMIT,
            f"{found.limit} {found.day}",
            self._moment.before.confirmation.because or self._after.confirmation.because,
            since=self.state.tally.from_at,
            thresholds={found.limit.value: limits_of(self._regime)[found.limit]},
            checks=(Check.WE_LISTENED, Check.NO_PERMISSION),
        )
        self.state = replace(self.state, tally=accumulation.said(self.state.tally, found), waits=False)
        self._limit(until_at)

    def _sure(self) -> bool:
        """Whether the absence is known up to now, and not only not contradicted."""
        if self._after.against is not True:
            return True
        word, last = self._moment.word, self._moment.sight.last
        if self._after.by_radio:
            return word is not None and word.proved_at is not None and self._at - word.proved_at <= FRESH
        return last is not None and self._moment.sight.holds and self._at - last.at <= _HOLDS

    def _leave(self) -> None:
        """Record an absence that a permission covers.

        Whether somebody is away as it begins is known when all that is said at that instant is told.
        """
        excused, confirmation = self._span.duty is Duty.EXCUSED, self._after.confirmation
        if self.state.leave is None:
            if excused and self._away() and (self._moment.ticking or self._at != self.state.excused_from):
                since = confirmation.since or self._at
                leave = self._finds(Code.AUTHORISED_ABSENCE, "begins", confirmation.because, since=since)
                self.state = replace(self.state, leave=leave, leave_since=since, leave_because=confirmation.because)
            return
        if not excused or self._after.against is False:
            because = confirmation.because or self.state.leave_because
            self._finds(Code.AUTHORISED_ABSENCE, "ends", because, since=self.state.leave_since, ends=self.state.leave)
            self.state = replace(self.state, leave=None, leave_since=None, leave_because=())

    def _present(self) -> None:
        """Record being heard at home within the stretch of duty, once."""
        word, due_from = self._moment.word, self._after.due_from
        if word is None or due_from is None or self.state.present_in == due_from or word.presence not in HERE:
            return
        if word.proved_at is not None and word.proved_at >= due_from and self._after.against is False:
            self._finds(Code.PRESENT, due_from.isoformat(), word.because, since=word.since)
            self.state = replace(self.state, present_in=due_from)

    def _puzzled(self) -> None:
        after, word, last = self._after, self._moment.word, self._moment.sight.last
        if after.why is not Blindness.SOURCES_DISAGREE or not after.by_radio or word is None or last is None:
            return
        if self.state.puzzled_in != after.due_from:
            self._finds(
                Code.SOURCES_DISAGREE,
                str(after.due_from),
                (*word.because, last.id),
                since=word.since,
                checks=(Check.RECEIVER_ALIVE, Check.FIX_PRECISE),
            )
            self.state = replace(self.state, puzzled_in=after.due_from)

    def _gap(self) -> None:
        gap = self._moment.gap
        if gap is None or self._moment.before.finding is not None:
            return
        seconds = (self._at - gap.since).total_seconds()
        self._finds(Code.BRIEF_GAP, gap.because[0], gap.because, since=gap.since, thresholds={"gap_s": seconds})
        day = self._at.astimezone(ZoneInfo(self._regime.schedule.timezone)).date().toordinal()
        gaps = self.state.gaps if self.state.gaps.day == day else Gaps(day, (), gap.since)
        if len(gaps.because) > GAPS_PER_DAY:
            return
        gaps = replace(gaps, because=(*gaps.because, gap.because[1]))
        self.state = replace(self.state, gaps=gaps)
        if len(gaps.because) > GAPS_PER_DAY:
            figures = {"gaps": float(len(gaps.because)), "gaps_per_day": float(GAPS_PER_DAY)}
            self._finds(Code.GAPS_FREQUENT, str(day), gaps.because, since=gaps.since, thresholds=figures)
