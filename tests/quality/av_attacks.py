"""`python -m tests.quality.av_attacks`: attacks and genuine checks through the real unit and server, with intervals.

The people are invented: faces of two people and voices of four, from the public recordings beside the tree, put
together. Whatever is made of them lives as long as this program.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import msgspec

from baqylau.crypto.signing import Signer
from baqylau.links.face_finder import face_finder
from baqylau.monitoring.av_server.calibration import rate_up_to
from baqylau.monitoring.av_server.equipment import load_models
from baqylau.monitoring.av_server.presence import installed
from baqylau.sim.sitting.bench import GENUINE, Bench, Tried, tallied
from baqylau.sim.sitting.cast import Cast
from baqylau.sim.sitting.flat import Server, Unit
from baqylau.storage.database import open_database
from tests.conftest import database_server
from tests.quality.likeness import DATA

RESULT = Path("build") / "av_attacks.json"
ROUNDS = 3
DAY_S = 86_400


def tried(rounds: int, first: int = 0) -> Iterator[Tried]:
    """Run the bench."""
    key = Signer(bytes(32))
    with database_server() as dsn, tempfile.TemporaryDirectory() as place:
        engine = open_database(dsn)
        server = Server(engine, Path(place), key)
        unit = Unit(Path(place) / "unit", server, face_finder(), key)
        try:
            bench = Bench(Cast(DATA, load_models()), server, unit)
            for number in range(first, first + rounds):
                yield from bench.round(number)
        finally:
            unit.close()
            server.close()
            engine.dispose()


def lines(found: list[Tried]) -> Iterator[str]:
    """Say what came of it."""
    for one in tallied(found):
        wrong = one.tries - one.matches if one.species == GENUINE else one.matches
        name = "BPCER" if one.species == GENUINE else "APCER"
        outcomes = ", ".join(f"{count} {outcome}" for outcome, count in one.outcomes)
        rate = f"{name} {wrong / one.tries:.0%}, up to {rate_up_to(wrong, one.tries):.0%}"
        yield f"  {one.species:<24} {one.tries:>3} tries: {outcomes}; {rate}"
    cpu = [one.cpu_s for one in found if one.cpu_s]
    if cpu:
        each_s = median(cpu)
        yield f"  one comparison takes {each_s:.1f} s of a core: two cores carry {2 * DAY_S / each_s:,.0f} a day"


def main() -> int:
    """Print the table, and keep each try."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=ROUNDS, help="Tries of each species.")
    words.add_argument("--first", type=int, default=0, help="Number of the first round.")
    words.add_argument("--out", type=Path, default=RESULT, help="Where each try is kept.")
    chosen = words.parse_args()
    if not DATA.is_dir() or not installed():
        print("No recordings, or no models: nothing measured.")  # noqa: T201
        return 0
    found: list[Tried] = []
    chosen.out.parent.mkdir(exist_ok=True)
    for one in tried(chosen.rounds, chosen.first):
        found.append(one)
        print(f"  {datetime.now(UTC):%H:%M:%S} {one.species}: {one.outcome} ({', '.join(one.reasons)})", flush=True)  # noqa: T201
        chosen.out.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    print("\n".join(lines(found)))  # noqa: T201
    return int(any(one.species != GENUINE and one.matches for one in tallied(found)))


if __name__ == "__main__":
    sys.exit(main())
