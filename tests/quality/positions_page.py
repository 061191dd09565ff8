"""`python -m tests.quality.positions_page`: the page of the reference from the result that was recorded."""

import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.locales import text
from scripts.reference import MADE, REFERENCE, table
from tests.perf.figures import quantile, rounded
from tests.quality.accuracy import FIRST_FIX_S, Measured
from tests.quality.handover import Handovers
from tests.quality.judging import wilson
from tests.quality.sky import FOUND_WITHIN_S
from tests.quality.sky_runs import Runs

RECORDED = Path(__file__).with_name("positions.json")
PAGE = REFERENCE / "positions.md"


class Targets(Struct, frozen=True, kw_only=True):
    """Shares that are held to. Which ones the standard asks for indoors is quoted differently: they can be set."""

    outdoors: float = 0.9
    indoors: float = 0.9
    disturbed: float = 0.95

    def of(self, name: str) -> float | None:
        """Give the share that a setting is held to, if any."""
        return {"outdoors": self.outdoors, "indoors": self.indoors}.get(name)


class PlaceRow(Struct, frozen=True, kw_only=True):
    """What was measured in one setting."""

    name: str
    receivers: int
    positions: int
    limit_m: float
    share: float
    held_to: float | None
    p50_m: float
    p95_m: float
    untold: int
    slowest_first_s: float | None


class RunRow(Struct, frozen=True, kw_only=True):
    """What came of one kind of run."""

    name: str
    code: Code | None
    runs: int
    found: int
    p50_s: float | None
    p99_s: float | None
    alarms: dict[Code, int]


class Recorded(Struct, frozen=True, kw_only=True):
    """A result that was kept."""

    day: date
    targets: Targets
    places: tuple[PlaceRow, ...]
    runs: tuple[RunRow, ...]
    handovers: int
    absences: int
    """Found at a door-step although nobody was absent."""
    besides: int
    """Alarms of the first priority from the middle of a stay."""


def recorded(
    places: Iterable[Measured], lived: Iterable[Runs], handed: Handovers, targets: Targets, day: date
) -> bytes:
    """Give the result as it is kept."""
    kept = Recorded(
        day=day,
        targets=targets,
        places=tuple(_place(one, targets) for one in places),
        runs=tuple(_run(one) for one in lived),
        handovers=handed.times,
        absences=handed.absences,
        besides=handed.besides,
    )
    return msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n"


def _place(one: Measured, targets: Targets) -> PlaceRow:
    return PlaceRow(
        name=one.setting.name,
        receivers=one.receivers,
        positions=len(one.errors_m),
        limit_m=one.setting.limit_m,
        share=rounded(one.share),
        held_to=targets.of(one.setting.held_to),
        p50_m=rounded(quantile(one.errors_m, 0.5)),
        p95_m=rounded(quantile(one.errors_m, 0.95)),
        untold=one.untold,
        slowest_first_s=max(one.first_fixes_s, default=None),
    )


def _run(one: Runs) -> RunRow:
    delays = one.delays_s
    return RunRow(
        name=one.name,
        code=one.code,
        runs=one.runs,
        found=len(delays),
        p50_s=median(delays) if delays else None,
        p99_s=quantile(delays, 0.99) if delays else None,
        alarms=dict(one.alarms),
    )


def read() -> Recorded:
    """Give what was kept last."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=Recorded)


_WORDS = """\
# How right positions are, and how soon disturbance is found

{made}

Everything here is simulated: satellites over a true way, a receiver worn at the ankle, towers, roofs, jammers and
deceivers (`baqylau.sim.sky`). No field has been walked with a real device for it. `make quality` does it again;
`python -m tests.quality.positions --record` keeps the result. Recorded {day}.

## Accuracy

Measured to the method of NIJ Standard 1004.00, tests 6.7 (first fix, cold, at most {first_s:.0f} s), 6.8 (outdoors,
10 m) and 6.9 (indoors, 30 m), as secondary sources tell it: which share is asked for indoors is quoted differently, so
the shares held to can be set (`--outdoors`, `--indoors`). A position a minute; what the satellite pipeline does not
believe is not told.

{places}

## Disturbance

Each run lives through the satellite pipeline and the server's rules. A disturbance has to be found within
{within_s:.0f} s in {disturbed:.0%} of the runs; where nothing was done no alarm of jamming, deception or shielding,
and none of the first priority, may stand. Intervals hold the true share in 95 of 100 cases (Wilson). The device worn
here is the core of our own tracker (`sim/sky/worn.py`): its receiver is on for a few seconds in each minute until
something is in doubt, and speaks over its serial line, with its own verdict on jamming. Of the delay up to 52 s are
the pause between two looks, and 60 s the time for which a suspicion has to last.

{disturbed_runs}

{clean_runs}

## Hand-over

Somebody goes out at permitted times with the carried unit and comes back; at home that unit lies on its charger,
perhaps where it hears nothing. Of {handovers} hand-overs between the unit at home and the carried one, {absences} led
to an absence or a separation that was none (held to 0; counted is what began within ten minutes of the door-step).
{besides} false alarms of the first priority came from the middle of a stay, where the only unit at home heard nothing
for minutes: a second receiver is the cure, as for everybody at home.
"""


def page(kept: Recorded) -> str:
    """Give the whole page."""
    return _WORDS.format(
        made=MADE,
        day=kept.day,
        first_s=FIRST_FIX_S,
        within_s=FOUND_WITHIN_S,
        disturbed=kept.targets.disturbed,
        places=table(_PLACES, (_place_cells(one) for one in kept.places)),
        disturbed_runs=table(_DISTURBED, (_run_cells(one) for one in kept.runs if one.code is not None)),
        handovers=kept.handovers,
        absences=kept.absences,
        besides=kept.besides,
        clean_runs=table(_CLEAN, (_clean_cells(one) for one in kept.runs if one.code is None)),
    )


_PLACES = (
    "setting",
    "receivers",
    "positions",
    "near enough",
    "share",
    "held to",
    "p50 / p95, m",
    "minutes without",
    "slowest first fix, s",
)
_DISTURBED = ("what is done", "found as", "runs", "found in time", "95 %", "delay p50 / p99, s", "other alarms")
_CLEAN = ("where nothing is done", "runs", "alarms")


def _place_cells(one: PlaceRow) -> tuple[str, ...]:
    return (
        one.name,
        str(one.receivers),
        str(one.positions),
        f"{one.limit_m:.0f} m",
        f"{one.share:.3f}",
        "" if one.held_to is None else f"{one.held_to:.2f}",
        f"{one.p50_m:.1f} / {one.p95_m:.1f}",
        str(one.untold),
        "" if one.slowest_first_s is None else f"{one.slowest_first_s:.0f}",
    )


def _run_cells(one: RunRow) -> tuple[str, ...]:
    low, high = wilson(one.found, one.runs)
    title = "" if one.code is None else f"{one.code.value} {text('en', f'alarm.{one.code.value}.title')}"
    delay = "" if one.p50_s is None else f"{one.p50_s:.0f} / {one.p99_s:.0f}"
    return one.name, title, str(one.runs), str(one.found), f"{low:.3f}-{high:.3f}", delay, _alarms(one)


def _clean_cells(one: RunRow) -> tuple[str, ...]:
    return one.name, str(one.runs), _alarms(one) or "0"


def _alarms(one: RunRow) -> str:
    return ", ".join(f"{count} {code.value}" for code, count in one.alarms.items())


if __name__ == "__main__":
    PAGE.write_text(page(read()), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
