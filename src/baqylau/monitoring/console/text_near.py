"""Who is near, as lines of text: the nearby devices, what each said of itself, the finder's trend, what is due now."""

from collections.abc import Iterator

from baqylau.domain.ids import PersonId
from baqylau.locales import text
from baqylau.monitoring.console import views
from baqylau.monitoring.console.desk import Desk
from baqylau.monitoring.console.messages import ConsoleDevice, ConsoleFinder
from baqylau.monitoring.console.prescribed import Prescribed, prescribed
from baqylau.rules.spans import Duty

INDENT = "  "


def near(desk: Desk, language: str) -> Iterator[str]:
    """Give who of the officer's own people is heard, and of all others how many."""
    shown = views.state(desk)
    yield text(language, "console.near_title")
    yield INDENT + text(language, "console.near_counts", own=len(shown.near), others=shown.others)
    if not shown.near:
        yield INDENT + text(language, "console.near_none")
    for person_id in dict.fromkeys(one.person_id for one in shown.near):
        yield from _person(desk, person_id, language)


def _person(desk: Desk, person_id: PersonId, language: str) -> Iterator[str]:
    desk.looked(person_id, "finder")
    found = views.finder(desk, person_id)
    yield f"{INDENT}{found.name}: {_trend(found, language)}"
    if found.device is not None:
        yield 2 * INDENT + ", ".join(_facts(found.device, language))
    for rule in prescribed(desk.opened().case(person_id).supervision, desk.right()):
        yield 2 * INDENT + _due(rule, language)


def _trend(found: ConsoleFinder, language: str) -> str:
    """Give strength and trend; never a distance."""
    said = text(language, f"console.trend.{found.direction}")
    if found.level_dbm is None:
        return said
    return f"{text(language, 'unit.dbm', value=round(found.level_dbm))}, {said}"


def _facts(device: ConsoleDevice, language: str) -> Iterator[str]:
    yield text(language, f"device.{device.kind}")
    yield text(language, "console.strap_open" if device.strap_open else "console.strap_closed")
    yield text(language, "console.case_open" if device.case_open else "console.case_closed")
    if device.off_body:
        yield text(language, "console.off_body")
    if device.battery_percent is not None:
        yield text(language, "unit.percent", value=round(device.battery_percent))


def _due(rule: Prescribed, language: str) -> str:
    if rule.duty is not Duty.DUE:
        return text(language, f"console.duty.{rule.duty}")
    return text(language, "console.duty.due", place=rule.place or text(language, "place.unnamed"))
