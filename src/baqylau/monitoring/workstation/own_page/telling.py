"""What of a person's case their own page says, in plain words. Pure.

An alarm is told once somebody has spoken with the wearer about it, once it is closed, or after a day: the page must not
become the instrument by which somebody tries out what the equipment notices and how soon.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from baqylau.domain.acts import Contest, Explain
from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.case_facts import KeptFact, visits
from baqylau.domain.labour import forecast, labour
from baqylau.domain.observations import Battery, Observation
from baqylau.domain.people import Device, Supervision
from baqylau.domain.schedules import Schedule
from baqylau.monitoring.server.papers.parts import in_force, next_due
from baqylau.monitoring.server.papers.words import Words
from baqylau.monitoring.workstation.own_page.messages import (
    OwnAlarm,
    OwnAsked,
    OwnAttached,
    OwnDevice,
    OwnDuty,
    OwnLabour,
    OwnLook,
    OwnOrder,
    OwnPermission,
    OwnRule,
    OwnSaid,
    OwnVisit,
)
from baqylau.rules.clock import instant
from baqylau.rules.equipment.battery import percent
from baqylau.rules.settings import BATTERY_LOW_PERCENT
from baqylau.rules.spans import fitted
from baqylau.storage.access.audit import AuditEntry
from baqylau.storage.alarms.alarms import Done
from baqylau.storage.people.own_requests import OwnRequest
from baqylau.storage.people.own_words import OwnFile

TOLD_AFTER: Final = timedelta(hours=24)
PERMITTED_WITHIN: Final = timedelta(days=14)
_AT_ONCE: Final = timedelta(microseconds=1)
_KINDS: Final = {
    **dict.fromkeys(("minute", "nearby", "replay", "patterns", "observation", "track", "kept"), "places"),
    **dict.fromkeys(("alarm", "alarms", "findings"), "alarms"),
    **dict.fromkeys(("check", "checks", "enrolment", "call", "calls", "recording"), "checks"),
    **dict.fromkeys(("evidence", "paper"), "papers"),
    "device": "device",
}
"""What a look in the audit was at, as the person is told; everything else is the case."""


def is_told(alarm: Alarm, now: datetime) -> bool:
    """Tell whether an alarm is on the person's page yet."""
    return alarm.contacted_at is not None or alarm.state is AlarmState.CLOSED or now - alarm.raised_at >= TOLD_AFTER


def alarm(words: Words, one: Alarm, acts: Sequence[Done], files: Iterable[OwnFile]) -> OwnAlarm:
    """Give an alarm as the person reads it: nobody of the service is named, and no note of theirs is shown."""
    return OwnAlarm(
        number=one.id,
        at=one.began_at,
        title=words.t(f"alarm.{one.code}.title"),
        closed=one.state is AlarmState.CLOSED,
        outcome=words.t(f"cause.{one.cause}") if one.cause else "",
        decision=words.t(f"decision.{one.decision}") if one.decision else "",
        said=said(acts),
        files=tuple(map(attached, files)),
    )


def said(acts: Iterable[Done]) -> tuple[OwnSaid, ...]:
    """Give the person's own words among what was done about an alarm."""
    return tuple(
        OwnSaid(at=one.at, contests=isinstance(one.act, Contest), text=one.act.text)
        for one in acts
        if isinstance(one.act, Explain | Contest)
    )


def attached(one: OwnFile) -> OwnAttached:
    """Give a file without its content."""
    return OwnAttached(number=one.id, at=one.at, media_type=one.media_type, length_bytes=one.length_bytes)


def orders(supervision: Supervision, now: datetime) -> tuple[OwnOrder, ...]:
    """Give the court acts that have not ended."""
    running = (one for one in supervision.orders if now < one.until_at)
    return tuple(
        OwnOrder(court=one.court, act=one.act_number, until_at=one.until_at, calls_recorded=one.calls_recorded)
        for one in running
    )


def rules(words: Words, supervision: Supervision, now: datetime) -> tuple[OwnRule, ...]:
    """Give what is in force at this moment."""
    found = in_force(supervision, now, now + _AT_ONCE)
    return tuple(OwnRule(said=words.rule(one), clause=one.clause) for one in found)


def permissions(words: Words, supervision: Supervision, now: datetime) -> tuple[OwnPermission, ...]:
    """Give the permissions that run or come within two weeks, the soonest first."""
    rules_ = {one.id: words.rule(one) for one in supervision.restrictions}
    near = (one for one in supervision.permissions if now < one.until_at and one.from_at < now + PERMITTED_WITHIN)
    return tuple(
        OwnPermission(
            said=rules_.get(one.restriction_id, "") if one.restriction_id else "",
            from_at=one.from_at,
            until_at=one.until_at,
            reason=one.reason,
        )
        for one in sorted(near, key=lambda one: one.from_at)
    )


def asked(words: Words, one: OwnRequest, timezone: str) -> OwnAsked:
    """Give a permission that was asked for as the person reads it."""
    weekly = None if one.weekly is None else Schedule(timezone=timezone, windows=one.weekly)
    return OwnAsked(
        number=one.id,
        at=one.at,
        from_at=one.from_at,
        until_at=one.until_at,
        hours="" if weekly is None else words.hours(weekly),
        reason=one.reason,
        state=one.state,
        answer=one.answer,
    )


def duties(words: Words, supervision: Supervision, now: datetime) -> list[OwnDuty]:
    """Give the next time at which each restriction with hours asks for something, the soonest first.

    Checks at moments that nobody knows beforehand are not among them.
    """
    found = []
    for one in in_force(supervision, now, now + timedelta(days=8)):
        due = next_due(one, supervision, now)
        if due is not None:
            found.append(OwnDuty(said=words.rule(one), from_at=due[0], until_at=due[1]))
    return sorted(found, key=lambda one: one.from_at)


def to_come(facts: tuple[KeptFact, ...], now: datetime) -> tuple[OwnVisit, ...]:
    """Give the visits that nobody ended, the earliest first: those to come, and those whose outcome is not recorded."""
    return tuple(
        OwnVisit(at=one.due.at, place=one.due.place, purpose=one.due.purpose, overdue=one.overdue(now))
        for one in visits(facts)
        if one.ended is None
    )


def hours(facts: tuple[KeptFact, ...], now: datetime, timezone: str) -> OwnLabour | None:
    """Give the hours of labour, None where the court set none."""
    found = labour(facts)
    if found.set_h is None:
        return None
    return OwnLabour(set_h=found.set_h, done_h=found.done_h, ahead=forecast(facts, now, ZoneInfo(timezone)))


def devices(supervision: Supervision, heard: Sequence[Observation], now: datetime) -> tuple[OwnDevice, ...]:
    """Give the equipment that is on the person now, and how it said it was."""
    on = (one for one in supervision.devices if any(time.holds(now) for time in fitted(supervision, one.id)))
    return tuple(_device(one, [each for each in heard if each.device_id == one.id]) for one in on)


def _device(device: Device, heard: Sequence[Observation]) -> OwnDevice:
    charges = [percent(body) for one in sorted(heard, key=instant) for body in one.bodies if isinstance(body, Battery)]
    charge = next((one for one in reversed(charges) if one is not None), None)
    return OwnDevice(
        kind=device.kind,
        heard_at=max((one.received_at for one in heard), default=None),
        battery_percent=charge,
        battery_low=charge is not None and charge <= BATTERY_LOW_PERCENT,
    )


def looks(words: Words, entries: Iterable[AuditEntry], roles: Mapping[str, str]) -> Iterator[OwnLook]:
    """Give who looked, by role: no name of an officer is told."""
    for one in entries:
        kind = _KINDS.get(one.what.rpartition(".")[2], "case")
        role = roles.get(one.who)
        said_role = words.t(f"role.{role}") if role else words.t("own.look.service")
        yield OwnLook(at=one.at, role=said_role, what=words.t(f"own.look.{kind}"))
