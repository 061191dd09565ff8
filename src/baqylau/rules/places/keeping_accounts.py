"""Why and why not of a restriction about places: what the state machine of `rules.places.keeping` still lacks."""

from datetime import datetime

from baqylau.domain.findings import Code
from baqylau.rules.explanation import Account, Need
from baqylau.rules.places.confirmation import counted
from baqylau.rules.places.keeping import Keeping, Sight, code_of, in_span, known_now, matters_from
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.settings import RETURN_FIXES
from baqylau.rules.spans import ALWAYS, Duty, Span


def explain(plan: RestrictionPlan, state: Keeping, sight: Sight, by_radio: tuple[Need, ...] | None = None) -> Account:
    """Say what is found next, and what it still lacks. `by_radio`: what receivers say, where they decide."""
    span = plan.span(sight.at)
    state = in_span(state, span)
    if state.finding is not None and by_radio is not None:
        return plan.author.account(plan.kind.back, Need(key="heard_again", met=False), finding=state.finding)
    if state.finding is not None:
        returning: dict[str, float] = {"fixes": len(state.confirmation.marks), "needed": RETURN_FIXES}
        back = Need(key="back_seen", met=False, at=state.confirmation.decide_at, figures=returning)
        return plan.author.account(plan.kind.back, back, finding=state.finding)
    return plan.author.account(
        _coming(plan, state, span, sight.at),
        *_asked(plan, state, span, sight.at),
        *(by_radio or _seen_so(plan, state, sight)),
    )


def _coming(plan: RestrictionPlan, state: Keeping, span: Span, at: datetime) -> Code:
    marks = state.confirmation.marks
    begun_at = state.confirmation.since if state.confirmation.confirmed else marks[0].at if marks else None
    return code_of(plan, state, span, begun_at or at)


def _asked(plan: RestrictionPlan, state: Keeping, span: Span, at: datetime) -> tuple[Need, ...]:
    """Give what the hours, the permissions and the grace say."""
    until_at = None if span.until_at == ALWAYS else span.until_at
    if span.duty is Duty.FREE:
        return (Need(key="duty", met=False, at=until_at),)
    due = Need(key="duty", met=True, at=until_at)
    if span.duty is Duty.EXCUSED:
        return due, Need(key="no_permission", met=False, at=until_at)
    over_at = matters_from(plan, state, span)
    asked = {"grace": plan.grace, "passage": plan.dwell, "stay": plan.stay}
    waits = (
        Need(key=key, met=at >= over_at, at=over_at, figures={f"{key}_s": time.total_seconds()})
        for key, time in asked.items()
        if time
    )
    return due, Need(key="no_permission", met=True), *waits


def _seen_so(plan: RestrictionPlan, state: Keeping, sight: Sight) -> tuple[Need, ...]:
    """Give what the fixes say."""
    position, confirmation = sight.last, state.confirmation
    if position is None:
        return (Need(key="place_told", met=False),)
    fixes, needed = counted(confirmation)
    figures: dict[str, float] = {"fixes": fixes, "needed": needed}
    if confirmation.confirmed:
        known = known_now(state, matters_from(plan, state, plan.span(sight.at)), sight)
        sure = Need(key="confirmed", met=True, at=confirmation.since, figures=figures)
        return sure, Need(key="known_now", met=known, at=position.at)
    margin = {"margin_m": abs(plan.nearest(position)[1].margin_m), "accuracy_m": position.accuracy_m}
    return (
        Need(key="fix_precise", met=state.against is not None, at=position.at, figures=margin),
        Need(key="against", met=state.against is True, at=position.at),
        Need(key="confirmed", met=False, at=confirmation.decide_at, figures=figures),
    )
