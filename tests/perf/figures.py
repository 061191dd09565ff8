"""Figures: what was measured, what it should be, and what this machine could do in the same run."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct
from rich.console import Console
from rich.table import Table

WIDTH = 150
GROWN_SHARE = 0.1
"""By so much of itself may a program's memory grow between the second quarter of the time and the last."""
DIGITS = 4
"""Significant digits: more would pretend to know."""


class Beside(Struct, frozen=True, kw_only=True):
    """A figure of the same run that shows what the machine could do at all."""

    name: str
    value: float
    unit: str


class Figure(Struct, frozen=True, kw_only=True):
    """One thing measured."""

    name: str
    value: float
    unit: str
    target: float | None = None
    ok: bool = True
    """Whether the target is reached; a figure without one is always well."""
    calibration: Beside | None = None


def figure(
    name: str,
    value: float,
    unit: str,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    beside: Beside | None = None,
) -> Figure:
    """Give a figure held against its target, if it has one."""
    ok = (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
    target = at_most if at_least is None else at_least
    return Figure(name=name, value=rounded(value), unit=unit, target=target, ok=ok, calibration=beside)


def rounded(value: float) -> float:
    """Give the value in as many digits as mean something."""
    return float(f"{value:.{DIGITS}g}")


def quantile(values: Iterable[float], share: float) -> float:
    """Give the value below which this share of all lies; 0 for none at all."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def grown(name: str, sizes_bytes: Sequence[int]) -> Iterator[Figure]:
    """Give what a program had in memory at last, and by how much it grew since the second quarter of the time."""
    quarter = len(sizes_bytes) // 4
    early, late = max(sizes_bytes[quarter : 2 * quarter] or sizes_bytes), max(sizes_bytes[3 * quarter :])
    yield figure(f"{name}, memory at last", late / 2**20, "MiB")
    yield figure(f"{name}, it grew by", max(late / early - 1, 0.0), "of itself", at_most=GROWN_SHARE)


def write(figures: Sequence[Figure], file: Path) -> None:
    """Write the list as JSON."""
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(msgspec.json.format(msgspec.json.encode(figures), indent=1) + b"\n")


def wide_console() -> Console:
    """Give a console on which a table is not squeezed, also where the output is no terminal."""
    return Console() if Console().is_terminal else Console(width=WIDTH)


def show(title: str, figures: Sequence[Figure], console: Console) -> None:
    """Print a table, and how many figures miss their target."""
    table = Table(title=title, title_justify="left")
    for column, justify in (("figure", "left"), ("value", "right"), ("unit", "left"), ("target", "right")):
        table.add_column(column, justify=_side(justify))
    table.add_column("")
    table.add_column("beside it in the same run")
    for one in figures:
        table.add_row(*_row(one))
    console.print(table)
    missed = [one.name for one in figures if not one.ok]
    console.print(f"{len(missed)} of {sum(one.target is not None for one in figures)} miss their target.")


def _side(name: str) -> Literal["left", "right"]:
    return "right" if name == "right" else "left"


def _row(one: Figure) -> tuple[str, ...]:
    target = "" if one.target is None else _text(one.target)
    mark = "" if one.target is None else ("ok" if one.ok else "[bold red]missed[/]")
    beside = one.calibration
    shown = "" if beside is None else f"{beside.name} {_text(beside.value)} {beside.unit}"
    return one.name, _text(one.value), one.unit, target, mark, shown


def _text(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{DIGITS}g}"  # noqa: RUF100
