"""The page of the documentation about alarm quality, from the last recorded result."""

import sys
from datetime import date
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.locales import text
from scripts.reference import MADE, table
from tests.perf.figures import quantile
from tests.quality.judging import Score, wilson
from tests.quality.load import TASKS_A_DAY, Load

RECORDED = Path(__file__).with_name("recorded.json")
PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "alarm-quality.md"


class Row(Struct, frozen=True, kw_only=True):
    """What was counted of one code."""

    code: Code
    happened: int
    found: int
    false: int
    delay_p50_s: float | None
    delay_p99_s: float | None


class Recorded(Struct, frozen=True, kw_only=True):
    """A result that was kept."""

    day: date
    families: int
    variants: int
    person_days: float
    false: int
    rows: tuple[Row, ...]
    load_days: float
    links: int
    fixes: int
    alarms: dict[Code, int]
    tasks: dict[Code, int]
    real: int
    lost: int


def recorded(total: Score, worked: Load, variants: int, families: int, day: date) -> bytes:
    """Give the result as it is kept."""
    rows = tuple(
        Row(
            code=code,
            happened=tally.found + tally.missed,
            found=tally.found,
            false=tally.false,
            delay_p50_s=median(tally.delays_s) if tally.delays_s else None,
            delay_p99_s=quantile(tally.delays_s, 0.99) if tally.delays_s else None,
        )
        for code, tally in sorted(total.by_code.items())
    )
    kept = Recorded(
        day=day,
        families=families,
        variants=variants,
        person_days=round(total.days, 1),
        false=total.false,
        rows=rows,
        load_days=round(worked.days, 1),
        links=worked.links,
        fixes=worked.fixes,
        alarms=dict(sorted(worked.alarms.items())),
        tasks=dict(sorted(worked.tasks.items())),
        real=worked.real,
        lost=len(worked.lost),
    )
    return msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n"


def read() -> Recorded:
    """Give what was kept last."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Recorded)


_WORDS = """\
# How often alarms are right

{made}

Lives are invented whose truth is known: who went where, what was cut, jammed, hidden, exchanged or forgotten, and what
radios and receivers made of it. The rules judge what reached the server, as the server does, late and repeated records
too, and what they say is held against the truth. `make quality` does it again; other seeds and families can be tried.

Recorded {day}: {families} families, {variants} lives of each (the seed of a life is its family and its number),
{person_days:.0f} person-days. *Recall* is how much of what happened was found within its time, *precision* how many
alarms something had happened for. Intervals hold the true share in 95 of 100 cases (Wilson). Repeats within an hour are
one alarm.

{by_code}

{false} alarms in all had no cause: {false_a_day:.3f} a person-day.

## The load that drowned a state

Wisconsin counted 1.5 lost links and 0.8 lost fixes a person and day. That load is drawn anew, with real events of the
first priority among it, and worked at a desk: {load_days:.0f} person-days, {links} lost links, {fixes} lost fixes. How
long a loss lasts is known of single ones only; here half are shorter than 17 minutes and two in nine last longer than
half an hour. An alarm about a lost link or fix that is over before anybody took it settles by a named rule and stays on
record; tampering, hiding, entering and leaving never do. A lost link is left to the wearer first: ten minutes in hours
of presence, thirty otherwise. An alarm is taken after half of the time that the catalogue allows, counted from when it
is asked about.

{load}

{load_by_code}
"""


def page(kept: Recorded) -> str:
    """Give the whole page."""
    return _WORDS.format(
        made=MADE,
        by_code=table(_HEAD, (_cells(row) for row in kept.rows)),
        false_a_day=kept.false / kept.person_days,
        load=_load(kept),
        load_by_code=_load_by_code(kept),
        **{
            name: getattr(kept, name)
            for name in ("day", "families", "variants", "person_days", "false", "load_days", "links", "fixes")
        },
    )


_HEAD = ("code", "what", "priority", "happened", "recall", "95 %", "alarms", "precision", "95 %", "delay p50 / p99, s")


def _load(kept: Recorded) -> str:
    tasks, alarms = sum(kept.tasks.values()), sum(kept.alarms.values())
    rows = (
        ("alarms a person-day", f"{alarms / kept.load_days:.3f}", ""),
        ("operator tasks a person-day", f"{tasks / kept.load_days:.3f}", f"at most {TASKS_A_DAY}"),
        ("real events of first priority", str(kept.real), ""),
        ("of them not told", str(kept.lost), "0"),
    )
    return table(("figure", "value", "held to"), rows)


def _load_by_code(kept: Recorded) -> str:
    rows = (
        (f"{code.value} {_title(code)}", str(count), str(kept.tasks.get(code, 0)))
        for code, count in kept.alarms.items()
    )
    return table(("what", "alarms", "tasks"), rows)


def _title(code: Code) -> str:
    return text("en", f"alarm.{code.value}.title")


def _cells(row: Row) -> tuple[str, ...]:
    told = row.found + row.false
    delay = "" if row.delay_p50_s is None else f"{row.delay_p50_s:.0f} / {row.delay_p99_s:.0f}"
    return (
        row.code.value,
        _title(row.code),
        str(EVENTS[row.code].priority),
        str(row.happened),
        *_share(row.found, row.happened),
        str(told),
        *_share(row.found, told),
        delay,
    )


def _share(good: int, of: int) -> tuple[str, str]:
    if not of:
        return "", ""
    low, high = wilson(good, of)
    return f"{good / of:.3f}", f"{low:.3f}-{high:.3f}"


if __name__ == "__main__":
    PAGE.write_text(page(read()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
