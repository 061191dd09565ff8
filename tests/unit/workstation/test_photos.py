"""A photograph is put on the page of the case and shown to those whose duty it is; consoles get what is kept."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from baqylau.domain.ids import PersonId
from baqylau.domain.rights import Role
from baqylau.storage.access.audit import Audit
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.registers import Registers
from tests.unit.picture import opened, photograph
from tests.unit.workstation.invented import AYAN, TOWN
from tests.unit.workstation.office import Browser, Office

DOOR = f"/api/people/{AYAN}/photo"
BESIDE = b"43.238 76.889"


def supervised(office: Office) -> None:
    Registers(office.engine, office.clock).save(TOWN, by="installation")
    office.employ(role=Role.INSPECTOR)


def given(content: bytes) -> dict[str, Any]:
    return {"content": b64encode(content).decode()}


def shown(browser: Browser) -> bytes | None:
    content = browser.get(DOOR).json()["content"]
    return None if content is None else b64decode(content)


def test_an_inspector_puts_it_without_what_stood_beside_it_and_removes_it(office: Office) -> None:
    supervised(office)
    with office.browser() as browser:
        browser.sign_in()
        assert shown(browser) is None
        assert browser.change("PUT", DOOR, given(photograph(beside=BESIDE))).status_code == 204
        face = shown(browser)
        assert face is not None
        assert (opened(face).size, BESIDE in face) == ((48, 64), False)
        assert Photos(office.engine, office.vault, office.clock, bytes).of([AYAN]) == {AYAN: face}
        assert browser.change("DELETE", DOOR).status_code == 204
        assert shown(browser) is None
    about = [one.what for one in Audit(office.engine, office.clock).latest(20) if one.object == f"person/{AYAN}"]
    assert about == ["look.photo", "photo.remove", "look.photo", "photo.put", "look.photo"]


@pytest.mark.parametrize("content", [b"", b"GIF89a", photograph()[:300]])
def test_what_is_no_small_photograph_is_refused_with_a_sentence(office: Office, content: bytes) -> None:
    supervised(office)
    with office.browser() as browser:
        browser.sign_in()
        refused = browser.change("PUT", DOOR, given(content))
        assert (refused.status_code, refused.json()["key"]) == (422, "photo.refused.form")
        nobody = browser.change("PUT", f"/api/people/{PersonId('nobody')}/photo", given(photograph()))
        assert nobody.status_code == 404
