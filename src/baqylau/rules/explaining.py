"""Why and why not at any instant: every rule is asked with the state that the fold itself stands at.

Nothing is judged here. So what is said cannot differ from what was found: a finding is there exactly when the rule that
makes it lacks nothing.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from baqylau.domain.ids import PermissionId
from baqylau.domain.orders import Restriction
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.domain.verdicts import Blindness
from baqylau.rules import contact
from baqylau.rules.checks import checking
from baqylau.rules.compliance import of_restriction, why_unknown
from baqylau.rules.conditions import condition
from baqylau.rules.contact import ContactPlan
from baqylau.rules.equipment import (
    battery,
    charging_duty,
    clock_skew,
    clone,
    device_time,
    docking,
    good_status,
    jump,
    no_fix,
    not_carried,
    range_change,
    silence,
    sim_card,
    tamper,
)
from baqylau.rules.equipment.plan import DevicePlan
from baqylau.rules.explanation import Account, DeviceAccount, Explanation, Need, PlaceKnown, RestrictionAccount
from baqylau.rules.fold import fold
from baqylau.rules.places import keeping_accounts
from baqylau.rules.places.keeping import BEGUN, Sight
from baqylau.rules.plan import Plan, RestrictionPlan, plan_of
from baqylau.rules.presence import curfew, curfew_accounts, radio_keeping, separation
from baqylau.rules.presence.listening import Listening
from baqylau.rules.presence.radio import Word
from baqylau.rules.spans import ALWAYS, Validity
from baqylau.rules.state import DeviceState, PersonState


def explain(supervision: Supervision, state: PersonState, at: datetime) -> Explanation:
    """Say what was before the rules at an instant, for a state that is folded up to it and not beyond."""
    if state.wake_at is None or state.wake_at <= at or not state.prescribed:
        state, _ = fold(supervision, state, (), at)
    plan, listened = plan_of(supervision), state.blind_until is None or state.blind_until <= at
    sight = Sight(at, state.position, state.holds, listened)
    return Explanation(
        person_id=supervision.person_id,
        at=at,
        compliance=state.compliance,
        blindness=state.blindness,
        since=state.since,
        last_fix=_place(state, at),
        heard_at=state.heard_at,
        heard_age_s=(at - state.heard_at).total_seconds() if state.heard_at is not None else None,
        listened=listened,
        restrictions=(
            *(_restriction(supervision, watches, state, sight) for watches in _grouped(plan)),
            *(_contact(supervision, one, state, at) for one in plan.contacts),
        ),
        devices=tuple(_device(plan, one, state, at) for one in plan.devices.values()),
    )


def _place(state: PersonState, at: datetime) -> PlaceKnown | None:
    last = state.position
    if last is None:
        return None
    return PlaceKnown(
        at=last.at,
        age_s=(at - last.at).total_seconds(),
        fix=last.fix,
        accuracy_m=last.accuracy_m,
        decides=last.decides,
        holds=state.holds and not state.stale,
        observation_id=last.id,
    )


def _grouped(plan: Plan) -> Iterable[list[RestrictionPlan]]:
    """Give the rules that watch each version of each restriction, the breach itself first."""
    grouped: dict[tuple[str, int], list[RestrictionPlan]] = {}
    for one in plan.restrictions:
        grouped.setdefault((one.restriction.id, one.restriction.version), []).append(one)
    return grouped.values()


def _restriction(
    supervision: Supervision, watches: list[RestrictionPlan], state: PersonState, sight: Sight
) -> RestrictionAccount:
    plan = watches[0]
    said = _said(plan.restriction, plan.validity, sight.at)
    if not said.in_force:
        return said
    radio = plan_of(supervision).radio
    word = Listening(radio, state.receivers).at_places(plan.posts, sight.at) if radio is not None else None
    accounts = [_account(one, state, sight, word) for one in watches]
    if plan.recorded:
        own = state.keepings.get(plan.key, BEGUN)
        accounts += curfew_accounts.explain(plan, state.curfews.get(plan.key, curfew.BEGUN), own, sight)
    return replace(_in_force(supervision, plan, state, sight, said), accounts=tuple(accounts))


def _said(restriction: Restriction, validity: Validity, at: datetime) -> RestrictionAccount:
    return RestrictionAccount(
        restriction_id=restriction.id,
        version=restriction.version,
        order_id=restriction.order_id,
        kind=str(restriction.__struct_config__.tag),
        clause=restriction.clause,
        in_force=validity.holds(at),
        from_at=validity.from_at,
        until_at=_ending(validity.until_at),
    )


def _contact(supervision: Supervision, plan: ContactPlan, state: PersonState, at: datetime) -> RestrictionAccount:
    said = _said(plan.restriction, plan.validity, at)
    if not said.in_force:
        return said
    return replace(_asked(supervision, plan, at, said), accounts=tuple(contact.explain(plan, state.contacts, at)))


def _account(plan: RestrictionPlan, state: PersonState, sight: Sight, word: Word | None) -> Account:
    own = state.keepings.get(plan.key, BEGUN)
    decides = word is not None and (own.by_radio or sight.last is None)
    heard = radio_keeping.explain(own, sight, word) if word is not None and decides else None
    account = keeping_accounts.explain(plan, own, sight, heard)
    breach = state.keepings.get(plan.under, BEGUN).finding if plan.under is not None else None
    if breach is None or own.finding is not None:
        return account
    return replace(account, needs=(*account.needs, Need(key="no_breach_open", met=False)))


def _in_force(
    supervision: Supervision, plan: RestrictionPlan, state: PersonState, sight: Sight, said: RestrictionAccount
) -> RestrictionAccount:
    at, own = sight.at, state.keepings.get(plan.key, BEGUN)
    zone, verdict = plan.nearest(sight.last) if sight.last is not None else (plan.zones[0], None)
    return replace(
        _asked(supervision, plan, at, said),
        compliance=of_restriction(plan, own, at, _why(state), at_home=state.at_home()),
        place=zone.name,
        verdict=verdict,
    )


def _why(state: PersonState) -> Blindness | None:
    return why_unknown(state.devices, state.heard_at, state.position, unheard=state.unheard, stale=state.stale)


def _asked(
    supervision: Supervision, plan: RestrictionPlan | ContactPlan, at: datetime, said: RestrictionAccount
) -> RestrictionAccount:
    span = plan.span(at)
    return replace(
        said,
        duty=span.duty,
        duty_from=span.from_at,
        duty_until=_ending(span.until_at),
        permissions=_excusing(supervision, plan, at),
    )


def _excusing(supervision: Supervision, plan: RestrictionPlan | ContactPlan, at: datetime) -> tuple[PermissionId, ...]:
    return tuple(
        one.id
        for one in supervision.permissions
        if one.restriction_id in {None, plan.restriction.id} and one.from_at <= at < one.until_at
    )


def _ending(until_at: datetime) -> datetime | None:
    return None if until_at == ALWAYS else until_at


def _device(whole: Plan, plan: DevicePlan, state: PersonState, at: datetime) -> DeviceAccount:
    time, device = plan.time_at(at), plan.device
    own = state.devices.get(device.id)
    if time is None:
        return DeviceAccount(device_id=device.id, kind=device.kind, worn=False)
    if own is None or own.from_at != time.from_at:
        own = device_time.begun(plan, time, state.blind_until)
    return DeviceAccount(
        device_id=device.id,
        kind=device.kind,
        worn=True,
        heard_at=own.silence.heard_at if own.silence.heard_id is not None else None,
        silence_limit_s=device.silence_limit_s,
        deadline_at=_ending(own.silence.deadline) if own.silence.finding is None else None,
        battery_percent=own.charge.percent,
        strap_open=own.tamper.strap is not None,
        case_open=own.tamper.case is not None,
        clock_wrong=own.clock_wrong,
        accounts=(
            *(_at_work(plan, one, at) for one in _accounts(plan, own, at)),
            *_separation(whole, plan, state, at),
            *checking.explain(whole, device.id, state.checks, state.sensors),
        ),
    )


def _at_work(plan: DevicePlan, account: Account, at: datetime) -> Account:
    """Add that somebody is at work on the device: then what is found asks nobody."""
    until_at = next((time.until_at for time in plan.maintained if time.holds(at)), None)
    if until_at is None:
        return account
    return replace(account, needs=(*account.needs, Need(key="no_maintenance", met=False, at=_ending(until_at))))


def _separation(whole: Plan, plan: DevicePlan, state: PersonState, at: datetime) -> Iterator[Account]:
    radio, unit = whole.radio, plan.device.id
    if radio is not None and unit in radio.carried:
        word = Listening(radio, state.receivers).together(unit, at)
        if word is not None:
            yield separation.explain(plan.authors[separation.NAME], state.apart.get(unit), at, word)


def _accounts(plan: DevicePlan, own: DeviceState, at: datetime) -> Iterator[Account]:
    authors = plan.authors
    if plan.silence.limit is not None:
        yield silence.explain(authors[silence.NAME], own.silence, at, plan.silence)
    yield from tamper.explain(authors[tamper.NAME], own.tamper, plan.case)
    yield battery.explain(authors[battery.NAME], own.charge, plan.charge)
    yield clock_skew.explain(authors[clock_skew.NAME], wrong=own.clock_wrong)
    for kinds in plan.conditions.values():
        for kind in kinds:
            yield condition.explain(kind, authors[kind.name], own.rare.conditions.get(kind.name))
    yield clone.explain(authors[clone.NAME])
    yield sim_card.explain(authors[sim_card.NAME])
    yield from _of_its_kind(plan, own, at)
    if plan.has_receiver:
        yield no_fix.explain(authors[no_fix.NAME], own.loss, at)
        yield jump.explain(authors[jump.NAME], own.track)


def _of_its_kind(plan: DevicePlan, own: DeviceState, at: datetime) -> Iterator[Account]:
    authors = plan.authors
    if plan.device.kind in range_change.DEVICES:
        yield range_change.explain(authors[range_change.NAME], own.rare.choice)
    if plan.tells_good:
        yield good_status.explain(authors[good_status.NAME], own.good_on, at)
    if plan.device.kind in charging_duty.DEVICES:
        yield charging_duty.explain(authors[charging_duty.NAME], own.rare.charging, at)
    if plan.docked is not None:
        yield docking.explain(authors[docking.NAME], own.rare.docking, at)
    if plan.device.kind is DeviceKind.MOBILE_UNIT:
        yield not_carried.explain(authors[not_carried.NAME], own.rare.apart, at)
