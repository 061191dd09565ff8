"""A whole identity check with the real programs, as those who use them would take it: enrolled, asked for, sat, judged.

The person's face moves and speaks through pipes in place of camera and microphone (`sim.sitting.streams`). The server
that compares is killed while it does, the unit while it uploads, and at last the server is away altogether.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest

from baqylau.cli.roles.doors import options
from baqylau.links.radio.modem import written
from baqylau.links.radio.words import Sensor
from baqylau.locales import text
from baqylau.monitoring.av_server.presence import installed
from baqylau.sim.sitting.attacks import live
from baqylau.sim.sitting.cast import Cast, Person
from baqylau.sim.sitting.sitter import Sitter
from baqylau.sim.sitting.streams import Streams
from tests.conftest import own_directory
from tests.perf.installation import free_port
from tests.quality.likeness import DATA

pytestmark = [
    pytest.mark.skipif(not installed(), reason="the extra `av` is not installed"),
    pytest.mark.skipif(not DATA.is_dir(), reason="the recordings (BAQYLAU_TESTDATA) are not at hand"),
    pytest.mark.timeout(3600),
]
WITHIN_S = 900.0
LANGUAGE = "kk"
"""Of the person, who has named no other."""
PEOPLE = """
people:
  - {id: aigerim, name: Айгерім Ойдан, address: 'Тал көшесі, 1'}
orders:
  - {id: o-1, person: aigerim, court: Сот, act_number: '1/2026', act_date: 2026-01-01,
     from: 2026-01-01T00:00:00+05:00, until: 2040-01-01T00:00:00+05:00, restrictions: []}
"""
PROGRAM = (sys.executable, "-m", "baqylau.cli")


def wait(until: Callable[[], bool], why: str) -> None:
    """Wait for a condition."""
    deadline_s = monotonic() + WITHIN_S
    while not until():
        assert monotonic() < deadline_s, why
        sleep(0.3)


class Site:
    """A server with all its roles, a unit, its board, and a person who is enrolled."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.link, self.media, self.web = free_port(), free_port(), free_port()
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._board = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._answers, daemon=True).start()
        doors = options({"link": self.link, "media": self.media})
        self.start("server", "server", "--data", "data", *doors, "--web-port", str(self.web))
        wait(lambda: (folder / "data/keys").is_dir() and self.says("device", "list") is not None, "no server")
        (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
        self.types("import", "people.yaml")
        key = self.types("av-unit", "key", "--dir", "unit")
        self.types("device", "enrol", "av-1", "--kind", "av_unit", "--serial", "A-1", "--key", key, "--out", "e.json")
        self.types("av-unit", "enrol", "e.json", "--dir", "unit")
        self.types("device", "fit", "av-1", "aigerim")

    def _answers(self) -> None:
        while True:
            try:
                self._lines.append(self._board.accept()[0])
            except OSError:
                return

    def says(self, *words: str) -> str | None:
        """Type a command; None where it is refused."""
        done = subprocess.run([*PROGRAM, *words], capture_output=True, cwd=self.folder, env=self._env(), check=False)
        return done.stdout.decode().strip() if done.returncode == 0 else None

    def types(self, *words: str) -> str:
        done = subprocess.run([*PROGRAM, *words], capture_output=True, cwd=self.folder, env=self._env(), check=False)
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout.decode().strip()

    def _env(self) -> dict[str, str]:
        return os.environ | {"BAQYLAU_DATA": str(self.data), "BAQYLAU_LANGUAGE": "en"}

    def start(self, name: str, *words: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*PROGRAM, *words], cwd=self.folder, env=self._env(), stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, name: str) -> None:
        program = self._running.pop(name)
        program.send_signal(signal.SIGKILL)
        program.wait()

    def kill_role(self, role: str) -> bool:
        """Kill a role of the server; its watch starts it again."""
        server = self._running["server"].pid
        for child in Path(f"/proc/{server}/task/{server}/children").read_text().split():
            if f"baqylau.cli\0{role}\0".encode() in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
                return True
        return False

    def unit(self, camera: Path, microphone: Path) -> None:
        self.start(
            *("unit", "av-unit", "--dir", "unit", "--server", f"https://127.0.0.1:{self.link}"),
            *("--av-server", f"https://127.0.0.1:{self.media}", "--camera", f"file:{camera}"),
            *("--microphone", f"file:{microphone}", "--speaker", "none-here", "--page", "0"),
            *("--source", f"socket:127.0.0.1:{self._board.getsockname()[1]}"),
        )

    def shown(self) -> dict[str, object]:
        try:
            found: dict[str, object] = json.loads((self.folder / "unit/screen.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def press(self) -> None:
        for line in self._lines:
            try:
                line.sendall(written(Sensor("button", 1)))
            except OSError:
                continue

    def stands(self, *states: str) -> bool:
        """Tell whether `check list` says one of these of a check."""
        told = self.says("check", "list", "aigerim", "--language", "en") or ""
        return any(text("en", f"check.state.{state}") in told for state in states)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        for program in self._running.values():
            program.send_signal(signal.SIGINT)
        for program in self._running.values():
            try:
                program.wait(30)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
        self._board.shutdown(socket.SHUT_RDWR)
        self._board.close()
        for line in self._lines:
            line.close()


@pytest.fixture
def site() -> Iterator[Site]:
    with own_directory() as folder:
        one = Site(folder)
        try:
            yield one
        finally:
            one.close()


@pytest.fixture(scope="module")
def cast() -> Cast:
    from baqylau.monitoring.av_server.equipment import load_models  # noqa: PLC0415 - of the extra

    return Cast(DATA, load_models())


def enrol(site: Site, cast: Cast, person: Person) -> None:
    """Put a person's pictures and sounds into a folder, and enrol them from there."""
    place = site.folder / "enrol"
    place.mkdir()
    endings = {"image/jpeg": "jpg", "audio/wav": "wav"}
    for one in cast.offered(person):
        (place / f"{one.name}.{endings[one.item.content_type]}").write_bytes(one.item.content)
    site.types("av", "enrol", "aigerim", "enrol", "--by", "dana")


def sat(site: Site, sitter: Sitter) -> None:
    """Let somebody sit the check that was ordered, from the button to the end."""
    streams = Streams(sitter, site.folder / "unit", LANGUAGE)
    site.unit(streams.camera, streams.microphone)
    asked = {text(LANGUAGE, f"av.say.{word}") for word in ("due", "remind")}
    ended = {text(LANGUAGE, f"av.say.{word}") for word in ("done", "over")}
    wait(lambda: site.shown().get("text") in asked, "the screen asks for nothing")

    def begun() -> bool:
        site.press()
        return site.shown().get("capturing") is True

    wait(begun, "the check does not begin")
    wait(lambda: site.shown().get("text") in ended, "the check does not end")
    streams.close()


def test_a_person_is_enrolled_asked_and_sits_and_is_not_taken_for_another_though_the_comparison_is_killed(
    site: Site, cast: Cast
) -> None:
    """On a busy machine pictures are missing from the film; then a person has to look."""
    person = cast.people[0]
    enrol(site, cast, person)
    site.types("check", "order", "aigerim", "identity", "--reason", "installation")
    sat(site, live(cast, person, person, np.random.default_rng(1)))
    wait(lambda: site.stands("submitted", "match", "review"), "nothing comes to the server")
    assert site.kill_role("av-server")
    wait(lambda: site.stands("match", "review"), "nothing is compared")
    assert not site.stands("no_match", "missed", "failed")
    assert "recordings_refused" not in site.log("unit")
