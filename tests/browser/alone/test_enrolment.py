"""An officer enrols somebody on the server itself: brings files, reads what was refused, signs with a key, deletes."""

from contextlib import ExitStack
from pathlib import Path
from threading import Event, Thread

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from baqylau.crypto.assertions import confirmed
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.monitoring.av_server.examining import Examined, Examiner, Offer, examined
from baqylau.monitoring.av_server.shelf import Shelf
from baqylau.storage.checks.enrolment_sheets import sheets_of
from baqylau.storage.judging.live import AV_SERVER
from baqylau.storage.registers.registers import Registers
from tests.browser.alone.conftest import STATIC
from tests.browser.alone.passkeys import page_with_authenticator, sign_in_and_make_one, town_of
from tests.unit.av.stage import MODELS
from tests.unit.av.test_enrolment import DIGITS, PHOTOS, SENTENCES, photo
from tests.unit.workstation.invented import AYAN, TOWN
from tests.unit.workstation.office import Office


class Apart:
    """Looks without a process of its own."""

    def examined(self, offer: Offer) -> Examined:
        return examined(offer, MODELS)


def av_server(office: Office, stop: Event) -> Thread:
    """Look at drafts as the audio-visual server does, until the story is over."""
    stores = office.stores
    shelf = Shelf(stores.templates, bytes(32))
    examiner = Examiner(drafts=stores.drafts, store=stores.templates, shelf=shelf, apart=Apart())

    def work() -> None:
        while not stop.wait(0.2):
            examiner.once()

    stores.live.role_beat(AV_SERVER, office.clock())
    thread = Thread(target=work)
    thread.start()
    return thread


def files(folder: Path) -> dict[str, list[Path]]:
    """Write what an officer has on a stick."""
    crowd = photo("crowd.png", faces=3)
    kinds = {"photos": [*PHOTOS, crowd], "said": SENTENCES, "digits": DIGITS}
    for one in (*PHOTOS, crowd, *SENTENCES, *DIGITS):
        (folder / one.name).write_bytes(one.item.content)
    return {kind: [folder / one.name for one in named] for kind, named in kinds.items()}


def bring(page: Page, brought: dict[str, list[Path]]) -> None:
    """Choose the files, one kind after another."""
    for field, kind, said in (
        ("Photographs", "photos", "Brought: 4 photographs"),
        ("Sentences", "said", "3 sentences"),
        ("Digits", "digits", "50 spoken digits"),
    ):
        page.get_by_role("button", name=field).set_input_files(brought[kind])
        expect(page.get_by_text(said)).to_be_visible(timeout=60_000)


def sign(page: Page) -> None:
    """Have it looked at, read what was refused, and sign."""
    page.get_by_role("button", name="Have it looked at").click()
    expect(page.get_by_text("Enough for an enrolment: face, voice and digits.")).to_be_visible(timeout=60_000)
    expect(page.get_by_role("listitem").filter(has_text="Photograph 4: more than one face")).to_be_visible()
    page.get_by_role("button", name="Sign with your passkey and enrol").click()
    expect(page.get_by_text("Version 1 was signed by Aliya with a key of their own")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="face")).to_be_visible()


def forget(page: Page) -> None:
    """Delete it with a reason."""
    page.get_by_role("button", name="Delete the templates").click()
    page.get_by_label("Reason").fill("the wrong person")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Deleted. The receipt is kept.")).to_be_visible()
    expect(page.get_by_text("This person is not enrolled")).to_be_visible()


def prepared(engine: Engine, folder: Path) -> Office:
    """Give an office with somebody to enrol, and an inspector who reads English."""
    office = Office(engine, folder)
    Registers(engine, office.clock).save(TOWN, by="installation")
    office.employ("aliya", Role.INSPECTOR)
    office.stores.accounts.set_language("aliya", Language.EN)
    return office


def test_somebody_is_enrolled_signed_for_and_deleted_on_the_page(
    engine: Engine, tmp_path: Path, browser: Browser
) -> None:
    if not (STATIC / "index.html").is_file():
        pytest.skip("the pages are not built: run make setup")
    office, brought = prepared(engine, tmp_path), files(tmp_path)
    stop, errors = Event(), list[str]()
    with ExitStack() as stack:
        town = town_of(stack.enter_context(office.open(static_dir=STATIC)))
        context = stack.enter_context(browser.new_context(locale="en-GB"))
        stack.callback(av_server(office, stop).join)
        stack.callback(stop.set)
        page = page_with_authenticator(context)
        page.on("pageerror", lambda error: errors.append(str(error)))
        sign_in_and_make_one(page, town, "aliya")
        page.goto(f"{town}/people/{AYAN}")
        page.get_by_role("link", name="Enrolment").click()
        expect(page.get_by_text("This person is not enrolled")).to_be_visible()
        bring(page, brought)
        sign(page)
        (kept,) = sheets_of(engine, AYAN)
        assert kept.sheet.signature is not None
        assert confirmed(kept.sheet.signature, kept.sheet.statement) == town
        forget(page)
        assert office.stores.templates.of(AYAN) == ()
        assert errors == []
