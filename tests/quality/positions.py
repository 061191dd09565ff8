"""`python -m tests.quality.positions`: how right positions are, and how soon disturbance is found; all simulated."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from tests.perf.figures import Figure, figure, quantile, show, wide_console, write
from tests.quality.accuracy import FIRST_FIX_S, SETTINGS, Measured, measured
from tests.quality.handover import Handovers, handovers
from tests.quality.positions_page import PAGE, RECORDED, Targets, page, read, recorded
from tests.quality.sky import CLEAN, FOUND_WITHIN_S, PROFILES
from tests.quality.sky_runs import Runs, runs

RESULT = Path("build") / "positions.json"
RECEIVERS, MINUTES, RUNS = 16, 60, 60
TRIPS = 10
"""Of each life, with two hand-overs each."""
HANDOVERS = 1000


def accuracy_figures(all_of_them: Sequence[Measured], targets: Targets) -> Iterator[Figure]:
    """Give the share of near positions of each setting, and the first fix under an open sky."""
    for one in all_of_them:
        held = targets.of(one.setting.held_to)
        yield figure(f"{one.setting.name}: within {one.setting.limit_m:.0f} m", one.share, "share", at_least=held)
        if one.setting.held_to == "outdoors":
            first_s = max(one.first_fixes_s, default=FIRST_FIX_S * 2)
            yield figure(f"{one.setting.name}: slowest first fix", first_s, "s", at_most=FIRST_FIX_S)


def run_figures(all_of_them: Sequence[Runs], targets: Targets) -> Iterator[Figure]:
    """Give how much was found in its time, and what was found where nothing was done."""
    for one in all_of_them:
        if one.code is None:
            yield figure(f"{one.name}: alarms", sum(one.alarms.values()), "alarms", at_most=0)
            continue
        yield figure(f"{one.name}: found within {FOUND_WITHIN_S:.0f} s", one.share, "share", at_least=targets.disturbed)
        if one.delays_s:
            yield figure(f"{one.name}: delay p50", median(one.delays_s), "s")
            yield figure(f"{one.name}: delay p99", quantile(one.delays_s, 0.99), "s")


def handover_figures(lived: Handovers) -> Iterator[Figure]:
    """Give what hand-overs led to."""
    yield figure("hand-overs between home unit and carried unit", lived.times, "times")
    yield figure("hand-overs: false absences", lived.absences, "findings", at_most=0)
    yield figure("hand-overs: other alarms of the first priority, mid-stay", lived.besides, "alarms")


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--runs", type=int, default=RUNS, help="Runs of each disturbance and of each clean way.")
    words.add_argument("--receivers", type=int, default=RECEIVERS, help="Receivers in each setting, for an hour each.")
    words.add_argument("--handovers", type=int, default=HANDOVERS, help="Between the unit at home and the carried one.")
    words.add_argument("--outdoors", type=float, default=Targets().outdoors, help="Share held to outdoors.")
    words.add_argument("--indoors", type=float, default=Targets().indoors, help="Share held to indoors with a relay.")
    words.add_argument("--record", action="store_true", help="Keep the result, and write the page of the reference.")
    chosen = words.parse_args()
    targets = Targets(outdoors=chosen.outdoors, indoors=chosen.indoors)
    places = [measured(one, chosen.receivers, MINUTES) for one in SETTINGS]
    lived = [runs(name, make, chosen.runs) for name, make in (PROFILES | CLEAN).items()]
    handed = handovers(chosen.handovers // (2 * TRIPS), TRIPS)
    figures = [*accuracy_figures(places, targets), *run_figures(lived, targets), *handover_figures(handed)]
    write(figures, RESULT)
    show("positions, disturbance and hand-over, simulated", figures, wide_console())
    if chosen.record:
        RECORDED.write_bytes(recorded(places, lived, handed, targets, datetime.now(UTC).date()))
        PAGE.write_text(page(read()), encoding="utf-8")


if __name__ == "__main__":
    _main()
