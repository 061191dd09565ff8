"""`python -m tests.quality`: judge invented lives whose truth is known, and say how often alarms are right."""

import argparse
from pathlib import Path

from tests.perf.figures import wide_console, write
from tests.quality.all_families import FAMILIES
from tests.quality.judging import score
from tests.quality.report import figures, table

RESULT = Path("build") / "quality.json"
VARIANTS = 20


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--variants", type=int, default=VARIANTS, help="Cases of each family.")
    words.add_argument("--family", action="append", choices=sorted(FAMILIES), help="Only these; all when left out.")
    chosen = words.parse_args()
    total, console = score(chosen.family or FAMILIES, chosen.variants), wide_console()
    measured = list(figures(total))
    write(measured, RESULT)
    console.print(table(total))
    for wrong in sorted(total.wrong):
        console.print(f"wrong: {wrong}", highlight=False)
    console.print(f"{total.cases} cases, {total.days:.0f} person-days, {total.false} false findings:")
    for one in measured[-3:]:
        console.print(f"  {one.name}: {one.value:g} {one.unit}", highlight=False)
    missed = [one.name for one in measured if not one.ok]
    console.print(f"Targets missed: {', '.join(missed) or 'none'}.")


if __name__ == "__main__":
    _main()
