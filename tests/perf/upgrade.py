"""`python -m tests.perf.upgrade --before COMMIT`: a country goes to this version, program by program, under load.

Judges, gateways, a site and its bridge of the version before are at work; each in turn is stopped as planned and begins
again with the code that lies here. The first one brings the tables up to date. Afterwards every promise is held against
what is on disk (`tests.perf.proofs`).
"""

import argparse
import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from msgspec import Struct
from sqlalchemy import Engine, text

from baqylau.links import wall_clock
from tests.perf import scripted
from tests.perf.country import Country
from tests.perf.figures import Figure, figure, show, wide_console
from tests.perf.installation import Installation, installed, register
from tests.perf.program import Program, environment, tended
from tests.perf.proofs import Outcome, Told, examine
from tests.perf.reporting import SOUND, crowd

DELIVER_S = 600.0
BETWEEN_S = 15.0
"""From one program to the next."""
_MIGRATE = (
    "import sys; from baqylau.storage.database import open_database; from baqylau.storage.migrating import migrate; "
    "migrate(open_database(sys.argv[1], name='before'))"
)
_REVISION = text("SELECT version_num FROM alembic_version")


class Plan(Struct, frozen=True, kw_only=True):
    """What to do."""

    before: str
    """The commit of the version before."""
    people: int = 60


class Seen(Struct, kw_only=True):
    """What came of it."""

    outcome: Outcome
    revisions: tuple[str, str]
    """Of the tables, before and after."""
    stopped_s: Mapping[str, float]
    """How long each program took to end."""
    seconds: float
    broke_off: tuple[str, ...]
    """What programs had said that ended without being asked to."""


@contextmanager
def code_of(commit: str) -> Iterator[Path]:
    """Give a folder with our code as it was then, forgotten afterwards."""
    with TemporaryDirectory(prefix="baqylau-before-") as folder:
        packed = subprocess.run(["git", "archive", commit, "src"], check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        yield Path(folder) / "src"


def made_by(code: Path, engine: Engine) -> None:
    """Let another version make the tables."""
    address = engine.url.render_as_string(hide_password=False).replace("postgresql+psycopg", "postgresql")
    subprocess.run([sys.executable, "-c", _MIGRATE, address], check=True, env=environment(code))


async def _upgraded(country: Country, plan: Plan, stopped_s: dict[str, float]) -> Mapping[str, Told]:
    random = Random(1)  # noqa: S311 - pauses, not secrets
    people = crowd(plan.people, lambda index, own: country.client(index, own, SOUND), random)
    people.begin()
    await asyncio.sleep(BETWEEN_S)
    for one in _in_order(country):
        begun_s = wall_clock.monotonic_s()
        await asyncio.to_thread(one.stop)
        stopped_s[one.name] = wall_clock.monotonic_s() - begun_s
        one.code = None
        one.start()
        await asyncio.sleep(BETWEEN_S)
    return await people.end(DELIVER_S)


def _in_order(country: Country) -> Iterator[Program]:
    """Give judges first and what hears devices last."""
    hears = ("gateway", "site")
    yield from (one for name, one in country.programs.items() if not name.startswith(hears))
    yield from (one for name, one in country.programs.items() if name.startswith(hears))


def run(plan: Plan) -> Seen:
    """Live through it, and give what came of it."""
    with ExitStack() as stack:
        code = stack.enter_context(code_of(plan.before))
        installation = stack.enter_context(installed(made=partial(made_by, code)))
        register(installation, scripted.registry(plan.people, wall_clock.now()))
        country = Country(installation, stack)
        for one in country.programs.values():
            one.code = code
        country.start()
        stack.enter_context(tended(country.programs.values()))
        before, begun_s, stopped_s = _revision(installation), wall_clock.monotonic_s(), dict[str, float]()
        told = asyncio.run(_upgraded(country, plan, stopped_s))
        seconds = wall_clock.monotonic_s() - begun_s
        country.forwarded(wall_clock.now())
        return Seen(
            outcome=examine(installation.dsn, installation.data, told, stop=country.stop),
            revisions=(before, _revision(installation)),
            stopped_s=stopped_s,
            seconds=seconds,
            broke_off=tuple(said for one in country.programs.values() for said in one.broke_off),
        )


def _revision(installation: Installation) -> str:
    with installation.engine.connect() as connection:
        return str(connection.scalar(_REVISION))


def figures(plan: Plan) -> Iterator[Figure]:
    """Give what was lost, doubled or told wrongly."""
    seen = run(plan)
    name = f"tables from {' to '.join(seen.revisions)}"
    yield figure(f"{name}: positions acknowledged", seen.outcome.acknowledged, "positions")
    yield figure(f"{name}: positions a second", seen.outcome.acknowledged / seen.seconds, "positions/s")
    told = "".join(f" ({said})" for said in seen.broke_off)
    yield figure(f"{name}: programs that ended by themselves{told}", len(seen.broke_off), "times", at_most=0)
    for what, count in seen.outcome.broken.items():
        yield figure(f"{name}: {what}", count, "of them", at_most=0)
    for program, seconds in seen.stopped_s.items():
        yield figure(f"{name}: {program} stopped in", seconds, "s")


def _main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--before", required=True)
    words.add_argument("--people", type=int, default=60)
    chosen = words.parse_args()
    measured = list(figures(Plan(before=chosen.before, people=chosen.people)))
    show("Upgrade", measured, wide_console())
    raise SystemExit(0 if all(one.ok for one in measured) else 1)


if __name__ == "__main__":
    _main()
