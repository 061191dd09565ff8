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

from msgspec.structs import replace

from baqylau.crypto.signing import Signer
from baqylau.links.face_finder import face_finder
from baqylau.monitoring.av_server.equipment import load_models
from baqylau.monitoring.av_server.presence import installed
from baqylau.sim.sitting.bench import Bench, Tried
from baqylau.sim.sitting.cast import Cast
from baqylau.sim.sitting.flat import Server, Unit
from baqylau.storage.database import open_database
from tests.conftest import database_server
from tests.quality.identity_page import ATTACKS, Attacked, accepted, kept_as, lines
from tests.quality.likeness import DATA

RESULT = Path("build") / "av_attacks.json"
ROUNDS = 3


def tried(rounds: int, first: int = 0, *, signed: bool = False) -> Iterator[Tried]:
    """Run the bench; `signed`: only what needs nobody before the camera."""
    key = Signer(bytes(32))
    with database_server() as dsn, tempfile.TemporaryDirectory() as place:
        engine = open_database(dsn)
        server = Server(engine, Path(place), key)
        unit = Unit(Path(place) / "unit", server, face_finder(), key)
        try:
            bench = Bench(Cast(DATA, load_models()), server, unit)
            for number in range(first, first + rounds):
                yield from bench.signed(number) if signed else bench.round(number)
        finally:
            unit.close()
            server.close()
            engine.dispose()


def main() -> int:
    """Print the table, and keep each try."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=ROUNDS, help="Tries of each species.")
    words.add_argument("--first", type=int, default=0, help="Number of the first round.")
    words.add_argument("--signed", action="store_true", help="Only what needs nobody before the camera.")
    words.add_argument("--out", type=Path, default=RESULT, help="Where each try is kept.")
    words.add_argument("--record", action="store_true", help="Keep the result for the reference.")
    chosen = words.parse_args()
    if not DATA.is_dir() or not installed():
        print("No recordings, or no models: nothing measured.")  # noqa: T201
        return 0
    found: list[Tried] = []
    chosen.out.parent.mkdir(exist_ok=True)
    told = Attacked(day=datetime.now(UTC).date(), rounds=chosen.rounds, tried=())
    for one in tried(chosen.rounds, chosen.first, signed=chosen.signed):
        found.append(one)
        print(f"  {datetime.now(UTC):%H:%M:%S} {one.species}: {one.outcome} ({', '.join(one.reasons)})", flush=True)  # noqa: T201
        told = replace(told, tried=tuple(found))
        chosen.out.write_bytes(kept_as(told))
    print("\n".join(lines(told)))  # noqa: T201
    if chosen.record:
        ATTACKS.write_bytes(kept_as(told))
    return int(bool(accepted(told)))


if __name__ == "__main__":
    sys.exit(main())
