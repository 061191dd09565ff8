"""A person, an audio-visual unit and both servers as real programs that talk over real sockets."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.roles.doors import options
from baqylau.cli.vaulted import Vaulted, vaulted
from baqylau.domain.checks import CheckKind, CheckWhy
from baqylau.domain.ids import CheckId, DeviceId, OrderId, PersonId
from baqylau.domain.observations import Body
from baqylau.domain.orders import Order
from baqylau.domain.people import Language, Person
from baqylau.links.clips import Clip, ClipWriter
from baqylau.links.radio.modem import written
from baqylau.links.radio.words import Sensor
from baqylau.links.wall_clock import now
from baqylau.storage.checks.checks import Checks, Request
from baqylau.storage.checks.media import Media
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from tests.perf.installation import free_port

AIGERIM, UNIT = PersonId("aigerim"), DeviceId("av-1")
WITHIN_S = 240.0
RATE_HZ = 15


def wait(until: Callable[[], bool], why: str) -> None:
    """Wait for a condition."""
    deadline_s = monotonic() + WITHIN_S
    while not until():
        assert monotonic() < deadline_s, why
        sleep(0.05)


def film(file: Path, seconds: float = 2.0) -> None:
    """Make a video with sound in which nobody is to be seen."""
    made: list[Clip] = []
    writer = ClipWriter(made.append)
    shades = np.random.default_rng(6).integers(40, 200, (240, 320, 3), dtype=np.uint8)
    tone = (6_000 * np.sin(np.arange(48_000) / 9)).astype(np.int16)
    for number in range(round(seconds * RATE_HZ)):
        writer.see(np.roll(shades, number, axis=1), 1000 * number // RATE_HZ)
        writer.hear(tone[: 48_000 // RATE_HZ], 1000 * number // RATE_HZ)
    writer.close(round(1000 * seconds))
    file.write_bytes(made[0].content)


class Programs:
    """Programs of ours that run, by a name; each can be killed as by a cut of power."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *words: str) -> None:
        command = [sys.executable, "-m", "baqylau.cli", *words]
        self._running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def kill(self, name: str) -> None:
        program = self._running.pop(name)
        assert program.poll() is None, name
        program.send_signal(signal.SIGKILL)
        program.wait()

    def stop(self) -> None:
        for program in self._running.values():
            program.terminate()
        for program in self._running.values():
            try:
                program.wait(timeout=60)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()


class Flat:
    """Everything of the story."""

    def __init__(
        self, engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, dsn: str, *, filmed: bool = True
    ) -> None:
        monkeypatch.chdir(folder)
        monkeypatch.setenv("BAQYLAU_DATABASE", dsn)
        monkeypatch.setenv("BAQYLAU_DATA", str(folder / "data"))
        self.programs = Programs()
        self.link, self.media_port = free_port(), free_port()
        self._board = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        threading.Thread(target=self._answer, daemon=True).start()
        if filmed:
            film(folder / "film.webm")
        self._registered(engine)
        self.own: Vaulted = vaulted(engine, folder / "data")
        self.media = Media(engine, self.own.vault, folder / "data" / "media", now, os.urandom)
        self.checks = Checks(engine, self.own.journal, now)

    def _answer(self) -> None:
        while True:
            try:
                self._lines.append(self._board.accept()[0])
            except OSError:
                return

    def press(self) -> None:
        """Press the button of the unit's board."""
        for line in self._lines:
            line.sendall(written(Sensor("button", 1)))

    def close(self) -> None:
        self.programs.stop()
        self._board.shutdown(socket.SHUT_RDWR)
        self._board.close()
        for line in self._lines:
            line.close()

    @staticmethod
    def _types(*words: str) -> str:
        done = CliRunner().invoke(app, list(words))
        assert done.exit_code == 0, (words, done.output)
        return done.stdout.strip()

    def _registered(self, engine: Engine) -> None:
        order = Order(
            id=OrderId("o-1"),
            person_id=AIGERIM,
            court="Invented court",
            act_number="1-26",
            act_date=date(2026, 1, 1),
            from_at=now() - timedelta(days=1),
            until_at=now() + timedelta(days=300),
        )
        registry = Registry(people=(Person(id=AIGERIM, name="Айгерім"),), orders=(order,))
        Registers(engine, now).save(registry, by="test")
        key = self._types("av-unit", "key", "--dir", "unit")
        enrol = ("--kind", "av_unit", "--serial", "A-1", "--key", key, "--out", "enrolment.json")
        self._types("device", "enrol", UNIT, *enrol)
        self._types("av-unit", "enrol", "enrolment.json", "--dir", "unit")
        self._types("device", "fit", UNIT, AIGERIM)

    @property
    def link_door(self) -> list[str]:
        return options({"link": self.link})

    def start_servers(self) -> None:
        self.programs.start("gateway", "gateway", *self.link_door)
        self.start_av_server()

    def start_av_server(self) -> None:
        self.programs.start("av-server", "av-server", "--door", f"media={self.media_port}")

    def start_unit(self, *more: str) -> None:
        self.programs.start(
            *("unit", "av-unit", "--dir", "unit", "--server", f"https://127.0.0.1:{self.link}"),
            *("--av-server", f"https://127.0.0.1:{self.media_port}", "--camera", "file:film.webm"),
            *("--microphone", "file:film.webm", "--speaker", "none-here"),
            *("--source", f"socket:127.0.0.1:{self._board.getsockname()[1]}", *more),
        )

    def ask(self, lasts: timedelta = timedelta(minutes=15)) -> CheckId:
        """Ask for a check, due now."""
        request = Request(
            id=CheckId("c-1"),
            person_id=AIGERIM,
            device_id=UNIT,
            kind=CheckKind.IDENTITY,
            why=CheckWhy.ORDERED,
            due_at=now(),
            remind_at=now() + lasts / 3,
            expires_at=now() + lasts,
            language=Language.KK,
        )
        self.checks.ask(request, "duty")
        return request.id

    def facts(self) -> list[Body]:
        """Give everything that the journal has of the check."""
        return [body for one in self.checks.facts(CheckId("c-1")) for body in one.bodies]
