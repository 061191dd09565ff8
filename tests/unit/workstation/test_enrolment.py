"""Enrolment on the workstation: brought, looked at, signed with the officer's own key, deleted with a receipt."""

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from msgspec.structs import replace

from baqylau.crypto.assertions import confirmed
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.access.audit import Audit
from baqylau.storage.checks.enrolment_drafts import Found, Objected
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem, sheets_of
from baqylau.storage.checks.template_life import TemplateLife
from baqylau.storage.registers.registers import Registers
from tests.unit.crypto.passkey import Passkey, raw
from tests.unit.workstation.invented import AYAN, DANA, TOWN
from tests.unit.workstation.office import Browser, Office

DOOR = f"/api/people/{AYAN}/enrolment"
PHOTO = b"\xff\xd8 an invented photograph"
MADE = (Made("face", "face@1", b"vectors of a face"), Made("voice", "voice@1", b"vectors of a voice"))


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    Registers(office.engine, office.clock).save(TOWN, by="installation")
    office.employ(role=Role.INSPECTOR)
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def bring(browser: Browser, content: bytes = PHOTO, kind: str = "photo", form: str = "image/jpeg") -> httpx.Response:
    headers = browser.headers | {"Content-Type": form}
    return browser.client.post(f"{DOOR}/pieces?kind={kind}", content=content, headers=headers)


def looked(office: Office, found: Found | None = None) -> None:
    """Do what the audio-visual server does with a draft."""
    drafts, version = office.stores.drafts, office.stores.templates.next_version(AYAN)
    waits = drafts.next()
    assert waits is not None
    taken = tuple(drafts.items(AYAN))
    drafts.tell(AYAN, waits[1], found or Found(taken=taken, made=MADE, version=version))


def ready(office: Office, browser: Browser) -> None:
    """Bring a photograph, and have it looked at and found good."""
    assert bring(browser).status_code == 204
    assert browser.change("POST", f"{DOOR}/look").json()["draft"]["asked_at"] is not None
    looked(office)


def keyed(office: Office, login: str = "aliya", seed: int = 1) -> Passkey:
    """Give an account a passkey."""
    key = Passkey(seed, name=login.encode())
    office.stores.second_factors.add_passkey(login, "a key", key.new)
    return key


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["key"].removeprefix("enrolment.refused.")


def sign(browser: Browser, key: Passkey) -> httpx.Response:
    asked: dict[str, Any] = browser.change("POST", f"{DOOR}/sheet").json()
    return browser.change("POST", DOOR, {"credential": key.answer(asked, browser.headers["Origin"])})


def test_an_officer_brings_has_it_looked_at_and_signs_with_their_own_key(office: Office, browser: Browser) -> None:
    key = keyed(office)
    ready(office, browser)
    page = browser.get(DOOR).json()
    assert (page["draft"]["ready"], page["templates"], page["passkeys"]) == (True, [], 1)
    assert [one["taken"] for one in page["draft"]["pieces"]] == [True]
    page = sign(browser, key).json()
    assert (page["draft"], [one["kind"] for one in page["templates"]]) == (None, ["face", "voice"])
    (kept,) = sheets_of(office.engine, AYAN)
    assert kept.sheet.signature is not None
    assert confirmed(kept.sheet.signature, kept.sheet.statement) == browser.headers["Origin"]
    assert (page["sheet"]["key"], page["sheet"]["made_by"]) == (kept.sheet.signature.key, "Aliya")
    said = msgspec.json.decode(kept.sheet.statement)
    assert (said["person"], said["by"], said["version"], len(said["pieces"])) == (AYAN, "aliya", 1, 1)
    assert office.stores.templates.items(AYAN)[0].content == PHOTO
    whats = [one.what for one in Audit(office.engine, office.clock).latest(20) if one.object == f"person/{AYAN}"]
    assert whats == ["enrol", "look.enrolment"]


def test_who_has_no_key_enrols_by_name_and_it_says_so(office: Office, browser: Browser) -> None:
    ready(office, browser)
    assert browser.change("POST", f"{DOOR}/sheet").json() == {}
    page = browser.change("POST", DOOR, {"credential": None}).json()
    assert (page["sheet"]["key"], page["sheet"]["version"]) == (None, 1)
    assert sheets_of(office.engine, AYAN)[0].sheet.signature is None


def test_who_has_a_key_signs_with_it_and_with_no_other(office: Office, browser: Browser) -> None:
    key = keyed(office)
    office.employ("dana", Role.INSPECTOR)
    others = keyed(office, "dana", seed=2)
    ready(office, browser)
    asked = browser.change("POST", f"{DOOR}/sheet").json()
    origin = browser.headers["Origin"]
    assert refused(browser.change("POST", DOOR, {"credential": None})) == (409, "key_wanted")
    challenge = raw(asked["challenge"])
    for credential in (
        others.signed(challenge, origin),
        key.signed(challenge[::-1], origin),
        key.signed(challenge, "http://elsewhere.example"),
        key.signed(challenge, origin, flags=0b001),
        {},
    ):
        assert browser.change("POST", DOOR, {"credential": credential}).status_code == 401
    assert office.stores.templates.of(AYAN) == ()
    assert browser.change("POST", DOOR, {"credential": key.signed(challenge, origin)}).status_code == 200


def test_what_changed_since_it_was_looked_at_is_not_signed(office: Office, browser: Browser) -> None:
    key = keyed(office)
    ready(office, browser)
    asked = browser.change("POST", f"{DOOR}/sheet").json()
    answer = key.answer(asked, browser.headers["Origin"])
    bring(browser, b"\xff\xd8 another face")
    assert refused(browser.change("POST", DOOR, {"credential": answer})) == (409, "not_ready")
    browser.change("POST", f"{DOOR}/look")
    looked(office)
    assert refused(browser.change("POST", DOOR, {"credential": answer})) == (409, "changed")
    browser.change("POST", f"{DOOR}/sheet")
    assert browser.change("POST", DOOR, {"credential": answer}).status_code == 401


def test_a_sheet_is_signed_by_whom_it_was_written_for_and_within_minutes(office: Office, browser: Browser) -> None:
    ready(office, browser)
    browser.change("POST", f"{DOOR}/sheet")
    office.employ("dana", Role.INSPECTOR)
    with office.browser() as other:
        other.sign_in("dana")
        assert refused(other.change("POST", DOOR, {"credential": None})) == (409, "changed")
    office.clock.pass_(minutes=6)
    assert refused(browser.change("POST", DOOR, {"credential": None})) == (409, "changed")
    browser.change("POST", f"{DOOR}/sheet")
    assert browser.change("POST", DOOR, {"credential": None}).status_code == 200


def test_somebody_enrolled_meanwhile_makes_it_look_again(office: Office, browser: Browser) -> None:
    ready(office, browser)
    office.stores.templates.replace(AYAN, MADE, [], version=1, by="command")
    assert refused(browser.change("POST", f"{DOOR}/sheet")) == (409, "changed")
    photo = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=PHOTO)
    office.stores.templates.replace(AYAN, MADE, [photo], version=2, by="command")
    assert refused(browser.change("POST", f"{DOOR}/sheet")) == (409, "nothing_brought")


def test_what_is_not_enough_is_named_and_cannot_be_signed(office: Office, browser: Browser) -> None:
    bring(browser)
    assert refused(browser.change("POST", f"{DOOR}/sheet")) == (409, "not_ready")
    browser.change("POST", f"{DOOR}/look")
    looked(office, Found(objections=(Objected("too_few_photos"), Objected("poor_picture", piece=1))))
    draft = browser.get(DOOR).json()["draft"]
    assert (draft["looked"], draft["ready"]) == (True, False)
    assert [one["why"] for one in draft["objections"]] == ["too_few_photos", "poor_picture"]
    assert refused(browser.change("POST", f"{DOOR}/sheet")) == (409, "not_ready")
    assert browser.change("DELETE", f"{DOOR}/pieces").json()["draft"] is None
    assert refused(browser.change("POST", f"{DOOR}/look")) == (409, "nothing_brought")


def test_files_of_other_kinds_and_too_large_ones_are_refused(office: Office, browser: Browser) -> None:
    assert refused(bring(browser, form="text/html")) == (422, "form")
    assert refused(bring(browser, form="image/svg+xml")) == (422, "form")
    assert refused(bring(browser, kind="utterance")) == (422, "form")
    assert refused(bring(browser, b"")) == (422, "form")
    assert bring(browser, bytes((8 << 20) + 1)).status_code == 413
    for query in ("digit", "digit&digit=10", "digit&digit=-1", "photo&digit=1", "tune", ""):
        assert bring(browser, kind=query, form="audio/wav").status_code == 422, query
    assert bring(browser, kind="digit&digit=7", form="audio/wav").status_code == 204
    draft = office.stores.drafts.of(AYAN)
    assert draft is not None
    assert [(one.kind, one.digit) for one in draft.pieces] == [(Material.DIGIT, 7)]


def test_templates_are_deleted_with_a_reason_and_a_receipt_and_the_sheet_stays(
    office: Office, browser: Browser
) -> None:
    assert refused(browser.change("POST", f"{DOOR}/deletion", {"reason": "a"})) == (409, "nothing")
    ready(office, browser)
    browser.change("POST", f"{DOOR}/sheet")
    browser.change("POST", DOOR, {"credential": None})
    bring(browser)
    assert browser.change("POST", f"{DOOR}/deletion", {"reason": " "}).status_code == 422
    page = browser.change("POST", f"{DOOR}/deletion", {"reason": "enrolled the brother"}).json()
    assert (page["templates"], page["photos"], page["sheet"], page["draft"]) == ([], [], None, None)
    (receipt,) = TemplateLife(office.engine, office.signer, office.clock).receipts()
    assert b"enrolled the brother" in receipt.content
    assert len(sheets_of(office.engine, AYAN)) == 1, "it proves what checks were compared with until now"
    assert office.stores.templates.next_version(AYAN) == 2


def test_nobody_enrols_beyond_their_duty_and_an_auditor_only_looks(office: Office, browser: Browser) -> None:
    registry = replace(TOWN, people=tuple(replace(one, district="North") for one in TOWN.people))
    Registers(office.engine, office.clock).save(registry, by="installation")
    office.employ("far", Role.INSPECTOR, Bounds(districts=("South",)))
    office.employ("senior", Role.SENIOR)
    for login, key in (("far", "duty.refused.act"), ("senior", "request.refused.role")):
        with office.browser() as other:
            other.sign_in(login)
            assert bring(other).json()["key"] == key
            assert other.change("POST", f"{DOOR}/deletion", {"reason": "a"}).json()["key"] == key
    missing = browser.get(f"/api/people/{DANA}-nobody/enrolment")
    assert missing.status_code == 404
