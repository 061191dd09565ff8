"""Two people near one another: from the fixes of both to the alarm about one, without the other's place."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.crypto.digests import observation_id
from baqylau.domain.ids import ConsentId, DeviceId, FittingId, PersonId, RestrictionId
from baqylau.domain.observations import Fix, Nearness, Observation
from baqylau.domain.orders import Consent, Fitting, NoContact
from baqylau.domain.partitions import nearness_of, partition_of
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.pairing import Pairing
from baqylau.monitoring.workstation.directory import Directory
from baqylau.storage.journal.archived import DaysArchivedError
from baqylau.storage.journal.journal import Entry, Journal
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import AINUR, START, TRACKER, Site, prescribed

SAULE = PersonId("saule")
BEACON = DeviceId("tracker-3")
BEGUN = START - timedelta(days=30)
METRE_DEG = 1 / 111_200


def _apart(**more: object) -> NoContact:
    fields: dict[str, object] = {
        "id": RestrictionId("apart"),
        "order_id": prescribed().orders[0].id,
        "version": 1,
        "clause": "3",
        "from_at": BEGUN,
        "other_id": SAULE,
        "distance_m": 500.0,
        "protected": True,
    }
    return NoContact(**(fields | more))  # type: ignore[arg-type]


def consent(until_at: datetime | None = None) -> Consent:
    return Consent(id=ConsentId("consent-1"), person_id=SAULE, from_at=BEGUN, until_at=until_at, form="7/2026")


def two_people(*consents: Consent) -> Registry:
    """A person under supervision, a protected one, and a tracker on each."""
    base = prescribed()
    device = Device(id=BEACON, kind=DeviceKind.TRACKER, protocol="wialon", number="700000000000003")
    fitting = Fitting(id=FittingId("f-3"), device_id=BEACON, person_id=SAULE, from_at=BEGUN)
    return replace(
        base,
        people=(*base.people, Person(id=SAULE, name="Saule Invented")),
        devices=(*base.devices, device),
        restrictions=(_apart(),),
        fittings=(*base.fittings, fitting),
        consents=consents,
    )


def _fix(person_id: PersonId, device_id: DeviceId, at: datetime, metres: float) -> Entry:
    """Somebody so far north of a place."""
    body = Fix(latitude_deg=48.7 + metres * METRE_DEG, longitude_deg=66.9, satellites=10, hdop=0.8)
    said = Observation(
        id=observation_id(device_id.encode(), at.isoformat().encode()),
        device_id=device_id,
        observed_at=at,
        received_at=at,
        bodies=(body,),
    )
    return Entry(partition=partition_of(person_id), person_id=person_id, observation=said, raw=b"")


def approach(minutes: int = 6, metres: float = 200.0) -> Iterator[Entry]:
    """One stays at a place, the other stands near it; both report each minute."""
    for minute in range(minutes):
        at = START + timedelta(minutes=minute)
        yield _fix(AINUR, TRACKER, at, 0.0)
        yield _fix(SAULE, BEACON, at + timedelta(seconds=20), metres)


@pytest.fixture
def site(engine: Engine) -> Site:
    made = Site(engine, two_people(consent()))
    made.open_for_the_first_time()
    return made


def _distances(site: Site) -> list[Observation]:
    """What was worked out, through the person's own data."""
    everything = site.journal.of_devices([nearness_of(AINUR)], BEGUN)
    return [one for one in everything if any(isinstance(body, Nearness) for body in one.bodies)]


def _keep(site: Site, entries: Iterable[Entry]) -> None:
    site.clock.pass_by(minutes=10)
    site.journal.append(list(entries))


def _judge_all(site: Site) -> None:
    site.judge().catch_up(lambda: False)


def _codes(site: Site) -> list[str]:
    return [view.alarm.code.value for view in site.alarms() if view.alarm.person_id == AINUR]


def test_coming_near_a_protected_person_becomes_an_alarm(site: Site) -> None:
    _keep(site, approach())
    _judge_all(site)
    assert "V02" in _codes(site)


def test_the_protected_persons_place_is_in_nothing_of_the_others(site: Site) -> None:
    _keep(site, approach())
    _judge_all(site)
    (alarm,) = [view for view in site.alarms() if view.alarm.code.value == "V02"]
    own = msgspec.json.encode([site.live.of(AINUR), alarm, _distances(site)]).decode()
    assert str(48.7 + 200 * METRE_DEG)[:8] not in own
    assert all(len(one.bodies) == 1 for one in _distances(site))
    assert {entry.device_id for entry in _distances(site)} == {nearness_of(AINUR)}


def test_distances_are_kept_in_coarse_steps_and_not_at_all_when_they_do_not_matter(site: Site) -> None:
    _keep(site, approach(metres=203.0))
    _judge_all(site)
    told = [body.distance_m for one in _distances(site) for body in one.bodies if isinstance(body, Nearness)]
    assert set(told) == {200.0}


def test_far_away_only_that_is_kept(site: Site) -> None:
    _keep(site, approach(metres=90_000.0))
    _judge_all(site)
    told = [body.distance_m for one in _distances(site) for body in one.bodies if isinstance(body, Nearness)]
    assert set(told) == {2000.0}
    assert "V02" not in _codes(site)


def test_a_judge_killed_between_pairing_and_judging_says_nothing_twice(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(site, approach())
    judge = site.judge()
    with monkeypatch.context() as broken:
        broken.setattr(judge, "_commit", _killed)
        with pytest.raises(KeyboardInterrupt):
            judge.round()
    before = [one.id for one in _distances(site)]
    site.judge("judge-2").catch_up(lambda: False)
    assert before == [one.id for one in _distances(site)]
    assert _codes(site).count("V02") == 1


def test_two_who_are_judged_by_different_programs_are_paired_all_the_same(site: Site) -> None:
    names = [f"judge-{number:02}" for number in range(20)]
    seats = [Seats(site.engine, name, "first") for name in names]
    for seat in seats:
        seat.sit()
    for seat in seats:
        held = seat.share()
        assert not held.keys() >= {partition_of(AINUR), partition_of(SAULE)}
    judges = [site.judge(seat=name) for name in names if name in _judges_of(site, AINUR, SAULE)]
    assert len(judges) == 2
    _keep(site, approach())
    for judge in judges * 2:
        judge.round()
    assert _codes(site).count("V02") == 1


def _judges_of(site: Site, *people: PersonId) -> set[str]:
    with site.engine.connect() as connection:
        owners = text("SELECT owner FROM judge_cursor WHERE partition = ANY(:whose)")
        return set(connection.scalars(owners, {"whose": [partition_of(person) for person in people]}))


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_fixes_that_come_late_give_their_distances_then(site: Site) -> None:
    story = list(approach())
    _keep(site, [entry for entry in story if entry.person_id == AINUR])
    _judge_all(site)
    assert not _distances(site)
    _keep(site, [entry for entry in story if entry.person_id == SAULE])
    _judge_all(site)
    assert "V02" in _codes(site)


def test_without_consent_nothing_of_the_protected_person_is_collected_or_paired(engine: Engine) -> None:
    site = Site(engine, two_people())
    site.open_for_the_first_time()
    fleet = Fleet(site.registers.devices(), site.registers.supervisions().values())
    assert not fleet.belongs(BEACON, START)
    _keep(site, approach())
    _judge_all(site)
    assert not _distances(site)
    assert _codes(site) == []


def test_a_withdrawn_consent_ends_collection_at_once_and_the_findings_with_it(site: Site) -> None:
    _keep(site, approach())
    _judge_all(site)
    withdrawn_at = START + timedelta(minutes=3)
    site.registers.save(Registry(consents=(consent(withdrawn_at),)), by="test")
    _judge_all(site)
    fleet = Fleet(site.registers.devices(), site.registers.supervisions().values())
    assert not fleet.belongs(BEACON, withdrawn_at)
    assert fleet.belongs(BEACON, withdrawn_at - timedelta(seconds=1))
    assert site.registers.supervision(AINUR).consents == (consent(withdrawn_at),)
    assert site.registers.supervisions()[AINUR].consents == (consent(withdrawn_at),)


def test_a_restriction_entered_late_is_judged_from_what_was_collected(engine: Engine) -> None:
    registry = two_people(consent())
    site = Site(engine, replace(registry, restrictions=()))
    site.open_for_the_first_time()
    _keep(site, approach())
    _judge_all(site)
    assert not _distances(site)
    site.registers.save(Registry(restrictions=(_apart(from_at=START - timedelta(hours=1)),)), by="test")
    _judge_all(site)
    assert "V02" in _codes(site)


def test_a_protected_person_is_not_among_those_under_supervision(site: Site) -> None:
    book = Directory(site.registers).book()
    assert [person.id for person in book.watched(START)] == [AINUR]


def test_a_protected_persons_silent_device_is_an_alarm_of_its_own(site: Site) -> None:
    _keep(site, approach())
    _judge_all(site)
    site.clock.pass_by(hours=1)
    site.live.gateway_beat(site.clock(), connected=0, keep_ms=None)
    site.judge("judge-3").catch_up(lambda: False)
    assert "V04" in [view.alarm.code.value for view in site.alarms() if view.alarm.person_id == SAULE]


def test_nobody_with_such_a_restriction_costs_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(engine, replace(two_people(consent()), restrictions=()))
    pairing = Pairing(site.journal, site.registers.supervision)
    pairing.know(site.registers.supervision(AINUR))
    monkeypatch.delattr(Journal, "of_devices")
    monkeypatch.delattr(Journal, "append")
    pairing.heard({AINUR: [entry.observation for entry in approach()]})
    pairing.changed({AINUR: START, SAULE: START}, START + timedelta(days=1))


def test_a_change_that_reaches_into_archived_days_stops_no_judge_and_is_told(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    _keep(site, approach())
    judge = site.judge()
    judge.catch_up(lambda: False)
    before = _codes(site)
    site.registers.judge_again([AINUR], START, by="test")

    def archived(*_asked: object, **_more: object) -> None:
        raise DaysArchivedError([START.date()])

    monkeypatch.setattr(site.journal, "of_devices", archived)
    judge.catch_up(lambda: False)
    assert set(_codes(site)) == {*before, "X02"}
