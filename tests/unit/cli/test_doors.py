"""Where protocols are awaited."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from sqlalchemy import Engine

from baqylau.cli.roles.doors import options, ports_of
from baqylau.monitoring.server.settings import DOORS
from baqylau.protocols.fleet import FLEET
from baqylau.storage.judging.live import Live


def test_every_protocol_has_its_door_and_no_two_the_same() -> None:
    assert set(DOORS) == {*FLEET, "any", "link", "media"}
    assert len(set(DOORS.values())) == len(DOORS)


def test_doors_are_the_usual_ones_unless_said_otherwise() -> None:
    assert ports_of(None) == DOORS
    assert ports_of(["egts=4001", "wialon=closed"]) == {
        name: 4001 if name == "egts" else port for name, port in DOORS.items() if name != "wialon"
    }


def test_a_program_is_told_exactly_the_doors_that_another_has() -> None:
    chosen = {"wialon": 7, "egts": 0}
    assert ports_of(options(chosen)[1::2]) == chosen


@pytest.mark.parametrize("door", ["", "wialon", "wialon=", "wialon=-1", "wialon=65536", "carrier-pigeon=1", "egts=x"])
def test_what_is_no_door_is_said(door: str) -> None:
    with pytest.raises(typer.BadParameter, match=r"is not one of|a port is"):
        ports_of([door])


def test_a_gateway_whose_port_is_taken_says_so_and_nobody_says_that_we_listened(
    tmp_path: Path, dsn: str, engine: Engine
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = ["--data", str(tmp_path), "--database", dsn, *options({"wialon": port})]
        ended = subprocess.run(
            [sys.executable, "-m", "baqylau.cli", "gateway", *words], capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        f"The door of wialon cannot be opened at 127.0.0.1:{port}: Address already in use. "
        "Give it another port, or `closed`."
    )
    assert Live(engine).listened().here is None, "else everybody's silence would count against them"
