"""Why and why not of what is recorded of the hours of a presence regime (`rules.places.presence.curfew`)."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

from baqylau.domain.findings import Code
from baqylau.domain.orders import PresenceRegime
from baqylau.rules.explanation import Account, Need
from baqylau.rules.places.keeping import Keeping, Sight
from baqylau.rules.plan import RestrictionPlan
from baqylau.rules.presence import accumulation
from baqylau.rules.presence.accumulation import Limit
from baqylau.rules.presence.curfew import Curfew, limits_of
from baqylau.rules.settings import GAPS_PER_DAY
from baqylau.rules.spans import Duty

_FAR = timedelta(days=8)


def explain(plan: RestrictionPlan, state: Curfew, kept: Keeping, sight: Sight) -> Iterator[Account]:
    """Say what each record of the hours still lacks: P05 to P09, P11 and P12."""
    regime = plan.restriction
    if not isinstance(regime, PresenceRegime):
        return
    yield from _over_limits(plan, regime, state, sight)
    yield _whole_period(plan, state)
    yield _leave(plan, state, kept, sight)
    if plan.posts:
        yield _once(plan, Code.PRESENT, "heard_at_home", kept, state.present_in == kept.due_from)
        yield _once(plan, Code.SOURCES_DISAGREE, "sources_differ", kept, state.puzzled_in == kept.due_from)
        yield plan.author.account(Code.BRIEF_GAP, Need(key="gap_ended", met=False))
        yield _gaps(plan, regime, state, sight)


def _over_limits(plan: RestrictionPlan, regime: PresenceRegime, state: Curfew, sight: Sight) -> Iterator[Account]:
    """Say how far each limit of the order for unexcused absence is."""
    zone, tally, at = regime.schedule.timezone, state.tally, sight.at
    today = at.astimezone(ZoneInfo(zone)).date()
    counted = accumulation.ended(tally, at, zone)
    found = accumulation.over(tally, limits_of(regime), at + _FAR, zone)
    for limit, limit_s in limits_of(regime).items():
        first = today.toordinal() - (0 if limit is Limit.PER_DAY else today.weekday())
        figures = {"absent_s": accumulation.total_s(counted, limit, first), "limit_s": limit_s}
        due_at = found.at if found is not None and found.limit is limit else None
        over = due_at is not None and at >= due_at and (limit, first) not in tally.said
        yield plan.author.account(
            Code.ABSENCE_OVER_LIMIT,
            Need(key="absence_goes_on", met=tally.from_at is not None, at=tally.from_at),
            Need(key="absence_limit", met=over, at=due_at, figures=figures),
            *((Need(key="known_now", met=False, at=at),) if state.waits else ()),
        )


def _whole_period(plan: RestrictionPlan, state: Curfew) -> Account:
    if state.hours is None:
        return plan.author.account(Code.OUT_WHOLE_PERIOD, Need(key="hours_run", met=False))
    throughout = state.covered is not None and bool(state.because)
    return plan.author.account(
        Code.OUT_WHOLE_PERIOD,
        Need(key="absent_throughout", met=throughout, at=state.hours[0]),
        Need(key="hours_over", met=False, at=state.hours[1]),
    )


def _leave(plan: RestrictionPlan, state: Curfew, kept: Keeping, sight: Sight) -> Account:
    if state.leave is not None:
        return plan.author.account(Code.AUTHORISED_ABSENCE, Need(key="leave_over", met=False), finding=state.leave)
    return plan.author.account(
        Code.AUTHORISED_ABSENCE,
        Need(key="permission_runs", met=plan.span(sight.at).duty is Duty.EXCUSED),
        Need(key="known_away", met=kept.against is True and kept.confirmation.confirmed),
    )


def _once(plan: RestrictionPlan, code: Code, key: str, kept: Keeping, said: bool) -> Account:  # noqa: FBT001 - answers
    """Say what is recorded once in a stretch of duty."""
    if kept.due_from is None:
        return plan.author.account(code, Need(key="hours_run", met=False))
    need = Need(key="once_in_hours", met=False, at=kept.due_from) if said else Need(key=key, met=False)
    return plan.author.account(code, need)


def _gaps(plan: RestrictionPlan, regime: PresenceRegime, state: Curfew, sight: Sight) -> Account:
    day = sight.at.astimezone(ZoneInfo(regime.schedule.timezone)).date().toordinal()
    number = len(state.gaps.because) if state.gaps.day == day else 0
    figures = {"gaps": float(number), "gaps_per_day": float(GAPS_PER_DAY)}
    key = "gaps_many" if number <= GAPS_PER_DAY else "once_a_day"
    return plan.author.account(Code.GAPS_FREQUENT, Need(key=key, met=False, figures=figures))
