"""What the pages look like can be seen without starting anything: each route has a picture in both looks."""

import re

import pytest

from tests.pictures.pages import BESIDE, LOOKS, PICTURES, ROOT, ROUTES, file_of

LARGEST_ALL_KB = 3_000
PAGE = (ROOT / "docs" / "explanation" / "what-each-page-looks-like.md").read_text(encoding="utf-8")


def test_every_route_of_the_workstation_is_pictured() -> None:
    router = (ROOT / "web" / "src" / "frame" / "route.svelte.ts").read_text(encoding="utf-8")
    assert set(re.findall(r"^  \| \{ name: '(\w+)'", router, re.MULTILINE)) == set(ROUTES)


@pytest.mark.parametrize("look", LOOKS)
def test_a_picture_of_each_page_is_there_and_shown(look: str) -> None:
    for name in (*ROUTES, *BESIDE):
        assert (PICTURES / file_of(name, look)).read_bytes()[8:12] == b"WEBP", "`make pictures` takes them"
        assert f"../images/pages/{file_of(name, look)}" in PAGE


def test_the_pictures_are_light_enough_to_be_kept() -> None:
    assert sum(file.stat().st_size for file in PICTURES.iterdir()) < LARGEST_ALL_KB * 1024
