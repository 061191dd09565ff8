"""An import file is taken whole or not at all, and every mistake is shown where it stands."""

from datetime import UTC, date, datetime
from itertools import pairwise
from textwrap import dedent

import pytest
from sqlalchemy import Engine

from baqylau.domain.ids import PersonId
from baqylau.domain.orders import ExclusionZone, NoContact, PresenceRegime, RequiredPlace, Route, Territory, TimedPlace
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle
from baqylau.locales import LANGUAGES, text
from baqylau.monitoring.server.importing.document import MistakesError
from baqylau.monitoring.server.importing.registry import parse
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import RegisterRefusedError

GOOD = dedent("""\
    people:
      - id: p-1
        name: Бекзат Желкенбай
        language: kk
    devices:
      - {id: t-1, kind: tracker, protocol: wialon, number: "860000000000001"}
    zones:
      - id: home
        name: Тал көшесі, 14
        circle: {center: [48.6, 66.9], radius_m: 60}
      - id: town
        name: Ақжелкен
        polygon: {outline: [[48.5, 66.8], [48.5, 67.0], [48.7, 67.0], [48.7, 66.8]]}
    orders:
      - id: o-1
        person: p-1
        court: Ақжелкен қалалық соты
        act_number: 4-118/2026
        act_date: 2026-08-14
        from: 2026-08-14T00:00:00+05:00
        until: 2027-08-14T00:00:00+05:00
        restrictions:
          - id: r-1
            kind: presence
            clause: "2"
            places: [home]
            hours:
              timezone: Asia/Almaty
              windows: [{days: [mon, sun], from: 22:00, to: "06:00"}]
          - {id: r-2, kind: territory, clause: "3", zone: town}
    permissions:
      - {id: e-1, person: p-1, restriction: r-1, from: 2026-11-19T20:00:00+05:00,
         until: 2026-11-20T08:00:00+05:00, reason: clinic, granted_by: A. Sarzhan}
    fittings:
      - {id: f-1, person: p-1, device: t-1, from: 2026-08-15T10:00:00+05:00}
    """)


CHARGED = """\
  - id: m-1
    kind: mobile_unit
    protocol: wialon
    number: "860000000000002"
    charge_hours: {timezone: Asia/Almaty, windows: [{from: "21:00", to: "23:00"}]}
"""


def test_hours_of_charging_are_agreed_for_a_carried_unit() -> None:
    hours = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=21 * 60, end_min=23 * 60),))
    tracker, unit = parse(GOOD.replace("zones:\n", f"{CHARGED}zones:\n", 1)).devices
    assert (tracker.charge_schedule, unit.charge_schedule) == (None, hours)


@pytest.mark.parametrize(
    ("right", "wrong", "field", "key"),
    [
        ("Asia/Almaty", "Asia/Atlantis", "charge_hours.timezone", "import.unknown_timezone"),
        ('"23:00"', '"21:00"', "charge_hours.windows", "import.window_empty"),
        ("mobile_unit", "bracelet", "charge_hours", "import.not_carried"),
    ],
)
def test_hours_of_charging_that_cannot_be_meant_are_named(right: str, wrong: str, field: str, key: str) -> None:
    content = GOOD.replace("zones:\n", f"{CHARGED.replace(right, wrong)}zones:\n", 1)
    assert [(path, said) for _, path, said in mistakes_of(content)] == [(f"devices[1].{field}", key)]


def mistakes_of(content: str) -> list[tuple[int, str, str]]:
    with pytest.raises(MistakesError) as found:
        parse(content)
    for mistake in found.value.mistakes:
        for language in LANGUAGES:
            assert text(language, mistake.key, **mistake.params)
    return [(mistake.line, mistake.field, mistake.key) for mistake in found.value.mistakes]


def test_a_good_file_says_what_the_registers_will_hold() -> None:
    registry = parse(GOOD)
    regime, territory = registry.restrictions
    assert registry.people[0].name == "Бекзат Желкенбай"
    assert isinstance(regime, PresenceRegime)
    assert isinstance(territory, Territory)
    assert isinstance(regime.places[0], Circle)
    assert regime.schedule.windows == (Window(start_min=1320, end_min=360, weekdays=(0, 6)),)
    assert regime.from_at == registry.orders[0].from_at
    assert len(registry.permissions) == len(registry.fittings) == 1


def test_a_bought_beacon_is_known_by_what_it_calls_itself_however_that_is_written() -> None:
    said = GOOD.replace("protocol: wialon", "protocol: ble").replace("860000000000001", "5F0AC1D2-B3A4:0007:002A")
    assert parse(said).devices[0].number == "5f0ac1d2b3a40007002a"


@pytest.mark.parametrize("protocol", ["link", "beacon"])
def test_our_own_devices_are_taken_too(protocol: str) -> None:
    assert parse(GOOD.replace("protocol: wialon", f"protocol: {protocol}")).devices[0].protocol == protocol


@pytest.mark.parametrize(
    ("old", "new", "field", "key"),
    [
        ("language: kk", "language: fr", "people[0].language", "import.wrong_value"),
        ("protocol: wialon", "protocol: wailon", "devices[0].protocol", "import.unknown_protocol"),
        ("kind: tracker", "kind: phone", "devices[0].kind", "import.wrong_value"),
        ("radius_m: 60", "radius: 60", "zones[0].circle", "import.unknown_field"),
        ("radius_m: 60", "radius_m: 60, color: red", "zones[0].circle", "import.unknown_field"),
        ("radius_m: 60", "radius_m: wide", "zones[0].circle.radius_m", "import.wrong_type"),
        ("radius_m: 60", "radius_m: -1", "zones[0]", "zone.refused.radius"),
        ("person: p-1\n    court", "person: p-9\n    court", "orders[0].person", "import.not_in_file"),
        ("places: [home]", "places: [work]", "orders[0].restrictions[0].places", "import.not_in_file"),
        ("places: [home]", "places: []", "orders[0].restrictions[0].places", "import.place_missing"),
        ("from: 22:00", "from: 25:00", "orders[0].restrictions[0].hours.windows", "import.not_a_time"),
        ('to: "06:00"', 'to: "22:00"', "orders[0].restrictions[0].hours.windows", "import.window_empty"),
        ("[mon, sun]", "[mon, moonday]", "orders[0].restrictions[0].hours.windows", "import.unknown_day"),
        ("Asia/Almaty", "Asia/Atlantis", "orders[0].restrictions[0].hours.timezone", "import.unknown_timezone"),
        ("kind: presence", "kind: exile", "orders[0].restrictions[0].kind", "import.wrong_value"),
        ("until: 2027-08-14", "until: 2025-08-14", "orders[0].until", "import.ends_before_it_begins"),
        ("2027-08-14T00:00:00+05:00", "2027-08-14T00:00:00", "orders[0].until", "import.offset_missing"),
        ("zone: town", "zone: village", "orders[0].restrictions[1].zone", "import.not_in_file"),
        ("device: t-1", "device: t-9", "fittings[0].device", "import.not_in_file"),
        ("restriction: r-1", "restriction: r-9", "permissions[0].restriction", "import.not_in_file"),
        ("people:", "persons:", "persons", "import.unknown_part"),
    ],
)
def test_a_mistake_is_shown_with_its_line_and_field(old: str, new: str, field: str, key: str) -> None:
    assert old in GOOD
    content = GOOD.replace(old, new, 1)
    changed = next(
        number
        for number, pair in enumerate(zip(GOOD.splitlines(), content.splitlines(), strict=True), 1)
        if pair[0] != pair[1]
    )
    found = {(mistaken, why): line for line, mistaken, why in mistakes_of(content)}
    # A zone is judged as a whole, so the line is that of its beginning, two lines above its shape.
    assert found[field, key] == changed - 2 * (field == "zones[0]")


@pytest.mark.parametrize("content", ["people: [", "- just\n- a list", "\t: x", "people: 7"])
def test_what_is_not_such_a_file_is_said_in_a_sentence(content: str) -> None:
    assert mistakes_of(content)


def test_the_same_id_twice_and_a_zone_with_two_shapes_are_mistakes() -> None:
    twice = GOOD.replace("- id: town", "- id: home", 1)
    assert "import.id_twice" in {key for _, _, key in mistakes_of(twice)}
    both = GOOD.replace("circle:", "corridor: {line: [[48, 66], [49, 67]], half_width_m: 5}\n    circle:", 1)
    assert "import.one_shape_a_zone" in {key for _, _, key in mistakes_of(both)}


def test_a_crossing_outline_without_area_is_refused() -> None:
    flat = GOOD.replace(
        "[[48.5, 66.8], [48.5, 67.0], [48.7, 67.0], [48.7, 66.8]]", "[[48.5, 66.8], [48.6, 66.9], [48.7, 67.0]]"
    )
    assert mistakes_of(flat)[0][1].startswith("zones[1]")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    content = GOOD.replace("language: kk", "language: fr").replace("zone: town", "zone: village")
    lines = [line for line, _, _ in mistakes_of(content)]
    assert len(lines) > 1
    assert all(earlier <= later for earlier, later in pairwise(lines))


EVERYTHING = dedent("""\
    people:
      - {id: p-1, name: Бекзат Желкенбай}
      - {id: p-2, name: Сәуле Ойдан}
    zones:
      - {id: home, name: Тал көшесі, circle: {center: [48.6, 66.9], radius_m: 60}}
      - {id: market, name: Базар, circle: {center: [48.61, 66.9], radius_m: 100}}
      - {id: way, name: Жол, corridor: {line: [[48.6, 66.9], [48.7, 66.9]], half_width_m: 100}}
    devices:
      - {id: u-1, kind: home_unit, protocol: wialon, number: "860000000000002", place: home}
      - {id: t-2, kind: tracker, protocol: wialon, number: "860000000000003"}
    orders:
      - id: o-1
        person: p-1
        court: Ақжелкен қалалық соты
        act_number: 4-118/2026
        act_date: 2026-08-14
        from: 2026-08-14T00:00:00+05:00
        until: 2027-08-14T00:00:00+05:00
        restrictions:
          - {id: r-1, kind: exclusion, clause: "1", zone: market, warning_m: 80, dwell_s: 90, loiter_s: 600}
          - id: r-2
            kind: required_place
            clause: "2"
            zone: market
            stay_s: 3600
            hours: &hours
              timezone: Asia/Almaty
              windows: [{from: "10:00", to: "16:00"}]
              holidays: [2026-12-16]
              holiday_windows: [{from: "12:00", to: "14:00"}]
          - {id: r-3, kind: timed_place, clause: "3", zone: market, hours: *hours}
          - {id: r-4, kind: route, clause: "4", zone: way, hours: *hours}
          - {id: r-5, kind: no_contact, clause: "5", other: p-2, distance_m: 500, protected: true}
    consents:
      - {id: c-1, person: p-2, from: 2026-08-14T00:00:00+05:00, form: 12/2026}
    fittings:
      - {id: f-2, person: p-2, device: t-2, from: 2026-08-15T10:00:00+05:00}
    maintenances:
      - {id: m-1, person: p-1, device: u-1, from: 2026-09-01T10:00:00+05:00, until: 2026-09-01T11:00:00+05:00,
         reason: new battery, by: D. Orman}
    """)


def test_every_kind_of_restriction_consents_and_work_on_equipment_come_from_a_file() -> None:
    registry = parse(EVERYTHING)
    zone, stay, timed, route, apart = registry.restrictions
    assert isinstance(zone, ExclusionZone)
    assert (zone.warning_m, zone.dwell_s, zone.loiter_s) == (80, 90, 600)
    assert isinstance(stay, RequiredPlace)
    assert stay.stay_s == 3600
    assert stay.schedule.holidays == (date(2026, 12, 16),)
    assert stay.schedule.holiday_windows == (Window(start_min=720, end_min=840),)
    assert isinstance(timed, TimedPlace)
    assert isinstance(route, Route)
    assert isinstance(apart, NoContact)
    assert (apart.other_id, apart.distance_m, apart.protected) == ("p-2", 500.0, True)
    assert registry.consents[0].form == "12/2026"
    assert registry.maintenances[0].device_id == "u-1"
    place = registry.devices[0].place
    assert place is not None
    assert place.name == "Тал көшесі"


@pytest.mark.parametrize(
    ("old", "new", "field", "key"),
    [
        ("other: p-2", "other: p-9", "orders[0].restrictions[4].other", "import.not_in_file"),
        ("dwell_s: 90", "dwell_s: -1", "orders[0].restrictions[0].dwell_s", "import.negative"),
        ("place: home", "place: nowhere", "devices[0].place", "import.not_in_file"),
        ("device: u-1", "device: u-9", "maintenances[0].device", "import.not_in_file"),
    ],
)
def test_a_mistake_in_the_newer_parts_is_shown_where_it_stands(old: str, new: str, field: str, key: str) -> None:
    assert (field, key) in [(where, what) for _, where, what in mistakes_of(EVERYTHING.replace(old, new))]


HOUSEHOLD = EVERYTHING.replace('clause: "1", zone: market', 'clause: "1", zone: home').replace(
    "fittings:\n",
    """fittings:
  - {id: f-3, person: p-1, device: u-1, from: 2026-08-15T10:00:00+05:00}
  - {id: f-4, person: p-2, device: u-1, from: 2026-08-15T10:00:00+05:00, until: 2026-10-01T00:00:00+05:00}
""",
)


def test_a_household_with_one_home_unit_for_two_people_comes_from_a_file(engine: Engine) -> None:
    registers = Registers(engine, lambda: datetime(2026, 8, 20, tzinfo=UTC))
    registers.save(parse(HOUSEHOLD), by="installation")
    for person, fittings in ((PersonId("p-1"), ["f-3"]), (PersonId("p-2"), ["f-2", "f-4"])):
        had = registers.supervision(person)
        assert sorted(one.id for one in had.fittings) == fittings
        assert "u-1" in {one.id for one in had.devices}


def test_a_tracker_is_on_one_person_at_a_time_and_a_home_unit_is_on_each_once(engine: Engine) -> None:
    registers = Registers(engine, lambda: datetime(2026, 8, 20, tzinfo=UTC))
    for old, new in (
        ("person: p-1, device: u-1, from: 2026-08", "person: p-1, device: t-2, from: 2026-08"),
        ("id: f-4, person: p-2", "id: f-4, person: p-1"),
    ):
        with pytest.raises(RegisterRefusedError, match="overlaps"):
            registers.save(parse(HOUSEHOLD.replace(old, new)), by="installation")
