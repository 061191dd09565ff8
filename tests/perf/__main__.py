"""`python -m tests.perf`: measure everything, print the table, write build/bench.json. See docs/how-to/measure.md."""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from rich.console import Console

from tests.perf import (
    bench_asked,
    bench_calibration,
    bench_decode,
    bench_evidence,
    bench_feed,
    bench_gateway,
    bench_journal,
    bench_judge,
    bench_judges,
    bench_ladder,
    bench_late,
    bench_lines,
    bench_link_codec,
    bench_lists,
    bench_load,
    bench_map,
    bench_pages,
    bench_rules,
    bench_screen,
    bench_weight,
    kill,
    region,
)
from tests.perf.figures import Figure, show, wide_console, write
from tests.perf.installation import installed, populate
from tests.perf.nats import NATS

RESULT = Path("build") / "bench.json"
KILLS = 10
"""Few, so that the whole takes minutes; `python -m tests.perf.kill` takes as many as wanted."""
CUT_OFF = ("gateway", "nats", "bridge", "judge", "nats", "bridge")
"""What is killed of a region that is cut off; `python -m tests.perf.region` takes more, at random."""


def _all(console: Console) -> Iterator[Figure]:
    with installed() as installation:
        calibration = bench_calibration.calibrate(installation.dsn)
        yield from bench_calibration.figures(calibration)
        yield from bench_decode.figures(calibration)
        yield from bench_link_codec.figures(calibration)
        yield from bench_rules.figures(calibration)
        populate(installation, "wialon", bench_journal.PEOPLE)
        judge = bench_judge.judge_of(installation)
        yield from bench_journal.figures(installation, calibration)
        yield from bench_judge.figures(installation, judge, calibration)
    with installed() as installation:
        populate(installation, "wialon", bench_journal.PEOPLE)
        yield from bench_judges.figures(installation)
    with installed() as installation:
        yield from bench_gateway.figures(installation, calibration)
        yield from bench_feed.figures(installation)
        yield from bench_lines.figures(installation, calibration)
    with installed() as installation:
        yield from bench_screen.figures(installation, calibration)
    with installed() as installation:
        yield from bench_map.figures(installation, calibration)
    with installed() as installation:
        yield from bench_lists.figures(installation, calibration)
    with installed() as installation:
        yield from bench_pages.figures(installation, calibration)
    with installed() as installation:
        yield from bench_asked.figures(installation, calibration)
    yield from bench_late.figures()
    yield from bench_evidence.figures()
    with installed() as installation:
        yield from bench_load.figures(installation, calibration)
        yield from bench_weight.figures(installation)
    yield from bench_ladder.figures()
    yield from kill.figures(kill.Plan(times=KILLS), console)
    if NATS is not None:
        yield from region.figures(region.Plan(people=40, cut_s=30.0, kills=CUT_OFF), console)


def _main() -> None:
    console, begun_s, measured = wide_console(), monotonic(), []
    for one in _all(console):
        console.print(f"{monotonic() - begun_s:5.0f} s  {one.name}: {one.value:g} {one.unit}", highlight=False)
        measured.append(one)
    write(measured, RESULT)
    show("Speed on this machine", measured, console)


if __name__ == "__main__":
    _main()
