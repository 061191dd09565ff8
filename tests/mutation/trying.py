"""Run the tests against a mutant, in a process of its own that begins where the heavy imports are done."""

import ast
import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib.machinery import SourceFileLoader
from pathlib import Path
from signal import SIGKILL
from time import monotonic, sleep
from types import CodeType

import hypothesis
import numpy as np
import pytest
import shapely

from tests.mutation.mutants import Mutant, mutated

HEAVY = (np, shapely)
"""Imported once here, so that each try begins with them."""
TRY_S = 60.0
"""A mutant that runs longer than this will not end."""
STRANGE = 100
"""Exit code of a try in which the module was never imported."""


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"
    ENDLESS = "endless"
    EQUIVALENT = "equivalent"
    """Survived, and the list says why it changes nothing that anybody could see."""


def fate_of(path: Path, mutant: Mutant, tests: Sequence[str]) -> Fate:
    """Try a mutant. `RuntimeError` when the tests never import its module."""
    child = os.fork()
    if child == 0:
        _try(path, mutated(path, mutant), tests)
    end_s = monotonic() + TRY_S
    while monotonic() < end_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return _fate(os.waitstatus_to_exitcode(status), mutant)
        sleep(0.01)
    os.kill(child, SIGKILL)
    os.waitpid(child, 0)
    return Fate.ENDLESS


def _fate(code: int, mutant: Mutant) -> Fate:
    if code == STRANGE:
        raise RuntimeError(f"no test imports {mutant.file}")
    return Fate.SURVIVED if code == 0 else Fate.KILLED


def _try(path: Path, tree: ast.Module, tests: Sequence[str]) -> None:
    """Run the tests and end the process."""
    loaded, code = [], STRANGE
    whole = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if Path(loader.path).resolve() != path:
            return whole(loader, name)
        loaded.append(name)
        return compile(tree, str(path), "exec")

    try:
        sys.path.insert(0, str(path.parents[2]))
        SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
        silence = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(silence, stream.fileno())
        hypothesis.settings.register_profile("try", derandomize=True, database=None)
        hypothesis.settings.load_profile("try")
        said = int(pytest.main(["-x", "-q", "--assert=plain", *tests]))
        code = said if loaded else STRANGE
    finally:
        os._exit(code)
