"""`python -m tests.mutation equipment/silence`: put small wrongs into rules and see that a test fails for each."""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.mutation.mutants import RULES, Mutant, digest, mutants
from tests.mutation.remembering import Memory
from tests.mutation.trying import Bench, with_bench

ROOT = Path(__file__).parents[2]
UNIT, WHOLE = ROOT / "tests" / "unit" / "rules", sorted((ROOT / "tests" / "property").glob("test_rules*.py"))
LIST, RECORDED = Path(__file__).with_name("equivalents.toml"), Path(__file__).with_name("recorded.json")
REMEMBERED = ROOT / "build" / "mutation.json"
EXEMPT = {"settings.py", "figures.py", "explaining.py", "explanation.py", "__init__.py"}
"""Nothing but figures, which are what was chosen; and what a finding lacks, which a property of all rules holds."""


class Figures(Struct, frozen=True, kw_only=True):
    """What became of a module's mutants."""

    on: str
    """The day, UTC."""
    of: str = ""
    """The module as it was, without its comments."""
    mutants: int
    killed: int
    equivalent: int
    """Nobody could see them: the list says why."""
    surviving: int


def equivalents() -> set[tuple[str, str, str, str]]:
    """Give the mutants that are accepted, as `Mutant.told` names them."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8")).get("equivalent", [])
    return {(row["file"], row["function"], row["before"], row["after"]) for row in rows if row["why"]}


def _tried(bench: Bench, memory: Memory, path: Path) -> Iterator[tuple[Mutant, str]]:
    for mutant in mutants(path):
        killer = memory.killer(path, mutant)
        if killer is None:
            killer = bench.killer(path, mutant)
            memory.keep(path, mutant, killer)
            memory.save()
        yield mutant, killer


def _figures(bench: Bench, memory: Memory, path: Path) -> Figures:
    accepted, number, killed, surviving = equivalents(), 0, 0, 0
    for mutant, killer in _tried(bench, memory, path):
        number += 1
        killed += bool(killer)
        if not killer and mutant.told not in accepted:
            surviving += 1
            _say(f"survived: {mutant.file}:{mutant.line} {mutant.function}: {mutant.before!r} -> {mutant.after!r}")
    figures = Figures(
        on=datetime.now(UTC).date().isoformat(),
        of=digest(path),
        mutants=number,
        killed=killed,
        equivalent=number - killed - surviving,
        surviving=surviving,
    )
    counts = f"{number} mutants, {killed} killed, {figures.equivalent} equivalent, {surviving} surviving"
    _say(f"{path.relative_to(RULES)}: {counts}")
    return figures


def recorded() -> dict[str, Figures]:
    """Give the figures that are kept, by the module's file."""
    return msgspec.json.decode(RECORDED.read_bytes(), type=dict[str, Figures]) if RECORDED.exists() else {}


def due(known: dict[str, Path]) -> list[str]:
    """Give the modules that nobody tried as they are now, and those in which something survived."""
    kept = recorded()
    figures = {name: kept.get(f"{name}.py") for name in known}
    return [name for name, one in figures.items() if one is None or one.surviving or one.of != digest(known[name])]


def _record(results: dict[str, Figures]) -> None:
    kept = {name: one for name, one in sorted((recorded() | results).items()) if (RULES / name).exists()}
    RECORDED.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _main() -> int:
    paths = [path for path in sorted(RULES.rglob("*.py")) if path.name not in EXEMPT]
    known = {str(path.relative_to(RULES).with_suffix("")): path for path in paths}
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("rules", nargs="*", choices=list(known), help="All when left out.")
    words.add_argument("--record", action="store_true", help="Write the figures where they are kept.")
    words.add_argument("--due", action="store_true", help="Only what has changed since, and where something survived.")
    words.add_argument("--tests", nargs="+", type=Path, help="Only these: what they kill is killed, quickly.")
    chosen = words.parse_args()
    tests = [one.resolve() for one in chosen.tests] if chosen.tests else [UNIT, *WHOLE]
    memory = Memory(
        REMEMBERED, ROOT, [file for one in tests for file in (one.rglob("*.py") if one.is_dir() else (one,))]
    )
    results: dict[str, Figures] = {}
    names = chosen.rules or list(known)
    names = due({name: known[name] for name in names}) if chosen.due else names

    def work(bench: Bench) -> None:
        for test in bench.look():
            _say(f"left out, as it fails without any mutant: {test}")
        for name in names:
            results[f"{name}.py"] = _figures(bench, memory, known[name])
            if chosen.record:
                _record(results)

    with_bench(RULES, [str(place) for place in tests], work)
    return int(any(one.surviving for one in results.values()))


if __name__ == "__main__":
    sys.exit(_main())
