"""The report of a city: a page in Markdown, and beside it its pictures, the scenario and the truth."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from baqylau.domain.catalogue import EVENTS
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.living import Lived
from baqylau.sim.city.outcome import Outcome
from baqylau.sim.city.plot import Curve, svg
from baqylau.sim.city.scenario import Scenario

WRONG_SHOWN = 40


class Sample(Struct, frozen=True, kw_only=True):
    """What the programs said of themselves at one moment."""

    after_s: float
    kept: int
    """Positions in the journal."""
    keep_ms: float
    judge_ms: float
    behind: int


class Result(Struct, frozen=True, kw_only=True):
    """Everything that the report tells of."""

    scenario: Scenario
    begun_at: datetime
    lived: Lived
    judged_after_s: float
    """How long after the last acknowledgement everything was judged."""
    seconds: float
    outcome: Outcome
    samples: Sequence[Sample]


def write_truth(people: Sequence[Citizen], scenario: Scenario, folder: Path) -> None:
    """Write down what is true, a person a line, before anything is found; and the scenario that makes it again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.json").write_bytes(msgspec.json.format(msgspec.json.encode(scenario)) + b"\n")
    (folder / "truth.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in people))


def write_report(result: Result, folder: Path) -> Path:
    """Write the page and its pictures, and give the page."""
    for curve in _curves(result.samples):
        (folder / f"{_file(curve)}.svg").write_text(svg(curve))
    page = folder / "report.md"
    page.write_text("\n".join(_lines(result)) + "\n")
    return page


def _file(curve: Curve) -> str:
    return curve.title.replace(" ", "-")


def _curves(samples: Sequence[Sample]) -> Iterator[Curve]:
    rates = [
        (two.after_s, (two.kept - one.kept) / (two.after_s - one.after_s))
        for one, two in pairwise(samples)
        if two.after_s > one.after_s
    ]
    yield Curve(title="positions kept", unit="a second", points=rates)
    for title, unit, points in (
        ("keeping", "ms, median", [(one.after_s, one.keep_ms) for one in samples]),
        ("judging", "ms from kept to judged, median", [(one.after_s, one.judge_ms) for one in samples]),
        ("waiting", "entries not judged yet", [(one.after_s, float(one.behind)) for one in samples]),
    ):
        yield Curve(title=title, unit=unit, points=points)


def _lines(result: Result) -> Iterator[str]:
    scenario, lived = result.scenario, result.lived
    yield f"# A city of {scenario.persons}, seed {scenario.seed}"
    yield ""
    yield f"{scenario.hours:g} h of its time at {scenario.speed:g} times, from {result.begun_at:%Y-%m-%d %H:%M} UTC on."
    yield ""
    yield "| | |"
    yield "|---|---:|"
    yield f"| reports told | {lived.told} |"
    yield f"| sent, with repetitions | {lived.sent} |"
    yield f"| acknowledged | {lived.confirmed} |"
    yield f"| refused for good | {lived.refused} |"
    yield f"| connections that ended | {lived.reconnects} |"
    yield f"| time it took | {result.seconds:.0f} s |"
    yield f"| acknowledged a second | {lived.confirmed / result.seconds:.0f} |"
    yield f"| all judged after the last acknowledgement | {result.judged_after_s:.1f} s |"
    yield ""
    for curve in _curves(result.samples):
        yield f"![{curve.title}]({_file(curve)}.svg)"
    yield ""
    yield from _alarms(result.outcome)


def _alarms(outcome: Outcome) -> Iterator[str]:
    yield "## Alarms"
    yield ""
    yield "| code | priority | happened | found | missed | false |"
    yield "|---|---:|---:|---:|---:|---:|"
    for code, tally in sorted(outcome.by_code.items()):
        name = code.name.lower().replace("_", " ")
        counts = f"{tally.happened} | {tally.found} | {tally.happened - tally.found} | {tally.false}"
        yield f"| {code} {name} | {EVENTS[code].priority} | {counts} |"
    if outcome.wrong:
        yield ""
        yield f"## Missed and false, the first {min(len(outcome.wrong), WRONG_SHOWN)} of {len(outcome.wrong)}"
        yield ""
        for one in outcome.wrong[:WRONG_SHOWN]:
            yield f"- № {one.number} ({one.life}): {one.code} {one.what}"
