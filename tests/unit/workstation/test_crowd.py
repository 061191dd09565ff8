"""Very many people: counted, listed in pages and gathered on the map, and nothing more than what a screen shows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId, OrderId, PersonId
from baqylau.domain.observations import Fix
from baqylau.domain.people import Person
from baqylau.domain.rights import Bounds, Role
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import LastFix, PersonStanding
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import Browser, Office

PEOPLE = 40
EACH = 10
"""So few are told each in these stories."""
EVERYWHERE = "west=60&south=40&east=80&north=50"


def person(number: int) -> PersonId:
    return PersonId(f"c-{number:03}")


def crowd() -> Registry:
    """Give forty people in two districts, each under an order."""
    people = tuple(
        Person(id=person(one), name=f"Person {one:03}", district="north" if one % 2 else "south")
        for one in range(PEOPLE)
    )
    order = invented.TOWN.orders[0]
    orders = tuple(replace(order, id=OrderId(f"co-{one}"), person_id=person(one)) for one in range(PEOPLE))
    return Registry(people=people, orders=orders)


def stands(office: Office, number: int, compliance: Compliance, latitude: float, longitude: float) -> None:
    fix = Fix(latitude_deg=latitude, longitude_deg=longitude)
    standing = PersonStanding(
        compliance=compliance,
        blindness=Blindness.NO_FIX if compliance is Compliance.UNKNOWN else None,
        since=NOW,
        last_fix=LastFix(at=NOW, fix=fix, accuracy_m=10.0, observation_id=ObservationId(f"{number:032x}")),
        heard_at=NOW,
        battery_percent=80.0,
    )
    office.stand(person(number), standing)


@pytest.fixture
def town(office: Office) -> Office:
    """Thirty in one town, four elsewhere, six of whom nothing was ever heard; one alarm, about somebody else."""
    office.populate()
    Registers(office.engine, office.clock).save(crowd(), by="installation")
    for one in range(30):
        stands(office, one, Compliance.AS_PRESCRIBED if one else Compliance.NOT_AS_PRESCRIBED, 43.2, 76.9 + one / 1e4)
    for one in range(30, 34):
        stands(office, one, Compliance.UNKNOWN, 48.0, 67.0 + one / 10)
    office.find(invented.finding(1))
    return office


@pytest.fixture
def browser(town: Office) -> Iterator[Browser]:
    town.employ()
    with town.browser(told_each=EACH) as opened:
        opened.sign_in()
        yield opened


def view(browser: Browser, asked: str) -> dict[str, Any]:
    return dict(browser.get(f"/api/live/view?{asked}").json())


def test_of_a_crowd_a_screen_is_told_those_of_alarms_and_how_many_there_are(browser: Browser) -> None:
    live = browser.get("/api/live").json()
    assert [one["id"] for one in live["people"]] == [AYAN]
    assert {one["person_id"] for one in live["zones"]} == {AYAN}
    assert live["crowd"]["people"] == PEOPLE + 1
    assert live["crowd"]["compliance"] == {"outside": 1, "unknown": 11, "excused": 0, "inside": 29, "free": 0}
    assert live["crowd"]["blindness"] == {"no_fix": 4, "no_observation_yet": 7}


def test_few_people_are_told_each_as_ever(town: Office) -> None:
    town.employ()
    with town.browser() as opened:
        opened.sign_in()
        live = opened.get("/api/live").json()
    assert len(live["people"]) == PEOPLE + 1
    assert live["crowd"] is None


def test_a_map_of_many_shows_cells_that_say_who_is_in_them(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.monitoring.workstation.live_records.IN_WINDOW", 10)
    shown = view(browser, f"{EVERYWHERE}&zoom=4")
    assert [one["id"] for one in shown["people"]] == [AYAN]
    assert sum(one["people"] for one in shown["cells"]) == 34
    town = max(shown["cells"], key=lambda one: one["people"])
    assert town["compliance"] == {"outside": 1, "inside": 29}
    assert town["latitude_deg"] == pytest.approx(43.2)
    nearer = view(browser, "west=76.8&south=43&east=77&north=44&zoom=16")
    assert len(nearer["cells"]) > 1
    assert sum(one["people"] for one in nearer["cells"]) == 30


def test_a_map_of_few_shows_each_and_whom_the_screen_is_about_wherever_they_are(browser: Browser) -> None:
    shown = view(browser, f"west=66&south=47&east=72&north=49&zoom=9&also={person(3)}")
    assert {one["id"] for one in shown["people"]} == {AYAN, person(3), *map(person, range(30, 34))}
    assert shown["cells"] == []
    assert view(browser, "also=nobody")["people"][0]["id"] == AYAN


def test_a_map_over_the_line_of_the_date_shows_both_sides(town: Office, browser: Browser) -> None:
    stands(town, 1, Compliance.FREE, 65.0, 179.5)
    stands(town, 2, Compliance.FREE, 65.0, -179.5)
    town.clock.pass_(seconds=2)
    shown = view(browser, "west=170&south=60&east=-170&north=70&zoom=6")
    assert {one["id"] for one in shown["people"]} == {AYAN, person(1), person(2)}


@pytest.mark.parametrize("wrong", ["west=east", "west=1&south=nan&east=2&north=3", "west=1&south=95&east=2&north=3"])
def test_a_window_that_is_none_is_refused_by_its_field(browser: Browser, wrong: str) -> None:
    refused = browser.get(f"/api/live/view?{wrong}")
    assert (refused.status_code, refused.json()["key"]) == (422, "request.refused.field")


def test_what_changed_is_in_the_next_view_and_in_the_counts(town: Office, browser: Browser) -> None:
    before = view(browser, EVERYWHERE)["counts"]["compliance"]
    stands(town, 7, Compliance.EXCUSED, 48.5, 70.0)
    town.clock.pass_(seconds=2)
    after = view(browser, EVERYWHERE)["counts"]["compliance"]
    assert (before["excused"], after["excused"]) == (0, 1)
    assert after["inside"] == before["inside"] - 1


def test_everybody_is_listed_in_pages_the_urgent_first(browser: Browser) -> None:
    seen: list[dict[str, Any]] = []
    after = ""
    while True:
        page = browser.get(f"/api/people?limit=15&after={after}").json()
        assert page["count"] == PEOPLE + 1
        seen += page["people"]
        if page["next"] is None:
            break
        after = page["next"]
    assert len({one["id"] for one in seen}) == len(seen) == PEOPLE + 1
    assert [one["compliance"] for one in seen] == ["outside"] + ["unknown"] * 11 + ["inside"] * 29
    assert [one["name"] for one in seen[12:15]] == ["Person 001", "Person 002", "Person 003"]


def test_nobody_beyond_the_district_is_counted_listed_or_drawn(town: Office) -> None:
    town.employ("marat", Role.OPERATOR, Bounds(districts=("north",), people=(person(0),)))
    mine = {person(0), *(person(one) for one in range(1, PEOPLE, 2))}
    with town.browser(told_each=EACH) as opened:
        opened.sign_in("marat")
        shown = view(opened, f"{EVERYWHERE}&zoom=8&also={person(2)}")
        listed = opened.get("/api/people?limit=100").json()
    assert shown["counts"]["people"] == listed["count"] == len(mine)
    assert {one["id"] for one in listed["people"]} == mine
    assert {one["id"] for one in shown["people"]} <= mine


def test_the_feed_of_a_crowd_tells_alarms_and_no_moves(town: Office, browser: Browser) -> None:
    told = ""
    with browser.client.stream("GET", "/api/feed?after=0") as stream:
        stands(town, 5, Compliance.FREE, 43.2, 76.9)
        town.find(invented.finding(2))
        for piece in stream.iter_text():
            told += piece
            if f"{2:032x}" in told and "event: beat" in told:
                break
    assert "event: people" not in told


def test_a_court_act_that_ends_leaves_the_crowd_without_a_save(town: Office, browser: Browser) -> None:
    assert view(browser, EVERYWHERE)["counts"]["people"] == PEOPLE + 1
    town.clock.pass_(seconds=61)
    assert view(browser, EVERYWHERE)["counts"]["people"] == PEOPLE + 1
    late = replace(crowd().orders[4], until_at=NOW + timedelta(seconds=90))
    Registers(town.engine, town.clock).save(Registry(orders=(late,)), by="installation")
    town.clock.pass_(seconds=100)
    assert view(browser, EVERYWHERE)["counts"]["people"] == PEOPLE
