"""Remember which test failed for which mutant, so that another run tries only what has changed."""

from hashlib import sha256
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.mutation.mutants import Mutant


class _Tried(Struct):
    module: str
    tests: str
    """What the killing test's file holds; of a survivor, what all tests hold."""
    killer: str


class Memory:
    """What earlier runs found out. It holds for a module and for the tests as they were."""

    def __init__(self, file: Path, root: Path, tests: list[Path]) -> None:
        self._file, self._root = file, root
        self._all = _digest(*sorted(tests))
        self._tried = msgspec.json.decode(file.read_bytes(), type=dict[str, _Tried]) if file.exists() else {}

    def killer(self, path: Path, mutant: Mutant) -> str | None:
        """Give the test that failed for a mutant, empty when none did, nothing when it is to be tried (again)."""
        tried = self._tried.get(_name(mutant))
        if tried is None or (tried.module, tried.tests) != (_digest(path), self._tests(tried.killer)):
            return None
        return tried.killer

    def keep(self, path: Path, mutant: Mutant, killer: str) -> None:
        """Remember what a try gave."""
        self._tried[_name(mutant)] = _Tried(_digest(path), self._tests(killer), killer)

    def save(self) -> None:
        """Write what is remembered."""
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_bytes(msgspec.json.encode(self._tried))

    def _tests(self, killer: str) -> str:
        if not killer:
            return self._all
        file = self._root / killer.partition("::")[0]
        return _digest(file) if file.is_file() else ""


def _name(mutant: Mutant) -> str:
    return f"{mutant.file} {mutant.node} {mutant.choice}"


def _digest(*files: Path) -> str:
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
