"""Live calls through the interface: asked for with a purpose, followed by who called, ended by either side."""

import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.calls import LASTS_S, RING_S, CallAnswered, CallEnded, CallEnding, CallRang, IceServer
from baqylau.domain.commands import EndCall, RingCall
from baqylau.domain.ids import CallId, CheckId, DeviceId, FittingId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.recordings import Occasion
from baqylau.domain.rights import Role
from baqylau.storage.checks.media import Media
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.storage.recorded import CLIP, MANIFEST, pieces, signed
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import Browser, Office

AV = DeviceId("av-1")
UNIT = Registry(
    devices=(Device(id=AV, kind=DeviceKind.AV_UNIT, protocol="link", number="A-1"),),
    fittings=(Fitting(id=FittingId("f-av"), device_id=AV, person_id=AYAN, from_at=NOW - timedelta(days=2)),),
)
TURN = IceServer(url="turn:turn.invented.example", username="u", credential="c")
ASK = {"purpose": "he asked to be called", "description": "v=0 offer"}


@pytest.fixture
def fitted(office: Office) -> Office:
    office.populate()
    Registers(office.engine, office.clock).save(UNIT, by="installation")
    office.employ(role=Role.OPERATOR)
    return office


@pytest.fixture
def browser(fitted: Office) -> Iterator[Browser]:
    with fitted.browser(ice_servers=lambda _: (TURN,)) as opened:
        opened.sign_in()
        yield opened


def called(browser: Browser) -> Any:
    answer = browser.change("POST", f"/api/people/{AYAN}/calls", ASK)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(browser: Browser, call_id: str) -> Any:
    return browser.get(f"/api/calls/{call_id}").json()


def test_a_call_is_followed_from_the_ring_to_its_end_and_the_description_goes_with_it(
    fitted: Office, browser: Browser
) -> None:
    asked = called(browser)
    name = CallId(asked["id"])
    assert asked["state"] == "asked"
    (given,) = fitted.stores.commands.open()[AV]
    assert isinstance(given.order, RingCall)
    assert (given.order.call_id, given.order.description, given.order.servers) == (name, "v=0 offer", (TURN,))
    assert given.expires_at == fitted.clock() + timedelta(seconds=RING_S)
    fitted.hear(AV, CallRang(call_id=name))
    assert shown(browser, name)["state"] == "rings"
    fitted.hear(AV, CallAnswered(call_id=name, description=b"v=0 answer"))
    live = shown(browser, name)
    assert (live["state"], live["description"]) == ("answered", "v=0 answer")
    fitted.hear(AV, CallEnded(call_id=name, how=CallEnding.HUNG_UP))
    over = shown(browser, name)
    assert (over["state"], over["how"], over["description"]) == ("ended", "hung_up", "")
    listed = browser.get(f"/api/people/{AYAN}/calls").json()
    assert [(one["id"], one["purpose"], one["description"]) for one in listed["rows"]] == [(name, ASK["purpose"], "")]
    assert (listed["may_call"], listed["servers"][0]["url"]) == (True, TURN.url)
    kept = [(one.what, one.object, one.purpose) for one in fitted.stores.audit.latest(20)]
    assert ("call.ask", f"person/{AYAN}", f"call/{name}; {ASK['purpose']}") in kept


def prescribed(office: Office, words: str) -> None:
    """Let the court act say what it says of recording calls."""
    order = replace(invented.TOWN.orders[0], calls_recorded=words)
    Registers(office.engine, office.clock).save(Registry(orders=(order,)), by="installation")


def kept(office: Office, folder: Path, call_id: str) -> None:
    """Bring what the unit recorded of a call."""
    media = Media(office.engine, office.vault, folder, office.clock, os.urandom)
    item = replace(MANIFEST.items[0], size=len(CLIP), sha256=sha256(CLIP).digest())
    of_call = replace(MANIFEST, check_id=CheckId(call_id), kind=Occasion.CALL, person_id=AYAN, items=(item,))
    one, raw = signed(of_call)
    assert media.take(one, raw) is None
    for piece in pieces(one.digest, 1, CLIP):
        assert media.add(one.manifest.device_id, piece) is None


def test_without_the_acts_word_no_call_is_recorded_and_none_can_be_watched(fitted: Office, browser: Browser) -> None:
    assert browser.get(f"/api/people/{AYAN}/calls").json()["recorded"] is False
    name = called(browser)["id"]
    (given,) = fitted.stores.commands.open()[AV]
    assert isinstance(given.order, RingCall)
    assert not given.order.recorded
    assert browser.get(f"/api/calls/{name}/recording").json()["media"] == []
    assert browser.get(f"/api/calls/{name}/media/1").status_code == 404


def test_where_the_act_says_so_a_call_is_recorded_and_watched_by_whoever_may(fitted: Office, tmp_path: Path) -> None:
    prescribed(fitted, "conversations with the duty room are recorded")
    with fitted.browser(media_dir=tmp_path) as browser:
        browser.sign_in()
        listed = browser.get(f"/api/people/{AYAN}/calls").json()
        assert (listed["recorded"], listed["recorded_why"]) == (True, "conversations with the duty room are recorded")
        name = called(browser)["id"]
        (given,) = fitted.stores.commands.open()[AV]
        assert isinstance(given.order, RingCall)
        assert given.order.recorded
        kept(fitted, tmp_path, name)
        shown = browser.get(f"/api/calls/{name}/recording").json()
        assert (shown["call"]["recorded"], [one["bytes"] for one in shown["media"]]) == (True, [len(CLIP)])
        part = browser.get(f"/api/calls/{name}/media/1", Range="bytes=2-5")
        assert (part.status_code, part.content) == (206, CLIP[2:6])
        looks = [(one.what, one.object) for one in fitted.stores.audit.latest(20)]
        assert ("media.read", f"media/{name}/1") in looks
        assert any(what == "look.call" for what, _ in looks)


def test_the_recording_of_a_call_is_held_and_released_with_a_reason(fitted: Office, tmp_path: Path) -> None:
    prescribed(fitted, "conversations with the duty room are recorded")
    fitted.employ("dana", Role.INSPECTOR)
    with fitted.browser(media_dir=tmp_path) as browser:
        browser.sign_in("dana")
        name = called(browser)["id"]
        path = f"/api/calls/{name}"
        assert browser.change("POST", f"{path}/hold", {"reason": "a"}).status_code == 404
        kept(fitted, tmp_path, name)
        keeping = browser.get(f"{path}/recording").json()["keeping"]
        assert (keeping["until_at"] is not None, keeping["held"]) == (True, None)
        held = browser.change("POST", f"{path}/hold", {"reason": "He complains of what was said"}).json()
        assert held["keeping"]["held"]["why"] == "He complains of what was said"
        free = browser.change("POST", f"{path}/release", {"reason": "The complaint was answered"}).json()
        assert free["keeping"] == keeping
        acts = [(one.what, one.object) for one in fitted.stores.audit.latest(20)]
        assert {("media.hold", f"media/{name}"), ("media.released", f"media/{name}")} <= set(acts)


def test_an_unanswered_call_is_kept_as_such_and_a_unit_that_never_heard_of_it_too(
    fitted: Office, browser: Browser
) -> None:
    first = called(browser)["id"]
    fitted.hear(AV, CallRang(call_id=CallId(first)))
    fitted.hear(AV, CallEnded(call_id=CallId(first), how=CallEnding.UNANSWERED))
    assert shown(browser, first)["how"] == "unanswered"
    second = called(browser)["id"]
    fitted.clock.pass_(minutes=3)
    assert shown(browser, second)["state"] == "not_reached"


def test_one_call_at_a_time_and_the_caller_takes_it_back(fitted: Office, browser: Browser) -> None:
    first = called(browser)["id"]
    answer = browser.change("POST", f"/api/people/{AYAN}/calls", ASK)
    assert (answer.status_code, answer.json()["key"]) == (409, "call.refused.goes_on")
    assert browser.change("POST", f"/api/calls/{first}/end").status_code == 200
    assert [one.order for one in fitted.stores.commands.open()[AV]][1:] == [EndCall(call_id=CallId(first))]
    assert "call.end" in [one.what for one in fitted.stores.audit.latest(5)]


def test_a_call_whose_end_nobody_heard_blocks_no_other_for_longer_than_it_may_last(
    fitted: Office, browser: Browser
) -> None:
    first = CallId(called(browser)["id"])
    fitted.hear(AV, CallRang(call_id=first))
    fitted.hear(AV, CallAnswered(call_id=first, description=b"v=0"))
    fitted.clock.pass_(seconds=LASTS_S)
    assert shown(browser, first)["state"] == "answered"
    fitted.clock.pass_(seconds=31)
    called(browser)


def test_nobody_follows_a_call_of_somebody_else_and_no_purpose_is_no_call(fitted: Office, browser: Browser) -> None:
    name = called(browser)["id"]
    fitted.employ("botagoz", Role.SENIOR)
    with fitted.browser() as other:
        other.sign_in("botagoz")
        assert other.get(f"/api/calls/{name}").status_code == 404
        assert other.change("POST", f"/api/calls/{name}/end").status_code == 404
    assert browser.change("POST", f"/api/people/{AYAN}/calls", ASK | {"purpose": " "}).status_code == 422
    assert browser.get("/api/calls/nothing").status_code == 404
    assert browser.get("/api/people/nobody/calls").status_code == 404


def test_another_unit_says_nothing_of_a_call_and_what_came_first_stays(fitted: Office, browser: Browser) -> None:
    name = CallId(called(browser)["id"])
    fitted.hear(invented.TRACKER, CallAnswered(call_id=name, description=b"v=0 mine"))
    assert shown(browser, name)["state"] == "asked"
    fitted.hear(AV, CallAnswered(call_id=name, description=b"v=0 first"))
    fitted.clock.pass_(seconds=1)
    fitted.hear(AV, CallAnswered(call_id=name, description=b"v=0 second"))
    assert shown(browser, name)["description"] == "v=0 first"
