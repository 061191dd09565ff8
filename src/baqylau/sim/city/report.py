"""The report of a city: a page in Markdown, and beside it its pictures, the scenario and the truth."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import msgspec
from msgspec import Struct

from baqylau.domain.catalogue import EVENTS
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.living import Spoken
from baqylau.sim.city.outcome import Outcome
from baqylau.sim.city.plot import Bars, Curve, bars, svg
from baqylau.sim.city.scenario import Scenario
from baqylau.sim.city.spoilt import sky_of

WRONG_SHOWN = 40
ALARMS = "alarms by kind"


class Sample(Struct, frozen=True, kw_only=True):
    """What the programs said of themselves at one moment."""

    after_s: float
    kept: int
    """Entries in the journal."""
    keep_ms: float
    judge_ms: float
    behind: int


class Result(Struct, frozen=True, kw_only=True):
    """Everything that the report tells of."""

    scenario: Scenario
    begun_at: datetime
    spoken: Mapping[str, Spoken]
    """By kind of device."""
    heard: Mapping[str, int]
    """How many devices of each kind only others hear."""
    judged_after_s: float
    """How long after the last acknowledgement everything was judged."""
    seconds: float
    outcome: Outcome
    samples: Sequence[Sample]
    spoilings: Sequence[str]
    """Lines of where satellites were spoilt, and for how many."""


def write_truth(people: Sequence[Citizen], scenario: Scenario, folder: Path) -> None:
    """Write down what is true, a person a line, before anything is found; and the scenario that makes it again."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.json").write_bytes(msgspec.json.format(msgspec.json.encode(scenario)) + b"\n")
    (folder / "truth.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in people))


def write_report(result: Result, folder: Path) -> Path:
    """Write the page and its pictures, and give the page."""
    for curve in _curves(result.samples):
        (folder / _file(curve.title)).write_text(svg(curve))
    (folder / _file(ALARMS)).write_text(bars(_bars(result.outcome)))
    page = folder / "report.md"
    page.write_text("\n".join(_lines(result)) + "\n")
    return page


def _file(title: str) -> str:
    return title.replace(" ", "-") + ".svg"


def _curves(samples: Sequence[Sample]) -> Iterator[Curve]:
    rates = [
        (two.after_s, (two.kept - one.kept) / (two.after_s - one.after_s))
        for one, two in pairwise(samples)
        if two.after_s > one.after_s
    ]
    yield Curve(title="entries kept", unit="a second", points=rates)
    for title, unit, points in (
        ("keeping", "ms, median", [(one.after_s, one.keep_ms) for one in samples]),
        ("judging", "ms from kept to judged, median", [(one.after_s, one.judge_ms) for one in samples]),
        ("waiting", "entries not judged yet", [(one.after_s, float(one.behind)) for one in samples]),
    ):
        yield Curve(title=title, unit=unit, points=points)


def _bars(outcome: Outcome) -> Bars:
    counts = [
        (code, {"found": tally.found, "missed": tally.happened - tally.found, "false": tally.false})
        for code, tally in sorted(outcome.by_code.items())
    ]
    return Bars(title=ALARMS, counts=counts)


def _lines(result: Result) -> Iterator[str]:
    scenario, lived_s = result.scenario, result.scenario.hours * 3600
    confirmed = sum(one.confirmed for one in result.spoken.values())
    yield f"# A city of {scenario.persons}, seed {scenario.seed}"
    yield ""
    yield (
        f"{scenario.hours:g} h of its time at {lived_s / result.seconds:.4g} times ({scenario.speed:g} wanted), "
        f"from {result.begun_at:%Y-%m-%d %H:%M} UTC on."
    )
    yield ""
    yield "| | |"
    yield "|---|---:|"
    yield f"| acknowledged | {confirmed} |"
    yield f"| time it took | {result.seconds:.0f} s |"
    yield f"| acknowledged a second | {confirmed / result.seconds:.0f} |"
    yield f"| all judged after the last acknowledgement | {result.judged_after_s:.1f} s |"
    yield ""
    yield from _devices(result.spoken, result.heard)
    for curve in _curves(result.samples):
        yield f"![{curve.title}]({_file(curve.title)})"
    yield ""
    yield from result.spoilings
    yield from _alarms(result.outcome)


def _devices(spoken: Mapping[str, Spoken], heard: Mapping[str, int]) -> Iterator[str]:
    yield "## Devices"
    yield ""
    yield "Told are reports of trackers and records of units; sent counts repetitions. Answers of the server are"
    yield "timed at the device, from what it sent to what it read."
    yield ""
    yield "| device | number | told | sent | acknowledged | refused | lines lost | answer, mean | longest |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for kind, one in spoken.items():
        counts = (one.devices, one.told, one.sent, one.confirmed, one.refused, one.reconnects)
        mean_ms = 1000 * one.answers_s / one.answers if one.answers else 0.0
        told = " | ".join(map(str, counts))
        yield f"| {kind} | {told} | {mean_ms:.0f} ms | {1000 * one.longest_answer_s:.0f} ms |"
    yield ""
    if heard:
        counts_of = ", ".join(f"{kind} {count}" for kind, count in heard.items())
        yield f"Heard by these, without a line of their own: {counts_of}."
        yield ""


def spoilings(scenario: Scenario, people: Sequence[Citizen]) -> Iterator[str]:
    """Give where and when satellites were spoilt, and how many people were there without a roof above them."""
    if not scenario.spoilings:
        return
    yield "## Satellites"
    yield ""
    yield "Who is there has no place, or a false one: found is what a device can know of that, and nobody is found"
    yield "elsewhere for it."
    yield ""
    yield "| what | where | radius | begins after | lasts | people there |"
    yield "|---|---|---:|---:|---:|---:|"
    for spoiling in scenario.spoilings:
        there = sum(bool(sky_of(one.story, (spoiling,)).spoilt_s) for one in people if one.story is not None)
        east_m, north_m = spoiling.place
        yield (
            f"| {spoiling.deed} | {east_m:g} m east, {north_m:g} m north | {spoiling.radius_m:g} m "
            f"| {spoiling.after_h:g} h | {spoiling.lasts_min:g} min | {there} |"
        )
    yield ""


def _alarms(outcome: Outcome) -> Iterator[str]:
    yield "## Alarms"
    yield ""
    yield "| code | priority | happened | found | missed | false |"
    yield "|---|---:|---:|---:|---:|---:|"
    for code, tally in sorted(outcome.by_code.items()):
        name = code.name.lower().replace("_", " ")
        counts = f"{tally.happened} | {tally.found} | {tally.happened - tally.found} | {tally.false}"
        yield f"| {code} {name} | {EVENTS[code].priority} | {counts} |"
    yield ""
    yield f"![{ALARMS}]({_file(ALARMS)})"
    if outcome.wrong:
        yield ""
        yield f"## Missed and false, the first {min(len(outcome.wrong), WRONG_SHOWN)} of {len(outcome.wrong)}"
        yield ""
        for one in outcome.wrong[:WRONG_SHOWN]:
            yield f"- № {one.number} ({one.device}, {one.life}), {one.after_s / 3600:.2f} h: {one.code} {one.what}"
