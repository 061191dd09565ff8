"""Being in a place, or keeping out of one: the judgement that the four rules about places share.

State machine, for one version of one restriction. `Confirmation` says whether the person is against what is
prescribed (outside of a place to be in, inside of a place to keep out of), whatever the hour; this module says when
that matters:

    waiting --duty, grace over, confirmed against, and known so now--> found (late | left | seen against)
    found   --no longer confirmed against-->                           waiting, with the finding that ends it
    found   --duty ends, permission or order begins or ends-->         waiting, without a finding

- left: the person was seen as prescribed within this stretch of duty.
- late: not seen so, and against without a break since before the grace was over.
- seen against: neither; where the person was when the duty began is not known.

Two restrictions ask for more than a grace. A passage (`dwell`) is found when it lasts longer than the order allows, and
only recorded otherwise. A stay (`stay`) within longer hours is missed when what is left of them no longer suffices.

Nothing is found from not knowing. A tick rests on the last fix only while it is fresh and the receiver still finds its
place; a breach that was not seen for 15 min is not carried on. Source: design, sections 0, 6 and 14.
"""

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.findings import Check, Code, Finding
from baqylau.domain.ids import FindingId, ObservationId
from baqylau.domain.verdicts import Blindness
from baqylau.rules.places import stay
from baqylau.rules.places.confirmation import NOTHING, Confirmation, Mark, due, heard, paused
from baqylau.rules.places.position import Position
from baqylau.rules.places.stay import Stay
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.settings import (
    CONFIRM_WITHIN_S,
    FIXES_SPAN_S,
    GONE_AFTER_S,
    POSITION_HOLDS_S,
    POSITION_STALE_S,
    RETURN_FIXES,
    RETURN_FRAMES,
    RETURN_HEARD_WITHIN_S,
    RETURN_WITHIN_S,
)
from baqylau.rules.spans import Duty, Span

_HOLDS = timedelta(seconds=POSITION_HOLDS_S)
_STALE = timedelta(seconds=POSITION_STALE_S)


class Keeping(Struct, frozen=True, array_like=True):
    """State of the rule for one version of one restriction."""

    confirmation: Confirmation = NOTHING
    against: bool | None = None
    """What the last fix says; None while it says nothing or there is none."""
    doubt_from: datetime | None = None
    """Since when the fixes say nothing."""
    due_from: datetime | None = None
    """Beginning of the stretch of duty that the two fields below belong to."""
    kept: bool = False
    """Seen as prescribed within this stretch of duty."""
    finding: FindingId | None = None
    """The condition that is open."""
    witness: Position | None = None
    """The last position that began, or went on with, speaking against."""
    stay: Stay = Stay()
    since: datetime | None = None
    """Since when the condition that is open goes on."""
    by_radio: bool = False
    """What is known, or not, is so by receivers, and fixes are not asked (`rules.places.presence.radio_keeping`)."""
    zone: int = 0
    """Which of the places they speak of."""
    why: Blindness | None = None
    """Why they do not know."""
    gone_grace_s: float = 0.0
    """How long was waited besides the five minutes until receivers were sure."""


class Sight(Struct, frozen=True):
    """What is known of the person's place besides the fix at hand."""

    at: datetime
    """The instant that is judged."""
    last: Position | None
    """The last position."""
    holds: bool
    """Nothing happened since that would make it doubtful: no fix lost, no gap in our listening."""
    may_wait: bool
    """Time alone may decide: we listen."""


BEGUN = Keeping()


def calm(plan: RestrictionPlan, state: Keeping, at: datetime, *, against: bool | None) -> bool:
    """Whether a fix that says this changes nothing, nor would the next that says so before the next tick."""
    if against is None or not (against is state.against is state.confirmation.confirmed) or state.confirmation.marks:
        return False
    return not against or state.finding is not None or plan.span(at).duty is not Duty.DUE


def fix(
    plan: RestrictionPlan, state: Keeping, sight: Sight, *, against: bool | None
) -> tuple[Keeping, tuple[Finding, ...]]:
    """Take a fix, `sight.last`, heard at `sight.at`, that is not `calm`."""
    position = sight.last
    if position is None or against is None:
        return doubted(state, sight.at), ()
    seen = _seen(state, position, against=against, may_wait=sight.may_wait)
    after, found = judged(plan, seen, sight)
    return after, found or _passage(plan, state, after, sight.at)


def _seen(state: Keeping, position: Position, *, against: bool, may_wait: bool) -> Keeping:
    before = state.confirmation
    mark = Mark(position.at, position.id, against)
    if state.finding is None and state.doubt_from is not None and mark.at - state.doubt_from > _STALE:
        before = NOTHING
    return replace(
        state,
        confirmation=heard(before, mark, may_wait=may_wait),
        against=against,
        doubt_from=None,
        kept=state.kept or (not against and state.due_from is not None),
        witness=position if against else state.witness,
    )


def doubted(state: Keeping, at: datetime) -> Keeping:
    """Take it that the place is not known from now on. What is open stays open; what is half seen waits."""
    if state.against is None and state.doubt_from is not None:
        return state
    return replace(state, against=None, doubt_from=at)


def forgotten(state: Keeping, at: datetime) -> Keeping:
    """Take it that anything may have happened: nothing half seen is carried on. What is open stays open."""
    confirmed = state.confirmation
    kept = replace(confirmed, marks=(), decide_at=None) if state.finding is not None else NOTHING
    return replace(doubted(state, at), confirmation=kept)


def unheard(state: Keeping, from_at: datetime, until_at: datetime) -> Keeping:
    """Take it that we did not listen for a while. What fixes said before and after stays said."""
    confirmed_only = state.confirmation.confirmed and state.finding is None
    kept = NOTHING if confirmed_only else paused(state.confirmation, until_at)
    return replace(doubted(state, from_at), confirmation=kept)


def tick(plan: RestrictionPlan, state: Keeping, sight: Sight) -> tuple[Keeping, tuple[Finding, ...]]:
    """Take the passing of time."""
    decide_at = state.confirmation.decide_at
    if decide_at is not None and decide_at <= sight.at:
        before, state = state, replace(state, confirmation=due(state.confirmation))
        after, found = judged(plan, state, sight)
        return after, found or _passage(plan, before, after, sight.at)
    return judged(plan, state, sight)


def wake_at(plan: RestrictionPlan, state: Keeping, span: Span, at: datetime) -> datetime:
    """Give when time alone next changes something: hours, grace, a single fix that waits."""
    wake = span.until_at
    if span.duty is Duty.DUE and at < (from_at := matters_from(plan, state, span)):
        wake = min(wake, from_at)
    decide_at = state.confirmation.decide_at
    return wake if decide_at is None else min(wake, decide_at)


def judged(plan: RestrictionPlan, state: Keeping, sight: Sight) -> tuple[Keeping, tuple[Finding, ...]]:
    """Say what is found at this instant."""
    span = plan.span(sight.at)
    state = in_span(state, span)
    if span.duty is not Duty.DUE:
        return state, ()
    if state.finding is not None:
        return (state, ()) if state.confirmation.confirmed else _ended(plan, state, sight.at)
    if plan.stay:
        state = _stayed(state, span, sight)
    if state.confirmation.confirmed and known_now(state, matters_from(plan, state, span), sight):
        return _found(plan, state, span, sight)
    return state, ()


def in_span(state: Keeping, span: Span) -> Keeping:
    """Give the state within a span: a new stretch of duty begins with what is known, and nothing found."""
    due_from = span.from_at if span.duty is Duty.DUE else None
    if state.due_from == due_from:
        return state
    kept = due_from is not None and state.against is False
    return replace(state, due_from=due_from, kept=kept, finding=None, since=None, stay=Stay(due_from if kept else None))


def _stayed(state: Keeping, span: Span, sight: Sight) -> Keeping:
    """Count what is stayed within the hours."""
    confirmation = state.confirmation
    if confirmation.confirmed:
        counted_stay = stay.left(state.stay, confirmation.since or sight.at)
    elif state.against is False:
        counted_stay = stay.arrived(state.stay, max(confirmation.since or sight.at, span.from_at))
    else:
        return state
    return replace(state, stay=counted_stay)


def matters_from(plan: RestrictionPlan, state: Keeping, span: Span) -> datetime:
    """Give from when on being against is a finding: after the grace, a passage, or what is left for a stay."""
    if plan.stay:
        return stay.latest(state.stay, plan.stay, span.until_at)
    from_at, since = span.from_at + plan.grace, state.confirmation.since
    if plan.dwell and state.confirmation.confirmed and since is not None:
        return max(from_at, max(since, span.from_at) + plan.dwell)
    return from_at


def _passage(plan: RestrictionPlan, before: Keeping, after: Keeping, at: datetime) -> tuple[Finding, ...]:
    """Record a passage that was over before it lasted too long."""
    passed = before.confirmation.confirmed and not after.confirmation.confirmed and before.finding is None
    if not (passed and plan.dwell and plan.kind.breach and after.due_from is not None):
        return ()
    return (_at_place(plan, after, _back(plan, after, at, None), None),)


def known_now(state: Keeping, from_at: datetime, sight: Sight) -> bool:
    """Whether the person is known to be against at an instant at which that matters, which is from `from_at` on."""
    if sight.at < from_at:
        return False
    if state.by_radio:
        return state.against is True
    if state.confirmation.since is not None and state.confirmation.since >= from_at:
        return True
    return bool(state.against) and sight.last is not None and sight.holds and sight.at - sight.last.at <= _HOLDS


def _found(plan: RestrictionPlan, state: Keeping, span: Span, sight: Sight) -> tuple[Keeping, tuple[Finding, ...]]:
    confirmation = state.confirmation
    position = None if state.by_radio else sight.last if state.against else state.witness
    begun_at = confirmation.since or sight.at
    code, onset = code_of(plan, state, span, begun_at), span.from_at.isoformat()
    if state.kept:
        onset = f"{onset} {confirmation.because[0]}"
    because = (*confirmation.because, position.id) if position is not None else confirmation.because
    finding = plan.author.finds(
        code,
        onset,
        at=sight.at,
        because=because,
        since=max(begun_at, span.from_at),
        thresholds=_thresholds(plan, state, because),
        checks=_checks(state, because),
    )
    return replace(state, finding=finding.id, since=finding.since), (_at_place(plan, state, finding, position),)


def code_of(plan: RestrictionPlan, state: Keeping, span: Span, begun_at: datetime) -> Code:
    """Give what being against is called when it began at an instant: left, late, or only seen against."""
    if state.kept:
        return plan.kind.left
    return plan.kind.late if begun_at <= span.from_at + plan.grace else plan.kind.seen


def _ended(plan: RestrictionPlan, state: Keeping, at: datetime) -> tuple[Keeping, tuple[Finding, ...]]:
    finding = _back(plan, state, at, state.finding)
    return replace(state, finding=None, since=None), (_at_place(plan, state, finding, None),)


def _back(plan: RestrictionPlan, state: Keeping, at: datetime, ends: FindingId | None) -> Finding:
    return plan.author.finds(
        plan.kind.back,
        str(ends),
        at=at,
        because=state.confirmation.because,
        since=state.since or state.confirmation.since,
        thresholds=_RETURN_BY_RADIO if state.by_radio else _RETURN_BY_FIXES,
        checks=_checks(state, ()),
        ends=ends,
    )


_RULED_OUT = (
    Check.FIX_VALID,
    Check.FIX_PRECISE,
    Check.NO_JUMP,
    Check.CLOCK_PLAUSIBLE,
    Check.WE_LISTENED,
    Check.NO_PERMISSION,
)


_NOT_HEARD = (Check.RECEIVER_ALIVE, Check.NO_OTHER_RECEIVER, Check.WE_LISTENED, Check.NO_PERMISSION)
_RETURN_BY_FIXES: dict[str, float] = {"return_fixes": RETURN_FIXES, "return_within_s": RETURN_WITHIN_S}
_RETURN_BY_RADIO: dict[str, float] = {"return_frames": RETURN_FRAMES, "return_within_s": RETURN_HEARD_WITHIN_S}


def _checks(state: Keeping, because: tuple[ObservationId, ...]) -> tuple[Check, ...]:
    if state.by_radio:
        return _NOT_HEARD
    return _RULED_OUT + ((Check.CONFIRMED_BY_SEVERAL,) if len(set(because)) > 1 else ())


def _thresholds(plan: RestrictionPlan, state: Keeping, because: tuple[ObservationId, ...]) -> dict[str, float]:
    confirming = len(set(because))
    used: dict[str, float] = {"confirming_fixes": confirming, "confirm_within_s": CONFIRM_WITHIN_S}
    if confirming > 1:
        used["fixes_span_s"] = FIXES_SPAN_S
    if state.by_radio:
        used = {"gone_after_s": GONE_AFTER_S, "gone_grace_s": state.gone_grace_s}
    asked = {"grace_s": plan.grace, "dwell_s": plan.dwell, "stay_s": plan.stay}
    return used | {name: time.total_seconds() for name, time in asked.items() if time}


def _at_place(plan: RestrictionPlan, state: Keeping, finding: Finding, position: Position | None) -> Finding:
    """Add where it was: the zone nearest to the position, or the one that receivers speak of."""
    zone, verdict = (plan.zones[state.zone], None) if position is None else plan.nearest(position)
    return replace(finding, place=zone.name, verdict=verdict, restriction_version=plan.restriction.version)
