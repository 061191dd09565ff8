"""Who was near a place at a time: all positions, what they mean, and who asked for what reason."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId
from baqylau.domain.observations import Fix, NoFix
from baqylau.domain.people import Device, DeviceKind, Person
from baqylau.domain.rights import Bounds, Role
from baqylau.monitoring.workstation.looking_back import near
from baqylau.monitoring.workstation.looking_back.nearby import Nearness, nearness
from baqylau.storage.registers.registers import Registers
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, DANA, NOW, SPARE, TRACKER
from tests.unit.workstation.office import Browser, Office

BORAN, TIMER = PersonId("p-3"), DeviceId("d-3")
SHOP = {"latitude_deg": 43.2500, "longitude_deg": 76.9500}
REASON = "request 17 of the police, a theft in the shop"
METRE = 1 / 111_195


@pytest.fixture
def town(office: Office) -> Office:
    """Three people with trackers; the second one is of another district, and the court put the third one nowhere."""
    order, fitting = invented.TOWN.orders[0], invented.TOWN.fittings[0]
    people = (
        replace(invented.TOWN.people[0], district="north"),
        Person(id=DANA, name="Dana Sample", district="south"),
        Person(id=BORAN, name="Boran Protected", district="north"),
    )
    registry = replace(
        invented.TOWN,
        people=people,
        devices=(*invented.TOWN.devices, Device(id=TIMER, kind=DeviceKind.TRACKER, protocol="wialon", number="7")),
        orders=(order, replace(order, id=OrderId("o-2"), person_id=DANA)),
        fittings=(
            fitting,
            replace(fitting, id=FittingId("f-2"), person_id=DANA, device_id=SPARE),
            replace(fitting, id=FittingId("f-3"), person_id=BORAN, device_id=TIMER),
        ),
    )
    Registers(office.engine, office.clock).save(registry, by="installation")
    return office


def walks(office: Office, person: PersonId, device: DeviceId, *metres_north: float, accuracy_m: float = 10.0) -> None:
    """Tell one position a minute, the last one now, so many metres north of the shop."""
    for turn, north_m in enumerate(reversed(metres_north)):
        fix = Fix(
            latitude_deg=SHOP["latitude_deg"] + north_m * METRE,
            longitude_deg=SHOP["longitude_deg"],
            accuracy_m=accuracy_m,
        )
        office.hear(device, fix, person_id=person, observed_at=NOW - timedelta(minutes=turn))


def ask(browser: Browser, **changes: Any) -> httpx.Response:
    hour = {"from_at": (NOW - timedelta(hours=1)).isoformat(), "until_at": NOW.isoformat()}
    return browser.change("POST", "/api/nearby", {**SHOP, **hour, "radius_m": 100, "reason": REASON, **changes})


def test_who_was_near_is_shown_with_every_position_and_who_may_have_been_is_said_to_be_unsure(town: Office) -> None:
    town.employ()
    walks(town, AYAN, TRACKER, 900, 300, 20, 400)
    walks(town, DANA, SPARE, 130, accuracy_m=80.0)
    walks(town, BORAN, TIMER, 5)
    with town.browser() as browser:
        browser.sign_in()
        page = ask(browser).json()
    ayan, dana = page["people"]
    assert (ayan["id"], ayan["nearness"], round(ayan["nearest_m"])) == (AYAN, "inside", 20)
    assert [one["distance_m"] for one in ayan["points"]] == pytest.approx([900, 300, 20, 400], rel=0.01)
    assert [one["nearness"] for one in ayan["points"]] == ["outside", "outside", "inside", "outside"]
    assert (dana["id"], dana["nearness"]) == (DANA, "perhaps")
    assert (page["examined"], page["unseen"]) == (2, 0)


def test_whose_place_nobody_knows_is_counted_and_never_called_away(town: Office) -> None:
    town.employ()
    walks(town, AYAN, TRACKER, 900)
    town.hear(SPARE, NoFix(satellites=2), person_id=DANA)
    with town.browser() as browser:
        browser.sign_in()
        page = ask(browser).json()
    assert (page["people"], page["examined"], page["unseen"]) == ([], 2, 1)


def test_the_question_its_reason_and_everybody_it_found_are_on_record(town: Office) -> None:
    town.employ("dauren", Role.INSPECTOR)
    walks(town, AYAN, TRACKER, 20)
    with town.browser() as browser:
        browser.sign_in("dauren")
        assert ask(browser).status_code == 200
    looked = [one for one in town.stores.audit.latest(10) if one.what == "look.nearby"]
    assert [(one.who, one.object) for one in looked] == [
        ("dauren", f"person/{AYAN}"),
        ("dauren", "place/43.25000,76.95000,100"),
    ]
    assert all(REASON in one.purpose for one in looked)


def test_nobody_beyond_the_own_districts_is_found(town: Office) -> None:
    town.employ("dauren", Role.INSPECTOR, Bounds(districts=("north",)))
    walks(town, AYAN, TRACKER, 20)
    walks(town, DANA, SPARE, 20)
    with town.browser() as browser:
        browser.sign_in("dauren")
        page = ask(browser).json()
    assert [one["id"] for one in page["people"]] == [AYAN]
    assert page["examined"] == 1


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"reason": "because"}, "request.refused.field"),
        ({"reason": " " * 20}, "request.refused.field"),
        ({"radius_m": 5}, "request.refused.field"),
        ({"latitude_deg": 91}, "request.refused.field"),
        ({"until_at": (NOW - timedelta(hours=2)).isoformat()}, "case.refused.nearby_time"),
        ({"from_at": (NOW - timedelta(hours=7)).isoformat()}, "case.refused.nearby_time"),
        ({"from_at": "2026-11-22T00:00:00Z", "until_at": "2026-11-22T01:00:00Z"}, "minute.refused.future"),
        ({"from_at": "2026-11-21T16:00:00"}, "request.refused.field"),
    ],
)
def test_a_question_that_cannot_be_is_refused_and_not_asked(town: Office, changes: dict[str, Any], key: str) -> None:
    town.employ()
    with town.browser() as browser:
        browser.sign_in()
        refused = ask(browser, **changes)
    assert (refused.status_code, refused.json()["key"]) == (422, key)
    assert not [one for one in town.stores.audit.latest(10) if one.what == "look.nearby"]


def test_too_much_to_read_is_refused_rather_than_answered_in_part(
    town: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.employ()
    monkeypatch.setattr(near, "MOST_READ", 3)
    walks(town, AYAN, TRACKER, 20, 21, 22, 23)
    with town.browser() as browser:
        browser.sign_in()
        assert ask(browser).json()["key"] == "case.refused.nearby_many"


@pytest.mark.parametrize(
    ("away_m", "accuracy_m", "expected"),
    [
        (90, 10, Nearness.INSIDE),
        (90.1, 10, Nearness.PERHAPS),
        (110, 10, Nearness.PERHAPS),
        (110.1, 10, Nearness.OUTSIDE),
    ],
)
def test_a_position_is_as_sure_as_it_is_accurate(away_m: float, accuracy_m: float, expected: Nearness) -> None:
    assert nearness(away_m, accuracy_m, 100.0) is expected
