"""Checks through the interface: what a list and a page say, recordings by range, and what people do about them."""

import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from baqylau.domain.challenge import LookAhead
from baqylau.domain.checks import (
    Begun,
    BreathSample,
    CheckKind,
    Ended,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
)
from baqylau.domain.ids import CheckId, DeviceId, FittingId, OrderId, RestrictionId
from baqylau.domain.orders import Fitting, Sobriety
from baqylau.domain.people import Device, DeviceKind
from baqylau.domain.rights import Role
from baqylau.domain.schedules import Schedule
from baqylau.monitoring.workstation.checks.reading import Traced, traced
from baqylau.monitoring.workstation.ranges import asked_for
from baqylau.protocols.batch.cbor import written
from baqylau.protocols.media.manifest import Item, Mark, MediaKind
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_holds import MediaHolds, OnHoldError
from baqylau.storage.checks.media_life import MediaLife
from baqylau.storage.checks.templates import Kind
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.unit.storage.recorded import KEY, MANIFEST, pieces, signed
from tests.unit.workstation import invented
from tests.unit.workstation.asked import asked_of
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import Browser, Office

AV, BREATH = DeviceId("av-1"), DeviceId("br-1")
CLIP = bytes(range(256)) * 40
UNITS = Registry(
    devices=(
        Device(id=AV, kind=DeviceKind.AV_UNIT, protocol="link", number="A-1"),
        Device(id=BREATH, kind=DeviceKind.BREATH_UNIT, protocol="link", number="B-1"),
    ),
    fittings=tuple(
        Fitting(id=FittingId(f"f-{unit}"), device_id=unit, person_id=AYAN, from_at=NOW - timedelta(days=2))
        for unit in (AV, BREATH)
    ),
    restrictions=(
        Sobriety(
            id=RestrictionId("r-dry"),
            order_id=OrderId("o-1"),
            version=1,
            clause="Not to drink",
            from_at=NOW - timedelta(days=30),
            schedule=Schedule(timezone="Asia/Almaty", windows=()),
            random_per_day=1,
            limit_mg_l=0.16,
        ),
    ),
)
BLOW = {
    "current_ua": [0.0, None, 40.5],
    "flow_ml_s": [0, 400, 410],
    "pressure_pa": [0.0, 900.0, 905.0],
    "marks": {"blow": [20, 60], "window": [40, 60], "sample_ms": 40},
    "photos_ms": [30],
    "state": "valid",
    "why": [],
    "alcohol_mg_l": 0.342,
    "uncertainty_mg_l": 0.019,
    "attempt": 1,
}


class Flat:
    """A person with both units, and a store of recordings."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        office.populate()
        Registers(office.engine, office.clock).save(UNITS, by="installation")
        self.media = Media(office.engine, office.vault, folder, office.clock, os.urandom)

    def ask(self, number: int = 1, kind: CheckKind = CheckKind.IDENTITY) -> CheckId:
        return asked_of(self.office, AYAN, AV if kind is CheckKind.IDENTITY else BREATH, number, kind).id

    def taken(self, check_id: CheckId, unit: DeviceId = AV) -> None:
        self.office.clock.pass_(minutes=1)
        self.office.hear(unit, Begun(check_id=check_id))
        self.office.clock.pass_(minutes=1)
        self.office.hear(unit, Ended(check_id=check_id, how=Ending.DONE, items=1))

    def compared(self, check_id: CheckId, outcome: Likely = Likely.REVIEW) -> None:
        found = Likeness(check_id=check_id, outcome=outcome, reasons=(LikenessReason.FACE_DOUBTED,), fused_llr=1.5)
        self.office.stores.checks.judged(check_id, found)

    def recorded(self, check_id: CheckId, content: bytes = CLIP, kind: MediaKind = MediaKind.CLIP) -> None:
        types = {MediaKind.CLIP: "video/webm", MediaKind.TRACE: "application/cbor", MediaKind.PHOTO: "text/html"}
        item = Item(
            index=1,
            kind=kind,
            content_type=types[kind],
            from_ms=0,
            duration_ms=4_000,
            size=len(content),
            sha256=sha256(content).digest(),
        )
        said = replace(MANIFEST, items=(item,), marks=(Mark(from_ms=100, until_ms=900, step=LookAhead()),))
        one, raw = signed(said, check_id=check_id, person_id=AYAN, counter=int(check_id, 16))
        assert self.media.take(one, raw) is None
        for piece in pieces(one.digest, 1, content):
            assert self.media.add(said.device_id, piece) is None


@pytest.fixture
def flat(office: Office, tmp_path: Path) -> Flat:
    return Flat(office, tmp_path / "media")


@pytest.fixture
def browser(flat: Flat) -> Iterator[Browser]:
    flat.office.employ(role=Role.INSPECTOR)
    with flat.office.browser(media_dir=flat.folder) as opened:
        opened.sign_in()
        yield opened


def checks(browser: Browser, query: str = "") -> Any:
    return browser.get(f"/api/people/{AYAN}/checks{query}").json()


def page(browser: Browser, check_id: str) -> Any:
    answer = browser.get(f"/api/checks/{check_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_list_says_where_each_check_stands_and_goes_on_before_the_last(flat: Flat, browser: Browser) -> None:
    first = flat.ask(1)
    flat.taken(first)
    flat.compared(first)
    flat.office.clock.pass_(minutes=20)
    flat.ask(2)
    shown = checks(browser)
    assert [(one["state"], one["likely"]) for one in shown["rows"]] == [("prompted", None), ("review", "review")]
    assert (shown["kinds"], shown["may_order"], shown["more"]) == (["identity", "breath"], True, False)
    before = shown["rows"][0]["due_at"].replace("+", "%2B")
    assert [one["id"] for one in checks(browser, f"?before={before}")["rows"]] == [first]
    assert browser.get(f"/api/people/{AYAN}/checks?before=yesterday").status_code == 422
    assert browser.get("/api/people/nobody/checks").status_code == 404


def test_a_page_gives_the_challenge_as_it_was_timed_and_what_decided(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id)
    flat.compared(check_id)
    shown = page(browser, check_id)
    assert shown["challenge"] == [{"step": {"type": "ahead", "seconds": 2.0}, "from_ms": 100, "until_ms": 900}]
    assert [one["what"] for one in shown["facts"]] == ["check_asked", "check_begun", "check_ended", "likeness"]
    assert shown["row"]["reasons"] == shown["likeness"]["reasons"] == ["face_doubted"]
    assert [(one["index"], one["kind"], one["bytes"]) for one in shown["media"]] == [(1, "clip", len(CLIP))]
    assert (shown["may_decide"], shown["may_withdraw"]) == (True, False)
    looks = [one.what for one in flat.office.stores.audit.latest(9)]
    assert "look.check" in looks


def test_what_is_to_be_done_is_told_to_nobody_before_it_is_done(flat: Flat, browser: Browser) -> None:
    shown = page(browser, flat.ask())
    assert shown["challenge"] == []
    assert (shown["may_decide"], shown["may_withdraw"]) == (False, True)


def test_a_breath_test_shows_its_traces_its_limit_and_its_clause(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask(3, CheckKind.BREATH)
    flat.taken(check_id, BREATH)
    sample = BreathSample(check_id=check_id, state=SampleState.VALID, alcohol_mg_l=0.342, uncertainty_mg_l=0.019)
    flat.office.hear(BREATH, sample)
    flat.recorded(check_id, written({"v": 1, "step_ms": 20, "blows": [BLOW], "result": {}}), MediaKind.TRACE)
    shown = page(browser, check_id)
    assert (shown["row"]["limit_mg_l"], shown["row"]["alcohol_mg_l"]) == (0.16, 0.342)
    (blow,) = shown["blows"]
    assert (blow["current_ua"], blow["sample_ms"]) == ([0.0, None, 40.5], 40.0)
    assert [one["kind"] for one in blow["stretches"]] == ["window", "blow"]


@pytest.mark.parametrize(
    "content", [b"\xff", written({"v": 2}), written({"v": 1, "step_ms": 0}), written([1]), b"\xa1"]
)
def test_a_trace_that_cannot_be_read_has_nothing_to_draw(content: bytes) -> None:
    assert traced(content) == Traced()


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("", None),
        ("bytes=0-", (0, 99)),
        ("bytes=10-19", (10, 19)),
        ("bytes=-5", (95, 99)),
        ("bytes=90-99999", (90, 99)),
        ("bytes=20-10", None),
        ("bytes=0-1,4-5", None),
        ("bytes=x-", None),
        ("bytes=-", None),
        ("items=0-5", None),
    ],
)
def test_a_range_is_read_as_the_standard_says(asked: str, part: tuple[int, int] | None) -> None:
    assert asked_for(asked, 100) == part


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0", "bytes=999999-999999"])
def test_a_range_of_which_nothing_is_there_is_refused(asked: str) -> None:
    with pytest.raises(ValueError, match="bytes"):
        asked_for(asked, 100)


def test_a_recording_is_given_by_range_and_kept_by_no_browser(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id)
    path = f"/api/checks/{check_id}/media/1"
    whole, part, beyond = (browser.get(path, Range=asked) for asked in ("", "bytes=10-19", "bytes=10240-"))
    assert (whole.status_code, whole.content, whole.headers["cache-control"]) == (200, CLIP, "no-store")
    assert (part.status_code, part.content) == (206, CLIP[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(CLIP)}"
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(CLIP)}")


def test_each_look_at_a_recording_is_written_down_once(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id)
    for start in (0, 100, 200):
        browser.get(f"/api/checks/{check_id}/media/1", Range=f"bytes={start}-")
    looks = [one for one in flat.office.stores.audit.latest(20) if one.what == "media.read"]
    assert [(one.who, one.purpose) for one in looks] == [("aliya", f"person/{AYAN}")]


def test_what_a_unit_calls_a_page_is_never_shown_as_one_of_ours(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id, b"<script>", MediaKind.PHOTO)
    answer = browser.get(f"/api/checks/{check_id}/media/1")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"


def test_what_there_is_not_is_not_found(flat: Flat, browser: Browser) -> None:
    check_id, other = flat.ask(), f"{9:032x}"
    for path in ("none", other, f"{check_id}/media/7", f"{other}/media/1", "..%2Fpeople"):
        assert browser.get(f"/api/checks/{path}").status_code == 404
    assert browser.get(f"/api/checks/{check_id}/media/one").status_code == 422


def test_destroyed_recordings_are_said_to_be_gone(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id)
    flat.compared(check_id)
    flat.office.vault.destroy(AYAN)
    answer = browser.get(f"/api/checks/{check_id}/media/1")
    assert (answer.status_code, answer.json()["key"]) == (410, "checks.refused.media_gone")


def turned(browser: Browser, check_id: str, act: str, reason: str) -> Any:
    return browser.change("POST", f"/api/checks/{check_id}/{act}", {"reason": reason})


def test_held_recordings_outlive_their_time_until_somebody_releases_them_with_a_reason(
    flat: Flat, browser: Browser
) -> None:
    check_id = flat.ask()
    assert page(browser, check_id)["keeping"] is None
    flat.taken(check_id)
    flat.recorded(check_id)
    assert page(browser, check_id)["keeping"] == {"until_at": None, "held": None, "may_hold": True}
    held = turned(browser, check_id, "hold", " The lawyer contests it, letter 17 ")
    assert held.status_code == 200, held.text
    said = held.json()["keeping"]["held"]
    assert (said["why"], said["by_name"]) == ("The lawyer contests it, letter 17", "Aliya")
    again = turned(browser, check_id, "hold", "me too")
    assert (again.status_code, again.json()["key"]) == (409, "checks.refused.held")
    assert again.json()["params"] == {"why": "The lawyer contests it, letter 17"}
    life = MediaLife(flat.office.engine, flat.media.disk, KEY, flat.office.clock)
    with pytest.raises(OnHoldError, match="letter 17"):
        life.destroy(check_id, "by mistake", by="erlan")
    assert browser.get(f"/api/checks/{check_id}/media/1").content == CLIP
    assert turned(browser, check_id, "release", "Decided on 3 March").json()["keeping"]["held"] is None
    assert turned(browser, check_id, "release", "again").json()["key"] == "checks.refused.not_held"
    kept = [(one.what, one.object, one.purpose) for one in flat.office.stores.audit.latest(20)]
    assert ("media.hold", f"media/{check_id}", "The lawyer contests it, letter 17") in kept
    assert ("media.released", f"media/{check_id}", "Decided on 3 March") in kept
    life.destroy(check_id, "end of sentence", by="erlan")
    assert page(browser, check_id)["keeping"] is None
    late = turned(browser, check_id, "hold", "too late")
    assert (late.status_code, late.json()["key"]) == (410, "checks.refused.media_gone")


def test_whoever_watches_sees_that_recordings_are_held_and_changes_nothing_of_it(flat: Flat) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.recorded(check_id)
    MediaHolds(flat.office.engine, flat.office.clock).hold(check_id, "a court asks for them", by="dana")
    flat.office.employ(role=Role.OPERATOR)
    with flat.office.browser(media_dir=flat.folder) as browser:
        browser.sign_in()
        keeping = page(browser, check_id)["keeping"]
        assert (keeping["held"]["why"], keeping["may_hold"]) == ("a court asks for them", False)
        refused = turned(browser, check_id, "release", "I think so")
        assert (refused.status_code, refused.json()["key"]) == (403, "request.refused.role")
    (held,) = flat.media.on_hold()
    assert held.check_id == check_id


def test_a_check_is_asked_for_once_and_taken_back_while_nobody_has_begun(browser: Browser) -> None:
    path = f"/api/people/{AYAN}/checks"
    asked = browser.change("POST", path, {"kind": "breath", "reason": "Smelled of drink at the visit"})
    assert (asked.status_code, asked.json()["why"], asked.json()["limit_mg_l"]) == (200, "ordered", 0.16)
    again = browser.change("POST", path, {"kind": "breath", "reason": "Once more"})
    assert (again.status_code, again.json()["key"]) == (409, "checks.refused.one_is_open")
    check_id = asked.json()["id"]
    gone = browser.change("POST", f"/api/checks/{check_id}/withdrawal", {"reason": "The wrong person"})
    assert (gone.json()["row"]["state"], gone.json()["row"]["void"]) == ("void", "withdrawn")
    later = browser.change("POST", f"/api/checks/{check_id}/withdrawal", {"reason": "Again"})
    assert (later.status_code, later.json()["key"]) == (409, "checks.refused.begun")


def test_a_decision_stands_beside_the_comparison_with_its_grounds(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    early = browser.change("POST", f"/api/checks/{check_id}/decision", {"outcome": "match", "grounds": "I know him"})
    assert (early.status_code, early.json()["key"]) == (409, "checks.refused.nothing_recorded")
    flat.taken(check_id)
    flat.compared(check_id)
    flat.office.clock.pass_(minutes=5)
    done = browser.change(
        "POST", f"/api/checks/{check_id}/decision", {"outcome": "match", "grounds": " The scar "}
    ).json()
    assert (done["row"]["state"], done["row"]["likely"]) == ("match", "review")
    assert [(one["by"], one["outcome"], one["grounds"]) for one in done["decisions"]] == [
        ("aliya", "match", "The scar")
    ]


def test_a_body_that_is_not_what_was_asked_for_is_refused(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    wrong: list[tuple[str, Any]] = [
        ("decision", {"outcome": "review", "grounds": "a"}),
        ("decision", {"outcome": "match", "grounds": "  "}),
        ("decision", {"outcome": "match"}),
        ("decision", {"outcome": "match", "grounds": "a" * 1_001}),
        ("withdrawal", {"reason": ""}),
        ("hold", {"reason": " "}),
        ("release", {}),
        ("withdrawal", {"reason": "a", "person_id": "p-2"}),
    ]
    for path, body in wrong:
        assert browser.change("POST", f"/api/checks/{check_id}/{path}", body).status_code == 422


def test_photos_of_the_enrolment_stand_beside_for_who_may_see_them(flat: Flat, browser: Browser) -> None:
    photo = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=b"\xff\xd8invented")
    made = [Made(Kind.FACE, "invented/1", bytes(8))]
    flat.office.stores.templates.replace(AYAN, made, [photo], version=1, by="dana")
    check_id = flat.ask()
    flat.taken(check_id)
    (one,) = page(browser, check_id)["enrolled"]
    answer = browser.get(f"/api/people/{AYAN}/enrolment/{one['number']}")
    assert (answer.content, answer.headers["content-type"]) == (b"\xff\xd8invented", "image/jpeg")
    assert browser.get(f"/api/people/{AYAN}/enrolment/999").status_code == 404
    assert browser.get(f"/api/people/{invented.DANA}/enrolment/{one['number']}").status_code == 404


def test_an_alarm_shows_the_check_that_it_rests_on_and_the_check_the_alarm(flat: Flat, browser: Browser) -> None:
    check_id = flat.ask()
    flat.taken(check_id)
    flat.compared(check_id)
    facts = tuple(one.id for one in flat.office.stores.checks.facts(check_id))
    (number,) = flat.office.find(invented.finding(1, at=flat.office.clock(), because=facts))
    assert [one["id"] for one in browser.get(f"/api/alarms/{number}").json()["checks"]] == [check_id]
    assert [one["number"] for one in page(browser, check_id)["alarms"]] == [number]
