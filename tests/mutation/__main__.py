"""`python -m tests.mutation confirmation silence`: put small wrongs into rules and see that a test fails for each."""

import argparse
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trying import Fate, fate_of

ROOT = Path(__file__).parents[2]
RULES = ROOT / "src" / "baqylau" / "rules"
UNIT, WHOLE = ROOT / "tests" / "unit" / "rules", ROOT / "tests" / "property" / "test_rules.py"
LIST = Path(__file__).with_name("equivalents.toml")
RESULT = ROOT / "build" / "mutation.json"
FIGURES_ONLY = {"settings.py", "__init__.py"}
"""Nothing but figures: they are what was chosen, and no test says more of them than the file itself."""


class Told(Struct, frozen=True, kw_only=True):
    """What became of one mutant."""

    file: str
    function: str
    line: int
    before: str
    after: str
    fate: Fate


def equivalents() -> set[tuple[str, str, str, str]]:
    """Give the mutants that are accepted because nobody could see them; each has its reason in the list."""
    rows = tomllib.loads(LIST.read_text(encoding="utf-8")).get("equivalent", [])
    return {(row["file"], row["function"], row["before"], row["after"]) for row in rows if row["why"]}


def tests_for(path: Path) -> list[str]:
    """Give the tests that a mutant of the module is put to, those named like it first."""
    own = [str(file) for file in (UNIT / f"test_{path.stem}.py",) if file.exists()]
    return [*own, str(UNIT), str(WHOLE)]


def tried(paths: list[Path]) -> Iterator[Told]:
    """Try every mutant of some modules."""
    accepted = equivalents()
    for path in paths:
        for mutant in mutants(path):
            fate = fate_of(path, mutant, tests_for(path))
            known = fate is Fate.SURVIVED and mutant.told in accepted
            yield _told(mutant, Fate.EQUIVALENT if known else fate)


def _told(mutant: Mutant, fate: Fate) -> Told:
    return Told(
        file=mutant.file,
        function=mutant.function,
        line=mutant.line,
        before=mutant.before,
        after=mutant.after,
        fate=fate,
    )


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _main() -> int:
    known = sorted(path for path in RULES.glob("*.py") if path.name not in FIGURES_ONLY)
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("rules", nargs="*", choices=[path.stem for path in known], help="All when left out.")
    chosen = words.parse_args().rules or [path.stem for path in known]
    results = []
    for one in tried([path for path in known if path.stem in chosen]):
        results.append(one)
        if one.fate is Fate.SURVIVED:
            _say(f"survived: {one.file}:{one.line} {one.function}: {one.before!r} -> {one.after!r}")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    for file in sorted({one.file for one in results}):
        counted = Counter(one.fate.value for one in results if one.file == file)
        _say(f"{file}: " + ", ".join(f"{number} {fate}" for fate, number in sorted(counted.items())))
    return int(any(one.fate is Fate.SURVIVED for one in results))


if __name__ == "__main__":
    sys.exit(_main())
