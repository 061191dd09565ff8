"""The page of a device, and orders to it: to whom it belongs decides what is shown, and a role who may order."""

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.commands import CommandState
from baqylau.domain.ids import DeviceId, FittingId, OrderId
from baqylau.domain.observations import Battery, Heard, Power, ReceiverHealth
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.rights import Role
from baqylau.storage.database import transaction
from baqylau.storage.equipment.commands import Told, tell
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.equipment.link_records import Arrival, Kept, Word, keeping
from baqylau.storage.journal.journal import Entry
from baqylau.storage.journal.quarantine import Item, Quarantine
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

BRACELET, UNIT, SHELVED = DeviceId("br-1"), DeviceId("hu-1"), DeviceId("hu-2")
MINUTE = timedelta(minutes=1)
HOUSEHOLD = Registry(
    devices=(
        Device(id=BRACELET, kind=DeviceKind.BRACELET, protocol="beacon", number="B-1"),
        Device(id=UNIT, kind=DeviceKind.HOME_UNIT, protocol="link", number="H-1"),
        Device(id=SHELVED, kind=DeviceKind.HOME_UNIT, protocol="link", number="H-2"),
    ),
    fittings=tuple(
        Fitting(
            id=FittingId(f"f-{name}"), device_id=name, person_id=invented.AYAN, from_at=invented.NOW - timedelta(days=2)
        )
        for name in (BRACELET, UNIT)
    ),
)


@pytest.fixture
def house(office: Office) -> Office:
    """A person with a bracelet and a home unit that has heard it for ten minutes, and a unit on the shelf."""
    office.populate()
    Registers(office.engine, office.clock).save(HOUSEHOLD, by="installation")
    office.stores.device_keys.enrol(UNIT, KeyKind.ED25519, "H-1", bytes(32), by="dana")
    office.stores.device_keys.enrol(BRACELET, KeyKind.BEACON, "B-1", bytes(32), by="dana")
    for _ in range(10):
        office.clock.pass_(minutes=1)
        heard = Heard(receiver_id=UNIT, rssi_dbm=-61.0, frames=12)
        office.hear(BRACELET, heard, Battery(level_percent=81.0))
        office.hear(UNIT, ReceiverHealth(working=True, frames=24, noise_dbm=-97.0), Power(external=True))
    office.stores.live.gateway_beat(office.clock(), connected=1, keep_ms=None)
    return office


@pytest.fixture
def browser(house: Office) -> Iterator[Browser]:
    house.employ()
    with house.browser() as opened:
        opened.sign_in()
        yield opened


def page(browser: Browser, device_id: DeviceId) -> Any:
    answer = browser.get(f"/api/devices/{device_id}")
    assert answer.status_code == 200
    return answer.json()


def order(browser: Browser, device_id: DeviceId, **ask: object) -> Any:
    return browser.change("POST", f"/api/devices/{device_id}/commands", ask)


def test_a_home_unit_shows_whose_it_is_what_it_hears_and_what_it_says_of_itself(browser: Browser) -> None:
    shown = page(browser, UNIT)
    assert (shown["person_id"], shown["person_name"], shown["serial"]) == ("p-1", "Ayan Sample", "H-1")
    assert [one["body"]["type"] for one in shown["said_last"]] == ["power"]
    (lane,) = shown["lanes"]
    assert (lane["transmitter_id"], len(lane["ticks"]), lane["median_dbm"]) == (BRACELET, 10, -61.0)
    assert lane["minutes_heard"] == lane["minutes_listened"] == 10
    assert len(shown["health"]) == 10
    assert [one["presence"] for one in shown["presence"]] == ["present"]


def test_a_bracelet_shows_by_whom_it_is_heard_and_takes_no_orders(browser: Browser) -> None:
    shown = page(browser, BRACELET)
    assert [one["receiver_id"] for one in shown["lanes"]] == [UNIT]
    assert shown["link"] is None
    assert not shown["may_command"]
    assert order(browser, BRACELET, type="report").json()["key"] == "device.refused.no_link"


def test_no_secret_of_a_key_leaves_the_server(browser: Browser, house: Office) -> None:
    house.stores.device_keys.revoke(UNIT, "stolen", by="dana")
    (key,) = page(browser, UNIT)["keys"]
    assert set(key) == {"kind", "serial", "enrolled_at", "revoked_at", "revoked_why"}
    assert key["revoked_why"] == "stolen"
    assert order(browser, UNIT, type="report").json()["key"] == "device.refused.no_link"


def test_the_card_of_a_person_says_which_unit_heard_them_when_and_how_strongly(browser: Browser, house: Office) -> None:
    (heard,) = browser.get("/api/people/p-1").json()["presence"]
    assert (heard["receiver_id"], heard["presence"], heard["rssi_dbm"]) == (UNIT, "present", -61.0)
    assert heard["heard_at"].startswith(house.clock().strftime("%Y-%m-%dT%H:%M:%S"))
    assert [one["presence"] for one in heard["spells"]] == ["unknown", "present"]


def test_while_our_own_gateway_is_down_no_unit_says_that_the_bracelet_is_away(browser: Browser, house: Office) -> None:
    house.clock.pass_(minutes=12)
    (heard,) = browser.get("/api/people/p-1").json()["presence"]
    assert heard["presence"] == "unknown"
    assert {one["presence"] for one in heard["spells"]} == {"unknown", "present"}


def test_how_far_a_unit_has_told_and_what_is_missing_is_counted(browser: Browser, house: Office) -> None:
    kept = Kept(device_id=UNIT, through=40, beyond=((44, 45),), configuration=2, heard_at=house.clock())
    _keep(house, Arrival(kept=kept))
    link = page(browser, UNIT)["link"]
    assert (link["through"], link["beyond"], link["missing"], link["configuration"]) == (40, 2, 3, 2)
    assert link["unseen"] == 0


def test_a_walk_test_and_what_the_unit_said_by_itself_are_shown_of_this_person_alone(
    browser: Browser, house: Office
) -> None:
    room = {"name": "kitchen", "source": "ble", "frames": 58, "expected": 60, "median_dbm": -70.0}
    room |= {"weakest_dbm": -81.0, "longest_gap_s": 10.0}
    walk = {"type": "walk", "transmitter_id": BRACELET, "rooms": [room], "buffer_s": 300, "by": "dana"}
    local = {"type": "local", "code": "P02", "told_person": True, "transmitter_id": BRACELET}
    words = tuple(
        Word(device_id=UNIT, seq=seq, person_id=person, observed_at=house.clock(), kind=str(body["type"]), body=body)
        for seq, (person, body) in enumerate([(invented.AYAN, walk), (invented.DANA, walk), (invented.AYAN, local)])
    )
    _keep(house, Arrival(kept=Kept(device_id=UNIT, through=3), words=words))
    shown = page(browser, UNIT)
    assert [one["test"]["rooms"][0]["name"] for one in shown["walks"]] == ["kitchen"]
    assert [one["finding"]["code"] for one in shown["words"]] == ["P02"]


def test_a_message_is_queued_in_the_persons_language_and_its_receipt_comes_back(
    browser: Browser, house: Office
) -> None:
    given = order(browser, UNIT, type="tell", text="  Charge the bracelet.  ", urgent=True)
    assert given.status_code == 200
    said = given.json()["command"]["order"]
    assert (said["text"], said["language"], said["urgent"]) == ("Charge the bracelet.", "kk", True)
    told = Told(device_id=UNIT, number=1, state=CommandState.DONE, detail="noted", at=house.clock())
    with transaction(house.engine) as connection:
        tell(connection, [told])
    (row,) = page(browser, UNIT)["commands"]
    assert (row["state"], row["detail"], row["by"]) == ("done", "noted", "aliya")
    assert "device.command.tell" in {one.what for one in house.stores.audit.latest(5)}


def test_an_empty_message_is_refused_by_the_name_of_its_field(browser: Browser) -> None:
    answer = order(browser, UNIT, type="tell", text="   ")
    assert (answer.status_code, answer.json()["params"]) == (422, {"field": "text"})


def test_a_device_on_nobody_shows_nothing_that_it_heard_and_takes_no_orders(browser: Browser) -> None:
    shown = page(browser, SHELVED)
    assert (shown["person_id"], shown["lanes"], shown["said_last"], shown["commands"]) == (None, [], [], [])
    assert order(browser, SHELVED, type="report").json()["key"] == "device.refused.not_fitted"


def test_what_a_unit_told_on_another_person_is_not_on_its_page(browser: Browser, house: Office) -> None:
    ended = Fitting(
        id=FittingId("f-hu-1"),
        device_id=UNIT,
        person_id=invented.AYAN,
        from_at=invented.NOW - timedelta(days=2),
        until_at=house.clock(),
    )
    Registers(house.engine, house.clock).save(Registry(fittings=(ended,)), by="installation")
    house.clock.pass_(minutes=1)
    assert page(browser, UNIT)["said_last"] == []


def test_a_unit_that_serves_two_people_shows_both_and_what_it_hears_of_each(browser: Browser, house: Office) -> None:
    other = DeviceId("br-2")
    moved_in = house.clock() - timedelta(minutes=30)
    fittings = tuple(
        Fitting(id=FittingId(f"hers-{name}"), device_id=name, person_id=invented.DANA, from_at=moved_in)
        for name in (other, UNIT)
    )
    bracelet = Device(id=other, kind=DeviceKind.BRACELET, protocol="beacon", number="B-2")
    order = replace(invented.TOWN.orders[0], id=OrderId("o-2"), person_id=invented.DANA)
    Registers(house.engine, house.clock).save(
        Registry(devices=(bracelet,), orders=(order,), fittings=fittings), by="installation"
    )
    house.hear(other, Heard(receiver_id=UNIT, rssi_dbm=-70.0, frames=3))
    shown = page(browser, UNIT)
    assert (shown["person_id"], [one["person_id"] for one in shown["also"]]) == (invented.AYAN, [invented.DANA])
    assert {one["transmitter_id"]: len(one["ticks"]) for one in shown["lanes"]} == {BRACELET: 10, other: 1}
    assert {one["person_id"]: one["receiver_id"] for one in shown["presence"]} == {
        invented.AYAN: UNIT,
        invented.DANA: UNIT,
    }
    looks = [one for one in house.stores.audit.latest(9) if one.what == "look.device"]
    assert {one.object for one in looks} == {f"person/{invented.AYAN}", f"person/{invented.DANA}"}


def test_who_only_audits_gives_no_orders_and_each_look_is_written_down(house: Office) -> None:
    house.employ("serik", Role.AUDITOR)
    with house.browser() as browser:
        browser.sign_in("serik")
        assert not page(browser, UNIT)["may_command"]
        assert order(browser, UNIT, type="report").json()["key"] == "request.refused.role"
        assert browser.get("/api/devices/nobody").status_code == 404
    looks = [one for one in house.stores.audit.latest(10) if one.what == "look.device"]
    assert [(one.who, one.object, one.purpose) for one in looks] == [("serik", "person/p-1", "device/hu-1")]


def _keep(house: Office, arrival: Arrival) -> None:
    nothing: list[Entry] = []
    house.stores.journal.append(nothing, [keeping([arrival], house.clock())])


def test_a_bought_tracker_is_ordered_what_its_protocol_has_words_for(browser: Browser, house: Office) -> None:
    bought = Registry(
        devices=(Device(id=DeviceId("tr-1"), kind=DeviceKind.TRACKER, protocol="teltonika", number="353173060000001"),),
        fittings=(
            Fitting(
                id=FittingId("f-tr-1"),
                device_id=DeviceId("tr-1"),
                person_id=invented.AYAN,
                from_at=invented.NOW - timedelta(days=2),
            ),
        ),
    )
    Registers(house.engine, house.clock).save(bought, by="installation")
    shown = page(browser, DeviceId("tr-1"))
    assert (shown["may_command"], shown["may_tell"]) == (True, False)
    assert order(browser, DeviceId("tr-1"), type="report").json()["state"] == "queued"
    assert order(browser, DeviceId("tr-1"), type="tell", text="Hello").json()["key"] == "device.refused.no_words"


def test_who_calls_and_is_not_registered_is_shown(browser: Browser, house: Office) -> None:
    assert browser.get("/api/strangers").json()["devices"] == []
    call = Item(
        protocol="h02", peer="203.0.113.7:1", number="17", fault="not_signed_in", detail="unknown_device", raw=b""
    )
    known = replace(call, protocol="link", number="H-1")
    Quarantine(house.engine, house.vault, house.clock, os.urandom).keep([call, call, known])
    [stranger] = browser.get("/api/strangers").json()["devices"]
    assert (stranger["protocol"], stranger["number"], stranger["count"]) == ("h02", "17", 2)
