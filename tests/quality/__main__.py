"""`python -m tests.quality`: judge invented lives whose truth is known, and say how often alarms are right."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from tests.perf.figures import show, wide_console, write
from tests.quality.all_families import FAMILIES
from tests.quality.judging import score
from tests.quality.load import load, load_figures
from tests.quality.page import RECORDED, recorded
from tests.quality.report import figures, table

RESULT = Path("build") / "quality.json"
VARIANTS = 10
PEOPLE, DAYS = 40, 7


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--variants", type=int, default=VARIANTS, help="Cases of each family.")
    words.add_argument("--family", action="append", choices=sorted(FAMILIES), help="Only these; all when left out.")
    words.add_argument("--seed", default="", help="Any word: other lives of the same families.")
    words.add_argument("--people", type=int, default=PEOPLE, help="People of the lossy load, each for a week.")
    words.add_argument("--record", action="store_true", help="Keep the result for the documentation, too.")
    chosen = words.parse_args()
    total, console = score(chosen.family or FAMILIES, chosen.variants, chosen.seed), wide_console()
    console.print(table(total))
    for wrong in sorted(total.wrong):
        console.print(f"wrong: {wrong}", highlight=False)
    worked = load(chosen.people, DAYS, chosen.seed)
    for lost in sorted(worked.lost):
        console.print(f"lost: {lost}", highlight=False)
    measured, loaded = list(figures(total)), list(load_figures(worked))
    write([*measured, *loaded], RESULT)
    show(
        f"{total.cases} cases of {len(FAMILIES)} families, {total.days:.0f} person-days",
        [*measured[-3:], *loaded],
        console,
    )
    if chosen.record:
        today = datetime.now(UTC).date()
        RECORDED.write_bytes(recorded(total, worked, chosen.variants, len(FAMILIES), today))
    missed = [one.name for one in (*measured, *loaded) if not one.ok]
    console.print(f"Targets missed: {', '.join(missed) or 'none'}.")


if __name__ == "__main__":
    _main()
