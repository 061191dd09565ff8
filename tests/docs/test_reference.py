"""The reference is made from the code and is never older than it."""

import pytest

from scripts.reference import PAGES, REFERENCE
from tests.quality.breath_page import PAGE as BREATH
from tests.quality.identity_page import PAGE as IDENTITY
from tests.quality.positions_page import PAGE as POSITIONS


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_of_the_reference_says_what_the_code_says(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"{name} is stale: run `make docs`"


def test_the_reference_holds_no_page_that_nobody_makes() -> None:
    assert {path.name for path in REFERENCE.glob("*.md")} == {*PAGES, POSITIONS.name, BREATH.name, IDENTITY.name}
