"""Several judges over one database: everybody is judged, by one of them, whoever comes and goes."""

from msgspec.structs import replace
from sqlalchemy import Engine, text

from baqylau.crypto.digests import observation_id
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.observations import Observation, Strap
from baqylau.domain.partitions import partition_of
from baqylau.storage.journal.journal import Entry
from baqylau.storage.registers.registry import Registry
from tests.unit.server.site import Site, prescribed
from tests.unit.server.test_judge import listen, walk_into_school


def crowd(size: int) -> Registry:
    """So many people, each with a tracker on."""
    registry = prescribed()
    person, order, fitting, device = registry.people[0], registry.orders[0], registry.fittings[0], registry.devices[0]
    numbers = range(size)
    return Registry(
        people=tuple(replace(person, id=PersonId(f"person-{n}")) for n in numbers),
        orders=tuple(replace(order, id=OrderId(f"order-{n}"), person_id=PersonId(f"person-{n}")) for n in numbers),
        devices=tuple(replace(device, id=DeviceId(f"tracker-{n}"), number=f"{n}") for n in numbers),
        fittings=tuple(
            replace(
                fitting,
                id=FittingId(f"fitting-{n}"),
                device_id=DeviceId(f"tracker-{n}"),
                person_id=PersonId(f"person-{n}"),
            )
            for n in numbers
        ),
    )


def cut_every_strap(site: Site, size: int) -> None:
    """Everybody's strap opens now."""
    site.clock.pass_by(seconds=10)
    people = [PersonId(f"person-{n}") for n in range(size)]
    site.journal.append(
        [
            Entry(
                partition=partition_of(person),
                person_id=person,
                observation=Observation(
                    id=observation_id(person.encode(), b"strap"),
                    device_id=DeviceId(f"tracker-{n}"),
                    observed_at=site.clock(),
                    received_at=site.clock(),
                    bodies=(Strap(open=True),),
                ),
                raw=b"",
            )
            for n, person in enumerate(people)
        ]
    )
    listen(site)


def test_two_judges_share_the_people_and_each_is_judged_once(engine: Engine) -> None:
    site = Site(engine, crowd(20))
    site.open_for_the_first_time()
    one, two = site.judge(seat="one"), site.judge(seat="two")
    for _ in range(2):
        site.clock.pass_by(seconds=2)
        one.catch_up(lambda: False)
        two.catch_up(lambda: False)
    cut_every_strap(site, 20)
    one.catch_up(lambda: False)
    first = {view.alarm.person_id for view in site.alarms()}
    two.catch_up(lambda: False)
    assert 0 < len(first) < 20
    assert sorted(view.alarm.count for view in site.alarms()) == [1] * 20


def test_when_one_of_two_judges_dies_the_other_takes_over_what_it_left(engine: Engine) -> None:
    site = Site(engine, crowd(20))
    site.open_for_the_first_time()
    dying, staying = site.judge(seat="dying"), site.judge(seat="staying")
    for judge in (dying, staying, dying, staying):
        site.clock.pass_by(seconds=2)
        judge.catch_up(lambda: False)
    cut_every_strap(site, 20)
    staying.catch_up(lambda: False)
    assert len(site.alarms()) < 20
    with engine.begin() as connection:
        connection.execute(text("UPDATE judge_seat SET seen_at = seen_at - interval '1 minute' WHERE name = 'dying'"))
    site.clock.pass_by(seconds=2)
    staying.catch_up(lambda: False)
    assert sorted(view.alarm.count for view in site.alarms()) == [1] * 20
    dying.catch_up(lambda: False)
    assert sorted(view.alarm.count for view in site.alarms()) == [1] * 20


def test_a_judge_that_leaves_hands_its_people_over_with_their_state(engine: Engine) -> None:
    site = Site(engine, prescribed())
    site.open_for_the_first_time()
    leaving, staying = site.judge(seat="leaving"), site.judge(seat="staying")
    walk_into_school(site, 2)
    leaving.catch_up(lambda: False)
    leaving.stop()
    walk_into_school(site, 2)
    staying.catch_up(lambda: False)
    (view,) = site.alarms()
    assert (view.alarm.code, view.alarm.count) == (Code.EXCLUSION_ENTRY, 1)


def test_somebody_registered_while_two_judge_is_judged_by_one_of_them(engine: Engine) -> None:
    site = Site(engine)
    site.open_for_the_first_time()
    judges = [site.judge(seat="one"), site.judge(seat="two")]
    for judge in judges * 2:
        site.clock.pass_by(seconds=2)
        judge.catch_up(lambda: False)
    site.registers.save(crowd(20), by="test")
    cut_every_strap(site, 20)
    for judge in judges:
        judge.catch_up(lambda: False)
    assert sorted(view.alarm.count for view in site.alarms()) == [1] * 20
    assert not site.registers.unjudged_changes()


def test_what_a_dead_judge_left_unanswered_of_the_registers_its_successor_answers(engine: Engine) -> None:
    site = Site(engine)
    site.open_for_the_first_time()
    dying, staying = site.judge(seat="dying"), site.judge(seat="staying")
    for judge in (dying, staying, dying, staying):
        site.clock.pass_by(seconds=2)
        judge.catch_up(lambda: False)
    site.registers.save(crowd(20), by="test")
    staying.catch_up(lambda: False)
    left = {change.person_id for change in site.registers.unjudged_changes()}
    assert 0 < len(left) < 20
    with engine.begin() as connection:
        connection.execute(text("UPDATE judge_seat SET seen_at = seen_at - interval '1 minute' WHERE name = 'dying'"))
    site.clock.pass_by(seconds=2)
    staying.catch_up(lambda: False)
    assert not site.registers.unjudged_changes()
    dying.catch_up(lambda: False)
    cut_every_strap(site, 20)
    staying.catch_up(lambda: False)
    dying.catch_up(lambda: False)
    assert sorted(view.alarm.count for view in site.alarms()) == [1] * 20
