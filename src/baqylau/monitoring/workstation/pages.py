"""From what the records hold to what the pages show. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import assert_never

import msgspec

from baqylau.domain.acts import wearer_first
from baqylau.domain.case_facts import KeptFact, visits
from baqylau.domain.escalation import climbs_at
from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId, ObservationId, PersonId, SubjectId
from baqylau.domain.observations import Observation
from baqylau.domain.orders import (
    ExclusionZone,
    Identification,
    NoContact,
    PresenceRegime,
    RequiredPlace,
    Restriction,
    Route,
    Sobriety,
    Territory,
    TimedPlace,
)
from baqylau.domain.people import Device, Person, Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.domain.zones import Zone
from baqylau.monitoring.server.keeper import BEFORE_US
from baqylau.monitoring.workstation.card_messages import CardPermission, CardVisit
from baqylau.monitoring.workstation.messages import (
    ActEntry,
    AlarmRow,
    Heard,
    LastFix,
    LivePerson,
    PersonCard,
    PersonDevice,
    Segment,
    TakenAway,
    ZoneShape,
)
from baqylau.rules.clock import instant, order_key
from baqylau.rules.fold import PersonStanding
from baqylau.rules.spans import fitted, watched
from baqylau.storage.alarms.alarms import AlarmView, Done
from baqylau.storage.judging.findings import Written
from baqylau.storage.judging.live import LiveRow

_NOBODY = ""
LATELY = timedelta(days=31)
"""How far back the page of a person shows what was granted and who was visited."""
MOST_OF_A_KIND = 12


def alarm_row(view: AlarmView, person: Person | None) -> AlarmRow:
    """Give an alarm as the queue shows it."""
    alarm = view.alarm
    return AlarmRow(
        alarm=alarm,
        person_name=person.name if person else _NOBODY,
        person_address=person.address if person else _NOBODY,
        finding=view.finding,
        take_until=climbs_at(alarm),
        wearer_first=wearer_first(alarm),
        person_district=person.district if person else "",
    )


def alarm_rows(views: Iterable[AlarmView], people: Mapping[PersonId, Person]) -> tuple[AlarmRow, ...]:
    """Give alarms as the queue shows them."""
    return tuple(alarm_row(view, people.get(view.alarm.person_id)) for view in views)


def act_entry(done: Done) -> ActEntry:
    """Give what was done as the alarm's page lists it."""
    return ActEntry(at=done.at, by=done.by, act=done.act)


def heard(observation: Observation, *, decided: bool) -> Heard:
    """Give an observation as a page lists it."""
    return Heard(
        id=observation.id,
        device_id=observation.device_id,
        observed_at=observation.observed_at,
        received_at=observation.received_at,
        bodies=observation.bodies,
        authentication=observation.authentication,
        via=observation.via,
        decided=decided,
    )


def decisive(findings: Iterable[Finding]) -> frozenset[ObservationId]:
    """Give the observations that findings rest on."""
    return frozenset(name for finding in findings for name in finding.because)


def zone_shapes(person_id: PersonId, restriction: Restriction) -> tuple[ZoneShape, ...]:
    """Give the zones of a restriction, to draw; another person's whereabouts are none."""
    zones: tuple[Zone, ...]
    match restriction:
        case PresenceRegime(places=places):
            kind, zones, warning_m = "presence", places, 0.0
        case ExclusionZone(zone=zone, warning_m=warning_m):
            kind, zones = "exclusion", (zone,)
        case RequiredPlace(zone=zone):
            kind, zones, warning_m = "required_place", (zone,), 0.0
        case Territory(zone=zone):
            kind, zones, warning_m = "territory", (zone,), 0.0
        case TimedPlace(zone=zone):
            kind, zones, warning_m = "timed_place", (zone,), 0.0
        case Route(zone=zone):
            kind, zones, warning_m = "route", (zone,), 0.0
        case NoContact() | Identification() | Sobriety():
            return ()
        case _:
            assert_never(restriction)
    return tuple(
        ZoneShape(restriction_id=restriction.id, person_id=person_id, kind=kind, zone=zone, warning_m=warning_m)
        for zone in zones
    )


def in_force(supervision: Supervision, at: datetime) -> tuple[Restriction, ...]:
    """Give the restrictions that apply at an instant: their own version's time and their order's."""
    orders = {order.id for order in supervision.orders if order.from_at <= at < order.until_at}
    return tuple(
        one
        for one in supervision.restrictions
        if one.order_id in orders and one.from_at <= at and (one.until_at is None or at < one.until_at)
    )


def zones_in_force(supervision: Supervision, at: datetime) -> tuple[ZoneShape, ...]:
    """Give every zone that applies to a person at an instant."""
    return tuple(shape for one in in_force(supervision, at) for shape in zone_shapes(supervision.person_id, one))


def concerned(supervision: Supervision, finding: Finding) -> Restriction | None:
    """Give the restriction, in the version that was judged, that a finding is about; none when it is about a device."""
    versions = [one for one in supervision.restrictions if SubjectId(one.id) == finding.subject]
    judged = [one for one in versions if one.version == finding.restriction_version]
    return judged[0] if judged else max(versions, key=lambda one: one.version, default=None)


def taken_away(findings: Iterable[Written], heard: Sequence[Observation]) -> tuple[TakenAway, ...]:
    """Give the findings that do not stand any more, each with what was heard too late for it."""
    return tuple(
        TakenAway(
            finding_id=one.finding.id,
            raised_at=one.raised_at,
            superseded_at=one.superseded_at,
            late=tuple(
                told.id
                for told in heard
                if one.raised_at < told.received_at <= one.superseded_at and instant(told) <= one.finding.at
            ),
        )
        for one in findings
        if one.superseded_at is not None
    )


def nearest(
    observations: Sequence[Observation], deciding: frozenset[ObservationId], at: datetime, most: int
) -> tuple[Heard, ...]:
    """Give observations in their order; of too many, those that decided and those nearest to the instant."""
    chosen = sorted(observations, key=lambda one: (one.id not in deciding, abs(instant(one) - at)))[:most]
    return tuple(heard(one, decided=one.id in deciding) for one in sorted(chosen, key=order_key))


def live_person(person: Person, row: LiveRow | None) -> LivePerson:
    """Give a person as the live screen shows them; of whom nothing was judged yet nothing is known."""
    if row is None:
        return LivePerson(
            id=person.id,
            name=person.name,
            address=person.address,
            phone=person.phone,
            compliance=Compliance.UNKNOWN,
            blindness=Blindness.NO_OBSERVATION_YET,
            last_fix=None,
            heard_at=None,
            since=None,
            district=person.district,
        )
    standing = msgspec.json.decode(row.body, type=PersonStanding)
    return LivePerson(
        id=person.id,
        name=person.name,
        address=person.address,
        phone=person.phone,
        compliance=standing.compliance,
        blindness=standing.blindness,
        last_fix=_last_fix(standing),
        heard_at=standing.heard_at,
        since=_since(standing),
        battery_percent=standing.battery_percent,
        district=person.district,
    )


def _since(standing: PersonStanding) -> datetime | None:
    """Give since when it is so; None where that was so before we were there."""
    return standing.since if standing.since is not None and standing.since > BEFORE_US else None


def _last_fix(standing: PersonStanding) -> LastFix | None:
    last = standing.last_fix
    if last is None:
        return None
    return LastFix(
        latitude_deg=last.fix.latitude_deg,
        longitude_deg=last.fix.longitude_deg,
        accuracy_m=last.accuracy_m,
        at=last.at,
        speed_m_s=last.fix.speed_m_s,
    )


def card(
    person: Person,
    supervision: Supervision,
    at: datetime,
    *,
    live: LiveRow | None,
    day: tuple[Segment, ...],
    alarms: tuple[AlarmRow, ...],
    heard_at: Mapping[DeviceId, datetime],
) -> PersonCard:
    """Give one person with what is prescribed at an instant."""
    order = max(supervision.orders, key=lambda one: (one.from_at <= at < one.until_at, one.from_at), default=None)
    return PersonCard(
        person=live_person(person, live),
        language=person.language,
        district=person.district,
        order_court=order.court if order else "",
        order_act=order.act_number if order else "",
        order_from=order.from_at if order else None,
        order_until=order.until_at if order else None,
        restrictions=in_force(supervision, at),
        unwatched=tuple(one.id for one in in_force(supervision, at) if not watched(supervision, one, at)),
        devices=tuple(_device(supervision, one, heard_at.get(one.id)) for one in worn(supervision, at)),
        day=day,
        alarms=alarms,
        permissions=tuple(_permissions(supervision, at)),
    )


def _permissions(supervision: Supervision, at: datetime) -> list[CardPermission]:
    near = (one for one in supervision.permissions if one.until_at > at - LATELY)
    soonest = sorted(near, key=lambda one: one.from_at)
    return [msgspec.convert(one, CardPermission, from_attributes=True) for one in soonest[:MOST_OF_A_KIND]]


def near_visits(facts: tuple[KeptFact, ...], at: datetime) -> tuple[CardVisit, ...]:
    """Give the last visits and those to come."""
    near = [one for one in visits(facts) if one.due.at > at - LATELY or one.ended is None]
    return tuple(
        CardVisit(
            at=one.due.at,
            place=one.due.place,
            purpose=one.due.purpose,
            met=one.ended.met if one.ended else None,
            overdue=one.overdue(at),
        )
        for one in near[-MOST_OF_A_KIND:]
    )


def _device(supervision: Supervision, device: Device, heard_at: datetime | None) -> PersonDevice:
    """What a device told while it was on somebody else is not this person's."""
    theirs = heard_at is not None and any(time.holds(heard_at) for time in fitted(supervision, device.id))
    return PersonDevice(id=device.id, kind=device.kind, protocol=device.protocol, heard_at=heard_at if theirs else None)


def worn(supervision: Supervision, at: datetime) -> tuple[Device, ...]:
    """Give the devices that are on the person at an instant."""
    return tuple(one for one in supervision.devices if any(time.holds(at) for time in fitted(supervision, one.id)))
