"""`python -m tests.quality.breath_page`: the page of the reference from the result that was recorded."""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
from msgspec import Struct

from baqylau.sim.breath.air import Trick
from scripts.reference import MADE, REFERENCE, table
from tests.quality.judging import wilson
from tests.quality.metrology import Level, Others, Repeated

RECORDED = Path(__file__).with_name("breath.json")
PAGE = REFERENCE / "breath.md"


class Exact(Struct, frozen=True, kw_only=True):
    """What came of honest tests."""

    tests: int
    valid: int
    beyond: int
    """Further from the truth than an instrument may err."""
    covered: int
    worst_share: float


class Tricked(Struct, frozen=True, kw_only=True):
    """What came of one trick."""

    trick: Trick
    dioxide: bool
    """Whether the unit measures carbon dioxide."""
    tests: int
    refused: int
    """No figure came of it."""
    named: int
    """Told to the server as a bypass (E12), among those."""
    flagged: int
    """A figure, and a person has to look at the photographs before it counts as passed."""

    @property
    def passed(self) -> int:
        """How often it passed for a breath and nobody was asked to look."""
        return self.tests - self.refused - self.flagged


class Recorded(Struct, frozen=True, kw_only=True):
    """A result that was kept."""

    day: date
    levels: tuple[Level, ...]
    repeated: tuple[Repeated, ...]
    others: Others
    whole: Exact
    small_lungs: tuple[int, int]
    """Succeeded within three tries, of so many."""
    rinsed: tuple[int, int, int]
    """Named as alcohol of the mouth; a figure above 0.02 mg/L; of so many."""
    tricks: tuple[Tricked, ...]


def kept_as(result: Recorded) -> bytes:
    """Give the result as it is kept."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def read() -> Recorded:
    """Give what was kept last."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Recorded)


_DONE = {
    Trick.BALLOON: "a balloon or bag of room air, at the room's warmth",
    Trick.COMPRESSOR: "a compressor: an even stream of room air",
    Trick.FILTER: "a filter before the mouth: cooler, and hard to blow through",
    Trick.TUBE: "somebody else's breath through a long tube",
    Trick.WARMED_BAG: "a bag that was warmed by hand",
    Trick.WARM_PUMP: "room air at the warmth of a breath, pumped unevenly, with a hum out of a loudspeaker",
    Trick.SHORT_PUFFS: "short puffs",
    Trick.SUCK_BACK: "drawing air back in the middle",
    Trick.WINDOW_STRAW: "a straw that leads to the air outside the window",
    Trick.NO_HUM: "a breath without the hum",
    Trick.HUM_PLAYED: "a breath, and a hum out of a loudspeaker with no breath in it",
}

_WORDS = """\
# How right a breath's figure is, and what deceives the unit

{made}

Everything here is a physical model of ours (`baqylau.sim.breath`): a fuel cell with its temperature, age, memory and
noise, a valve, lungs, a mouth, a room, and what somebody may hold to the mouthpiece. The tricks are invented by those
who built the unit. It proves arithmetic and a program. No real cell, board, camera or person took part, and a real
trick may be better than these. `make quality` does it again; `python -m tests.quality.breath_homes --record` keeps the
result. Recorded {day}. Intervals hold the true share in 95 of 100 cases (Wilson).

## How far from the truth

Cells as they may be, each adjusted with reference gas once and used for up to two months, between 5 and 40 °C, by
people with lungs of 1.8 to 5 L. Truth is the alcohol that reached the cell, at 34 °C. Allowed: max(0.020 mg/L, 5 %).

{levels}

Of {valid} valid results {beyond} lie beyond what is allowed. Held to: 99.9 % within. Were all of them independent, at
least {sure:.2%} would be (95 % of cases); twenty each are of one cell, so that is somewhat too good.

Whole tests, through heater, valve, purge and both breaths, between 850 and 1050 hPa too, held against the air of the
depth of the lungs: {tests} tests, {whole_valid} valid, {whole_beyond} beyond, {covered:.1%} within their stated
uncertainty, the worst at {worst:.0%} of what is allowed.

## Cells, valves and converters of other makes

The arithmetic must not be fitted to our own model. So cells are drawn that it was not made for: 0.08 to 1 of the
charge, 1.5 to 8 s of decay, 0.1 to 1 s of rise, up to 0.8 % for each kelvin either way, twice and a third of the
usual activation energy, noise up to 5 µA, steps of the converter up to 5 µA, baselines that wander. Of {others} such
cells {not_adjusted} let themselves not be adjusted. Of {others_breaths} breaths into the rest {others_valid} became a
figure, and the others were refused as a fault of the unit or asked for again. Of the figures {others_beyond} lie beyond
what is allowed (95 % of cases: at most {others_most:.2%}), and {others_covered:.1%} within their stated uncertainty;
the worst is at {others_worst:.0%} of what is allowed. A figure that would be less sure than an instrument may err is
none.

## How well it repeats

One gas, measured {samples} times by each of {cells} cells within an afternoon. Allowed is a third of the largest error.

{repeated}

## Who succeeds

| | | 95 % |
|---|---|---|
| lungs of 1.8 L: a valid test within three tries (held to: 95 %) | {small} | {small_in} |
| rinsed mouth, 0 to 8 minutes ago: named as alcohol of the mouth | {named} | {named_in} |
| rinsed mouth: a figure above 0.02 mg/L | {wrong} | {wrong_in} |

## What deceives it

A whole test each, with all three tries. *Refused*: no figure came of it. *Named*: told to the server as a way around
the sensor (E12). *To be looked at*: a figure, and the check waits until a person has looked at the photographs that
were taken while air flowed. *Passed*: a figure, and nobody was asked.

{tricks}

Without a sensor of carbon dioxide the unit cannot tell warm pumped air from a breath, so **every** figure of such a
unit waits for a look, honest ones too. With the sensor none does: fit it.

Another person's sober breath is a valid measurement, always. What finds it is the comparison of the photographs with
those of the enrolment ([how often that is right](../explanation/who-it-is-and-whether-now.md)); whom it doubts, a
person looks at (E08).
"""


def page(kept: Recorded) -> str:
    """Give the whole page."""
    valid, beyond = sum(one.valid for one in kept.levels), sum(one.beyond for one in kept.levels)
    whole, (small, small_of), (named, wrong, rinsed_of) = kept.whole, kept.small_lungs, kept.rinsed
    return _WORDS.format(
        made=MADE,
        day=kept.day,
        levels=table(_LEVELS, (_level(one) for one in kept.levels)),
        valid=valid,
        beyond=beyond,
        sure=wilson(valid - beyond, valid)[0],
        others=kept.others.cells,
        not_adjusted=kept.others.not_adjusted,
        others_breaths=kept.others.breaths,
        others_valid=kept.others.valid,
        others_beyond=kept.others.beyond,
        others_most=wilson(kept.others.beyond, kept.others.valid)[1],
        others_covered=kept.others.covered / kept.others.valid,
        others_worst=kept.others.worst_share,
        tests=whole.tests,
        whole_valid=whole.valid,
        whole_beyond=whole.beyond,
        covered=whole.covered / whole.valid,
        worst=whole.worst_share,
        samples=kept.repeated[0].samples,
        cells=kept.repeated[0].cells,
        repeated=table(_REPEATED, (_repeated(one) for one in kept.repeated)),
        small=f"{small} of {small_of}",
        small_in=_within(small, small_of),
        named=f"{named} of {rinsed_of}",
        named_in=_within(named, rinsed_of),
        wrong=f"{wrong} of {rinsed_of}",
        wrong_in=_within(wrong, rinsed_of),
        tricks=table(_TRICKS, _tricks(kept)),
    )


_LEVELS = ("alcohol, mg/L", "breaths", "valid", "beyond", "within U", "mean error, mg/L", "worst, mg/L", "of allowed")
_REPEATED = ("alcohol, mg/L", "spread of a typical cell (SD), mg/L", "of the worst", "allowed")
_TRICKS = ("trick", "CO2 sensor", "tests", "refused", "named", "to be looked at", "passed", "95 % of passed")


def _level(one: Level) -> tuple[str, ...]:
    return (
        f"{one.alcohol_mg_l:.2f}",
        str(one.breaths),
        str(one.valid),
        str(one.beyond),
        f"{one.covered / max(one.valid, 1):.1%}",
        f"{one.mean_mg_l:+.4f}",
        f"{one.worst_mg_l:.4f}",
        f"{one.worst_share:.0%}",
    )


def _repeated(one: Repeated) -> tuple[str, ...]:
    figures = (one.typical_sd_mg_l, one.worst_sd_mg_l, one.allowed_sd_mg_l)
    return (f"{one.alcohol_mg_l:.2f}", *(f"{figure:.4f}" for figure in figures))


def _tricks(kept: Recorded) -> Iterator[tuple[str, ...]]:
    for one in kept.tricks:
        figures = (one.tests, one.refused, one.named, one.flagged, one.passed)
        fitted = "yes" if one.dioxide else "no"
        yield _DONE[one.trick], fitted, *map(str, figures), _within(one.passed, one.tests)


def _within(good: int, of: int) -> str:
    low, high = wilson(good, of)
    return f"{low:.1%} to {high:.1%}"


if __name__ == "__main__":
    PAGE.write_text(page(read()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
