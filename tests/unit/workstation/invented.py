"""Invented people, alarms and figures for the tests of the workstation."""

from datetime import UTC, date, datetime, timedelta

from baqylau.domain.alarms import Alarm, AlarmState
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import (
    AlarmId,
    DeviceId,
    FindingId,
    FittingId,
    ObservationId,
    OrderId,
    PersonId,
    RestrictionId,
    SubjectId,
)
from baqylau.domain.orders import ExclusionZone, Fitting, Order
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.zones import Circle, Point
from baqylau.monitoring.workstation.messages import AlarmRow, Health, Installation
from baqylau.storage.registers.registry import Registry

NOW = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
AYAN, DANA = PersonId("p-1"), PersonId("p-2")
TRACKER, SPARE = DeviceId("d-1"), DeviceId("d-2")
MARKET = RestrictionId("r-1")
INSTALLATION = Installation(name="Invented town", timezone="Asia/Almaty", center=(76.9, 43.2), zoom=11.0, basemap="")

TOWN = Registry(
    people=(
        Person(id=AYAN, name="Ayan Sample", address="Invented street 1", phone="+7 000 000 00 01"),
        Person(id=DANA, name="Dana Without Order", address="Invented street 2"),
    ),
    devices=(
        Device(id=TRACKER, kind=DeviceKind.TRACKER, protocol="wialon", number="100000000000001"),
        Device(id=SPARE, kind=DeviceKind.TRACKER, protocol="wialon", number="100000000000002"),
    ),
    orders=(
        Order(
            id=OrderId("o-1"),
            person_id=AYAN,
            court="Invented district court",
            act_number="1-26",
            act_date=date(2026, 10, 1),
            from_at=NOW - timedelta(days=30),
            until_at=NOW + timedelta(days=300),
        ),
    ),
    restrictions=(
        ExclusionZone(
            id=MARKET,
            order_id=OrderId("o-1"),
            version=1,
            clause="Do not visit the market",
            from_at=NOW - timedelta(days=30),
            zone=Circle(name="Market", center=Point(43.25, 76.95), radius_m=200),
            warning_m=50.0,
        ),
    ),
    fittings=(Fitting(id=FittingId("f-1"), device_id=TRACKER, person_id=AYAN, from_at=NOW - timedelta(days=30)),),
)


def finding(number: int, at: datetime = NOW, because: tuple[ObservationId, ...] = ()) -> Finding:
    """Give a finding about a subject of its own, so that it opens an alarm of its own."""
    return Finding(
        id=FindingId(f"{number:032x}"),
        rule="tamper",
        rule_version="1",
        code=Code.STRAP_OPEN,
        person_id=AYAN,
        subject=SubjectId(f"d-{number}"),
        at=at,
        because=because,
    )


def alarm_row(number: int) -> AlarmRow:
    """Give an alarm as the queue shows it."""
    found = finding(number)
    alarm = Alarm(
        id=AlarmId(number),
        person_id=found.person_id,
        code=found.code,
        subject=found.subject,
        priority=1,
        state=AlarmState.OPEN,
        first_finding_id=found.id,
        last_finding_id=found.id,
        raised_at=NOW,
        began_at=NOW,
        last_at=NOW,
        waits_since=NOW,
    )
    return AlarmRow(
        alarm=alarm,
        person_name="Ayan Sample",
        person_address="",
        finding=found,
        take_until=NOW + timedelta(minutes=3),
        wearer_first=False,
    )


def health() -> Health:
    """Give a healthy server."""
    return Health(
        at=NOW,
        devices_connected=0,
        gateway_alive_at=NOW,
        judge_alive_at=NOW,
        keep_ms=None,
        judge_ms=None,
        behind=0,
        blind=False,
        quarantined_today=0,
    )
