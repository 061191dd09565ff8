"""The watch over the roles: a child that dies is started again, and one that cannot live ends everything."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from baqylau.monitoring.server import supervise as watch
from baqylau.monitoring.server.supervise import Child, ChildKeepsDyingError


def test_a_role_that_is_killed_is_started_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = write(tmp_path, "import time; time.sleep(60)")

    async def story() -> None:
        child = Child("gateway", [], {})
        running = asyncio.create_task(child.run())
        first = await started(child, None)
        os.kill(first, signal.SIGKILL)
        assert await started(child, first) != first
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert child.process is not None
        assert child.process.returncode is not None

    monkeypatch.setattr(watch, "PROGRAM", program)
    asyncio.run(story())


def test_a_role_that_cannot_stay_up_is_given_up_loudly(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(watch, "PROGRAM", write(tmp_path, "raise SystemExit(3)"))
    monkeypatch.setattr(watch, "RESTARTS_MAX", 2)
    with pytest.raises(ChildKeepsDyingError):
        asyncio.run(watch.supervise({"judge": []}, {}))


def test_secrets_are_in_the_environment_of_a_role_and_not_among_its_arguments(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    program = write(tmp_path, f"import os, sys; open({str(seen)!r}, 'w').write(os.environ['DSN'] + str(sys.argv[1:]))")
    monkeypatch.setattr(watch, "PROGRAM", program)
    monkeypatch.setattr(watch, "RESTARTS_MAX", 1)
    with pytest.raises(ChildKeepsDyingError):
        asyncio.run(watch.supervise({"web": ["--port", "1"]}, {"DSN": "postgresql://secret@db"}))
    assert seen.read_text() == "postgresql://secret@db['--port', '1']"


def test_a_child_ends_when_its_parent_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    waiting = "from baqylau.monitoring.server import lifeline; import time; lifeline.hold(); time.sleep(60)"
    monkeypatch.setattr(watch, "PROGRAM", write(tmp_path, waiting))

    async def story() -> int:
        child = Child("gateway", [], {})
        running = asyncio.create_task(child.run())
        await started(child, None)
        process = child.process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(20):
            code = await process.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return code

    assert asyncio.run(story()) == -signal.SIGTERM


def write(folder: Path, code: str) -> tuple[str, ...]:
    script = folder / "program.py"
    script.write_text(code)
    return (str(script),)


async def started(child: Child, after: int | None) -> int:
    """Wait until the child runs under another number than before."""
    for _ in range(2_000):
        await asyncio.sleep(0.01)
        if child.process is not None and child.process.pid != after:
            return child.process.pid
    message = "the child was not started"
    raise TimeoutError(message)
