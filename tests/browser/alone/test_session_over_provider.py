"""A session of an identity provider ends while somebody writes: they sign in there, in a tab beside, and go on here."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from baqylau.domain.acts import Note
from baqylau.domain.ids import AlarmId
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from tests.browser.alone.conftest import STATIC
from tests.browser.alone.test_session_over import RINGS, covered, end_session
from tests.browser.axe import faults
from tests.unit.workstation import invented
from tests.unit.workstation.identity_provider import IdentityProvider, identity_provider
from tests.unit.workstation.office import Office

pytestmark = pytest.mark.timeout(180)
BY_PROVIDER = "Sign in with Invented ID"


@pytest.fixture
def provider(office: Office) -> Iterator[IdentityProvider]:
    with identity_provider(office.clock) as provider:
        yield provider


@pytest.fixture
def address(office: Office, provider: IdentityProvider) -> Iterator[str]:
    """The workstation under a name of its own, so that the provider is another site to the browser."""
    with office.open(static_dir=STATIC, identity=provider.identity) as address:
        yield address.replace("127.0.0.1", "localhost")


def sign_in(page: Page, provider: IdentityProvider) -> None:
    """Do at the provider's own page what it asks for."""
    page.wait_for_url(f"{provider.address}/authorize?**")
    page.get_by_role("link", name="Sign in").click()
    expect(page.locator("main .queue")).to_be_visible()


def beside(page: Page, provider: IdentityProvider) -> Page:
    """Press the provider's button on the covered page, and sign in where it opens."""
    with page.context.expect_page() as opened:
        page.get_by_role("button", name=BY_PROVIDER).click()
    sign_in(opened.value, provider)
    return opened.value


def test_whoever_signs_in_at_the_provider_beside_a_covered_page_goes_on_writing_and_nobody_else_does(
    office: Office, provider: IdentityProvider, address: str, browser: Browser
) -> None:
    number = AlarmId(office.find(invented.finding(1))[0])
    office.employ("marat", Role.OPERATOR)
    office.stores.accounts.set_language("marat", Language.EN)
    with browser.new_context(locale="en-GB") as context:
        page, complaints = context.new_page(), list[str]()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        page.get_by_role("button", name=BY_PROVIDER).click()
        sign_in(page, provider)
        page.goto(f"{address}/alarms/{number}")
        page.fill("#note", RINGS)
        end_session(office, "aliya")
        page.keyboard.press("Enter")
        covered(page)
        assert faults(page) == []
        beside(page, provider).close()
        expect(page.get_by_role("heading", name="Your session has ended")).not_to_be_visible()
        expect(page.locator("#note")).to_have_value(RINGS)
        page.get_by_role("button", name="Write down", exact=True).click()
        expect(page.locator(".told li", has_text=RINGS)).to_have_count(1)

        page.fill("#note", "The neighbour opens the door.")
        end_session(office, "aliya")
        covered(page)
        provider.person = {"sub": "s-18", "preferred_username": "marat"}
        beside(page, provider).close()
        expect(page.locator("main .queue")).to_be_visible()
        page.goto(f"{address}/alarms/{number}")
        expect(page.locator("#note")).to_have_value("")
        acts = [done.act for done in office.stores.alarms.grounds(number).acts]
        assert [act.text for act in acts if isinstance(act, Note)] == [RINGS]
        assert complaints == []
