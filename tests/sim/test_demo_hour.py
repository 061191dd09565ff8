"""An hour of the demo in memory: what the devices say goes over the wire's bytes into the rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import takewhile
from random import Random

import pytest

from baqylau.crypto.digests import observation_id
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Device, Supervision
from baqylau.protocols.fleet import FLEET
from baqylau.protocols.session import Keep, Outcome, Reading
from baqylau.rules.fold import begin, fold
from baqylau.sim.demo_people import Actor, actors
from baqylau.sim.demo_registry import demo_registry
from baqylau.sim.stories import reports

STARTED_AT = datetime(2026, 11, 22, 10, 17, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
REGISTRY = demo_registry(founded_at=STARTED_AT, started_at=STARTED_AT)
FOR_THE_RECORD = 4


def supervision_of(person_id: PersonId) -> Supervision:
    orders = tuple(order for order in REGISTRY.orders if order.person_id == person_id)
    fittings = tuple(fitting for fitting in REGISTRY.fittings if fitting.person_id == person_id)
    return Supervision(
        person_id=person_id,
        orders=orders,
        restrictions=tuple(each for each in REGISTRY.restrictions if each.order_id == orders[0].id),
        permissions=tuple(each for each in REGISTRY.permissions if each.person_id == person_id),
        fittings=fittings,
        devices=tuple(each for each in REGISTRY.devices if each.id == fittings[0].device_id),
    )


def readings(actor: Actor, device: Device) -> Iterator[Reading]:
    session = FLEET[device.protocol].session()
    tracker = FLEET[device.protocol].device(device.number, "")
    for event in session.receive(tracker.hello()):
        tracker.receive(session.answer(event, [Outcome.ACCEPTED]))
    story = reports(actor.story, STARTED_AT, Random(actor.number))  # noqa: S311 - noise of a receiver
    for report in takewhile(lambda each: each[0] < STARTED_AT + HOUR, story):
        for event in session.receive(tracker.report([report])):
            if isinstance(event, Keep):
                yield from event.readings


@cache
def findings(actor: Actor) -> tuple[Finding, ...]:
    supervision = supervision_of(PersonId(f"demo-{actor.number:02}"))
    device = supervision.devices[0]
    observations = [
        Observation(
            id=observation_id(device.id.encode(), reading.identity),
            device_id=device.id,
            observed_at=reading.observed_at or STARTED_AT,
            received_at=(reading.observed_at or STARTED_AT) + timedelta(milliseconds=300),
            bodies=reading.bodies,
        )
        for reading in readings(actor, device)
    ]
    _, told = fold(supervision, begin(), observations, STARTED_AT + HOUR)
    return told


def found() -> dict[str, tuple[Finding, ...]]:
    return {actor.name: findings(actor) for actor in actors()}


def minutes(finding: Finding) -> float:
    return (finding.at - STARTED_AT).total_seconds() / 60


@pytest.mark.parametrize(
    ("name", "code", "from_min", "until_min"),
    [
        ("Игорь Верстов", Code.WARNING_RING, 0.4, 0.6),
        ("Наталья Ярова", Code.STRAP_OPEN, 1.4, 1.7),
        ("Бекзат Желкенбай", Code.LEFT_EARLY, 4.0, 8.0),
        ("Олжас Көкжиек", Code.NO_COMMS, 7.0, 9.0),
        ("Павел Лугин", Code.BATTERY_LOW, 9.0, 13.0),
        ("Ержан Тастемір", Code.JUMP, 12.9, 13.5),
        ("Дина Сейілхан", Code.NO_FIX, 12.0, 14.0),
    ],
)
def test_each_story_is_found_in_its_time(name: str, code: Code, from_min: float, until_min: float) -> None:
    first = next(finding for finding in found()[name] if EVENTS[finding.code].priority < FOR_THE_RECORD)
    assert first.code is code
    assert from_min <= minutes(first) <= until_min


def test_whoever_was_warned_and_goes_on_into_the_school_is_found_there() -> None:
    entry = next(one for one in found()["Игорь Верстов"] if one.code is Code.EXCLUSION_ENTRY)
    assert 0.3 <= minutes(entry) <= 0.8


def test_what_passes_is_cleared() -> None:
    codes = {finding.code for one in found().values() for finding in one}
    assert {Code.ZONE_CLEARED, Code.RETURNED, Code.COMMS_RESTORED, Code.FIX_RESTORED, Code.STRAP_RESTORED} <= codes


def test_those_who_live_as_prescribed_raise_nothing() -> None:
    said = [finding for actor in actors() if actor.number > 7 for finding in found()[actor.name]]
    assert [finding for finding in said if EVENTS[finding.code].priority < FOR_THE_RECORD] == []


def test_an_hour_stays_calm() -> None:
    alarms = [finding for one in found().values() for finding in one if EVENTS[finding.code].priority < FOR_THE_RECORD]
    assert len(alarms) <= 12


def test_a_restart_keeps_ids_and_moves_the_hours() -> None:
    later = demo_registry(founded_at=STARTED_AT, started_at=STARTED_AT + timedelta(hours=7))
    assert (later.people, later.devices, later.orders, later.fittings) == (
        REGISTRY.people,
        REGISTRY.devices,
        REGISTRY.orders,
        REGISTRY.fittings,
    )
    assert [each.id for each in later.restrictions] == [each.id for each in REGISTRY.restrictions]
    again = demo_registry(founded_at=STARTED_AT, started_at=STARTED_AT + timedelta(hours=7, minutes=20))
    assert again == later
    assert {each.version for each in later.restrictions} > {1}
