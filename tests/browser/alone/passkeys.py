"""Somebody who signs in on the server itself and makes a passkey, with an authenticator that Chromium imitates."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.unit.workstation.office import PASSWORD

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
NAME = "A telephone"


def town_of(address: str) -> str:
    """Give the address by a name: passkeys belong to a name, never to a bare address."""
    return address.replace("127.0.0.1", "localhost")


def page_with_authenticator(context: BrowserContext) -> Page:
    """Open a page whose authenticator says yes at once."""
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return page


def sign_in_and_make_one(page: Page, town: str, login: str) -> Locator:
    """Sign in by the password and make a passkey; give its line on the account's page."""
    page.goto(town)
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector(".me-open")
    page.goto(f"{town}/account")
    page.get_by_label("Name, such as: work telephone").fill(NAME)
    page.get_by_role("button", name="Make a passkey").click()
    kept = page.get_by_role("listitem").filter(has_text=NAME)
    expect(kept).to_be_visible()
    return kept
