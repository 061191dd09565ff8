"""Whatever stands in the audit, the auditor reads it in their own language and not as a code."""

import ast
from collections.abc import Iterable, Iterator
from typing import get_args

from baqylau.cli.equipment.orders import BenchOrder
from baqylau.domain.acts import Act
from baqylau.domain.case_facts import Fact
from baqylau.domain.commands import Order
from baqylau.domain.field import FieldKind
from baqylau.domain.papers import TableKind
from baqylau.domain.stock import StockAct
from baqylau.locales import catalogue
from baqylau.storage.checks.media_log import Happened
from baqylau.storage.equipment.device_keys import KeyKind
from baqylau.storage.people.own_access import EndWhy
from baqylau.storage.people.own_requests import RequestState
from tests.arch.tree import SOURCE, parsed, python_files

RECORDED_BY = {"record", "look", "acted", "_looked_at", "_given"}
"""By these calls something comes into the audit; what was done is the named `what`, or the text with a dot in it."""


def tags(union: object) -> set[str]:
    return {one.__struct_config__.tag for one in get_args(union)}


FAMILIES: dict[str, Iterable[str]] = {
    "alarm.": tags(Act),
    "case.": tags(Fact),
    "console.": {*FieldKind, "refused"},
    "device.command.": tags(Order),
    "device.enrol.": KeyKind,
    "device.order.": BenchOrder,
    "look.": TableKind,
    "media.": {Happened.HOLD, Happened.RELEASED},
    "own.": {*EndWhy, *(set(RequestState) - {RequestState.WAITING})},
    "stock.": tags(StockAct),
}
"""What is put together from a beginning and a word."""


def recorded() -> Iterator[ast.expr]:
    """What the product's own code says that was done."""
    for path in python_files():
        if not path.is_relative_to(SOURCE):
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Call) and name_of(node.func) in RECORDED_BY:
                named = [one.value for one in node.keywords if one.arg == "what"]
                yield from named or (one for one in node.args if isinstance(one, ast.Constant | ast.JoinedStr))


def name_of(called: ast.expr) -> str:
    match called:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def test_what_is_recorded_in_full_has_its_words() -> None:
    texts = {str(one.value) for one in recorded() if isinstance(one, ast.Constant)}
    said = {one for one in texts if "." in one}
    assert len(said) > 40
    known = set(catalogue("en"))
    assert {one for one in said if f"audit.{one}" not in known} == set()


def test_what_is_put_together_has_its_words_for_each_of_its_ends() -> None:
    begun = {
        str(one.values[0].value)
        for one in recorded()
        if isinstance(one, ast.JoinedStr) and isinstance(one.values[0], ast.Constant)
    }
    begun = {one for one in begun if one.endswith(".")}
    assert begun <= set(FAMILIES), "a family of acts whose ends this test does not know"
    known = set(catalogue("en"))
    wanted = {f"audit.{begin}{end}" for begin, ends in FAMILIES.items() for end in ends}
    assert wanted - known == set()
