"""Which pages are pictured, and where a picture of each lies."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "images" / "pages"
LOOKS = ("light", "dark")


class Found(Struct, frozen=True, kw_only=True):
    """What there is in the town to look at."""

    person: str
    alarm: int
    at: str
    check: str
    enrolled: str
    """Whose check it is: they are enrolled."""
    device: str
    stocked: str


ROUTES: dict[str, Callable[[Found], str]] = {
    "welcome": lambda _: "/welcome",
    "live": lambda _: "/",
    "alarms": lambda _: "/alarms",
    "alarm": lambda found: f"/alarms/{found.alarm}",
    "people": lambda _: "/people",
    "person": lambda found: f"/people/{quote(found.person)}",
    "minute": lambda found: f"/people/{quote(found.person)}/minute?at={quote(found.at)}",
    "replay": lambda found: f"/people/{quote(found.person)}/replay?at={quote(found.at)}",
    "patterns": lambda found: f"/people/{quote(found.person)}/patterns",
    "cases": lambda _: "/cases",
    "case": lambda found: f"/people/{quote(found.person)}/case",
    "device": lambda found: f"/devices/{quote(found.device)}",
    "check": lambda found: f"/checks/{quote(found.check)}",
    "enrolment": lambda found: f"/people/{quote(found.enrolled)}/enrolment",
    "strangers": lambda _: "/devices",
    "stock": lambda _: "/stock",
    "stocked": lambda found: f"/stock/{quote(found.stocked)}",
    "load": lambda _: "/load",
    "health": lambda _: "/health",
    "nearby": lambda _: "/nearby",
    "account": lambda _: "/account",
    "staff": lambda _: "/staff",
    "audit": lambda _: "/audit",
    "missing": lambda _: "/no-such-page",
}
"""Each route of the workstation by its name there."""
AUDITED = "audit"
"""Shown to auditors alone."""
WITH_A_MAP = dict.fromkeys(("live", "replay", "alarm", "nearby"), ".map[data-ready=true]")
"""What is on a page once its map is drawn."""
BESIDE = ("sign-in", "own-page")
"""What is shown to whoever is not signed in."""


def file_of(name: str, look: str) -> str:
    """Give the name of a picture's file."""
    return f"{name}-{look}.webp"
