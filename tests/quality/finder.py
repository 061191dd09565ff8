"""How often an officer who follows the console's finder reaches the bracelet: 200 invented flats and yards.

.venv/bin/python -m tests.quality.finder     writes build/finder.json
"""

import json
from pathlib import Path
from random import Random
from statistics import median

from baqylau.sim.finding import Search, place, searched

PLACES, SEED = 200, 1
ALERT_MS, REST_MS = 1_000, 5_000
"""How often a bracelet sends for a minute after its strap or case changed, and else (`spec/beacon.md`)."""
OUT = Path("build/finder.json")


def searches(count: int = PLACES, seed: int = SEED, *, every_ms: int = ALERT_MS, blind: bool = False) -> list[Search]:
    """Let an officer look in so many places for a bracelet that sends every so often."""
    chance = Random(seed)  # noqa: S311 - invented places
    return [searched(place(chance), chance, every_ms=every_ms, blind=blind) for _ in range(count)]


def figures(found: list[Search]) -> dict[str, float]:
    """Give the share that was reached, and how long it took and how far it was to walk where it was."""
    reached = [one for one in found if one.reached]
    return {
        "places": len(found),
        "reached_share": round(len(reached) / len(found), 3),
        "median_s": round(median(one.seconds for one in reached)),
        "median_way": round(median(one.walked_m / one.straight_m for one in reached), 1),
    }


def main() -> None:
    """Measure, and write it down."""
    found, walked = searches(), searches(blind=True)
    told = {
        "all": figures(found),
        "flats": figures([one for one in found if one.kind == "flat"]),
        "yards": figures([one for one in found if one.kind == "yard"]),
        "without_the_trend": figures(walked),
        "bracelet_at_rest": figures(searches(every_ms=REST_MS)),
    }
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(told, indent=1))  # noqa: T201 - its purpose


if __name__ == "__main__":
    main()
