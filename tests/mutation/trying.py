"""Put mutants to the tests that run what they change, each in a fork of a process that has collected all tests."""

import gc
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import _lru_cache_wrapper
from importlib.machinery import SourceFileLoader
from inspect import CO_OPTIMIZED
from math import ceil
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_CPU, setrlimit
from signal import SIGKILL, SIGXCPU
from time import monotonic, process_time, sleep
from types import CodeType, FrameType, FunctionType

import hypothesis
import msgspec
import pytest
from hypothesis import Phase
from msgspec import Struct

from tests.mutation.mutants import Mutant, mutated

OPTIONS = ("-qqq", "--no-summary", "--assert=plain", "--capture=no")
ENDLESS_S = 30.0
"""A test that takes more of a processor than this will not end."""
WAITED = 40
"""So many times as long all tests may take by the clock: a busy machine is no endless mutant, and a deadlock is one."""
ENDLESS = "nothing: it never ended"


class Seen(Struct, frozen=True):
    """What one test ran of the modules, and how long it took."""

    duration_s: float
    functions: list[tuple[str, int]]
    """File and first line of each function."""


class Bench:
    """All tests, collected once. Used inside `with_bench` only."""

    def __init__(self, items: Sequence[pytest.Item], folder: Path) -> None:
        self._items = {item.nodeid: item for item in items}
        self._folder = str(folder)
        self._seen: dict[str, Seen] = {}
        self._killers: dict[tuple[str, str], list[str]] = defaultdict(list)
        gc.collect()
        gc.freeze()

    def look(self) -> list[str]:
        """Run every test once to see what it runs. Give those that fail: they say nothing of mutants."""
        found = msgspec.json.decode(_in_fork(self._look, ENDLESS_S * 10), type=dict[str, Seen | None])
        self._seen = {name: seen for name, seen in found.items() if seen is not None}
        return [name for name, seen in found.items() if seen is None]

    def killer(self, path: Path, mutant: Mutant) -> str:
        """Give the test that fails with the mutant, empty when there is none."""
        old, new = _parts(compile(path.read_bytes(), str(path), "exec")), _parts(_code(path, mutant))
        tests = self._tests(path, mutant, old.changed(new)) if old.frame == new.frame else []
        if tests:
            said = _in_fork(lambda: self._exchanged(str(path), new, tests), ENDLESS_S)
        else:
            tests = self._tests(path, mutant, None)
            said = _in_fork(lambda: _imported(path, mutant, tests), ENDLESS_S)
        if said:
            self._killers[mutant.file, mutant.function].insert(0, said)
        return said

    def _tests(self, path: Path, mutant: Mutant, lines: set[int] | None) -> list[str]:
        """Give the tests that run the changed functions (any of the module, without lines), the likely first."""
        likely = self._killers[mutant.file, mutant.function][:3]
        running = (
            (name not in likely, seen.duration_s, name)
            for name, seen in self._seen.items()
            if any(file == str(path) and (lines is None or line in lines) for file, line in seen.functions)
        )
        return [name for *_, name in sorted(running)]

    def _look(self) -> str:
        seen: dict[str, Seen | None] = {}
        caches = _caches(self._folder)
        for name, item in self._items.items():
            functions: set[tuple[str, int]] = set()
            for cache in caches:
                cache.cache_clear()
            began_s = monotonic()
            sys.settrace(_watching(self._folder, functions))
            failed = _fails(item)
            sys.settrace(None)
            seen[name] = None if failed else Seen(monotonic() - began_s, sorted(functions))
        return msgspec.json.encode(seen).decode()

    def _exchanged(self, path: str, new: "_Parts", tests: Sequence[str]) -> str:
        for cache in _caches(self._folder):
            cache.cache_clear()
        codes = new.all
        for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
            code = function.__code__
            changed = codes.get((code.co_firstlineno, code.co_qualname)) if code.co_filename == path else None
            if changed and changed.co_freevars == code.co_freevars:
                function.__code__ = changed
        return next((name for name in tests if _fails_in_time(self._items[name])), "")


def with_bench(folder: Path, tests: Sequence[str], work: Callable[[Bench], None]) -> None:
    """Collect tests and work with them on the modules of a folder."""

    class Instead:
        @pytest.hookimpl(tryfirst=True)
        def pytest_runtestloop(self, session: pytest.Session) -> bool:
            work(Bench(session.items, folder))
            return True

    settled = hypothesis.settings(derandomize=True, database=None, phases=(Phase.explicit, Phase.generate))
    hypothesis.settings.register_profile("try", settled)
    hypothesis.settings.load_profile("try")
    code = pytest.main([*OPTIONS, *tests], plugins=[Instead()])
    if code:
        raise RuntimeError(f"the tests cannot be collected: {code}")


class _Parts(Struct, frozen=True):
    """A module's code: what runs when it is imported, and its outer functions by their first lines."""

    frame: list[object]
    functions: dict[int, CodeType]

    def changed(self, new: "_Parts") -> set[int]:
        return {line for line, code in self.functions.items() if new.functions.get(line) != code}

    @property
    def all(self) -> dict[tuple[int, str], CodeType]:
        """Functions with those within them, which may have been made when the module was imported."""
        return {
            (one.co_firstlineno, one.co_qualname): one for outer in self.functions.values() for one in _within(outer)
        }


def _within(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _within(constant)


def _parts(code: CodeType) -> _Parts:
    parts = _Parts([code.co_code, code.co_names], {})
    for constant in code.co_consts:
        if not isinstance(constant, CodeType):
            parts.frame.append(repr(constant))
        elif constant.co_name.startswith("<"):
            parts.frame.append(constant)
        elif constant.co_flags & CO_OPTIMIZED:
            parts.functions[constant.co_firstlineno] = constant
        else:
            inner = _parts(constant)
            parts.frame.append(inner.frame)
            parts.functions.update(inner.functions)
    return parts


def _code(path: Path, mutant: Mutant) -> CodeType:
    return compile(mutated(path, mutant), str(path), "exec")


def _caches(folder: str) -> list["_lru_cache_wrapper[object]"]:
    """Give what remembers results of functions: a test that finds one there does not run the function."""
    gc.unfreeze()
    found = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    return [one for one in found if one.__wrapped__.__code__.co_filename.startswith(folder)]


def _watching(folder: str, functions: set[tuple[str, int]]) -> Callable[[FrameType, str, object], None]:
    def trace(frame: FrameType, _event: str, _value: object) -> None:
        code = frame.f_code
        if code.co_filename.startswith(folder):
            functions.add((code.co_filename, code.co_firstlineno))

    return trace


def _fails(item: pytest.Item) -> bool:
    before = item.session.testsfailed
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return item.session.testsfailed > before


def _fails_in_time(item: pytest.Item) -> bool:
    _allow()
    return _fails(item)


def _allow() -> None:
    """Let one test more take what a test may: a mutant that no test sees runs all of them, which is not endless."""
    setrlimit(RLIMIT_CPU, (ceil(process_time() + ENDLESS_S), RLIM_INFINITY))


class _Failing:
    name = ""

    def pytest_runtest_logstart(self) -> None:
        _allow()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.name = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.name = report.nodeid


def _imported(path: Path, mutant: Mutant, tests: Sequence[str]) -> str:
    """Run tests that import the mutant: what runs when a module is imported cannot be exchanged afterwards."""
    for name in [name for name in sys.modules if name.split(".")[0] in {"baqylau", "tests"}]:
        del sys.modules[name]
    loaded = _put(path, _code(path, mutant))
    failing = _Failing()
    code = pytest.main([*OPTIONS, "-x", *tests], plugins=[failing])
    if not loaded:
        raise RuntimeError(f"no test imports {mutant.file}")
    return failing.name or ("collecting" if code else "")


def _put(path: Path, code: CodeType) -> list[str]:
    """Let a module be imported with this code; give a list that fills when it is."""
    loaded: list[str] = []
    whole = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if Path(loader.path).resolve() != path:
            return whole(loader, name)
        loaded.append(name)
        return code

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
    return loaded


def _in_fork(work: Callable[[], str], limit_s: float) -> str:
    """Give what the work says in a process of its own. `RuntimeError` when it dies."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(work, reading, writing, limit_s)
    os.close(writing)
    said, end_s = b"", monotonic() + limit_s * WAITED
    os.set_blocking(reading, False)
    while monotonic() < end_s:
        part = _read(reading)
        if part == b"":
            break
        said += part or b""
        if part is None:
            sleep(0.005)
    else:
        os.kill(child, SIGKILL)
        said = ENDLESS.encode()
    os.close(reading)
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) == -SIGXCPU:
        return ENDLESS
    if os.waitstatus_to_exitcode(status) > 0:
        raise RuntimeError("a try died")
    return said.decode()


def _read(pipe: int) -> bytes | None:
    try:
        return os.read(pipe, 1 << 16)
    except BlockingIOError:
        return None


def _work(work: Callable[[], str], reading: int, writing: int, limit_s: float) -> None:
    """Do the work, say what it gives and end the process."""
    code = 1
    try:
        setrlimit(RLIMIT_CPU, (ceil(limit_s), RLIM_INFINITY))
        os.close(reading)
        silence = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.stdout, sys.stderr):
            os.dup2(silence, stream.fileno())
        said = work().encode()
        while said:
            said = said[os.write(writing, said) :]
        code = 0
    finally:
        os._exit(code)
