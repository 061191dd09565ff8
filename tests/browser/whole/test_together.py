"""Two operators on one alarm, on the real programs."""

from playwright.sync_api import Page, expect

from baqylau.domain.observations import Enclosure
from baqylau.domain.rights import Role
from tests.browser.whole.conftest import PEOPLE, Installation, Invite, Watched
from tests.browser.whole.test_shift import AT_HOME, LIVE_WITHIN_MS, card_of, open_why


def test_two_operators_on_one_alarm_are_told_of_each_other_and_no_word_is_lost(
    installation: Installation, page: Page, invite: Invite, watched: tuple[Page, Watched]
) -> None:
    colleague = invite("marat", Role.OPERATOR)
    installation.tracker(3).say(AT_HOME, Enclosure(open=True))
    for screen in (page, colleague):
        expect(card_of(screen, PEOPLE[3])).to_be_visible(timeout=LIVE_WITHIN_MS)
        open_why(screen, PEOPLE[3])
    page.fill("#note", "I am calling the flat.")
    colleague.fill("#note", "I ask the neighbour.")
    page.get_by_role("button", name="Write down", exact=True).click()
    colleague.get_by_role("button", name="Write down", exact=True).click()
    for screen in (page, colleague):
        for said in ("I am calling the flat.", "I ask the neighbour."):
            expect(screen.locator("main")).to_contain_text(said, timeout=LIVE_WITHIN_MS)
    page.locator("#note").blur()
    page.keyboard.press("KeyA")
    expect(page.locator(".title .chip").first).to_contain_text("Yours")
    expect(colleague.locator(".title .chip").first).to_contain_text("Taken by", timeout=LIVE_WITHIN_MS)

    for screen, grounds in ((page, "The lid had come off."), (colleague, "Looked at on the spot.")):
        screen.check("input[value='device_fault']")
        screen.select_option("#action", "device_inspected")
        screen.fill("#grounds", grounds)
    page.click(".close .end button")
    page.click(".close .end button")
    expect(page.locator("#closed-title")).to_be_visible()
    expect(colleague.locator("#closed-title")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(colleague.locator("main")).to_contain_text("The lid had come off.")
    watched[1].complaints.clear()
