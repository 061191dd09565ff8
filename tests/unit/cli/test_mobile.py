"""A mobile unit on the command line: its key, a recorded walk through the whole program, receivers nobody knows."""

import json
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.spool import Spool
from baqylau.domain.observations import Fix, NoFix, ReceiverHealth, Sky
from baqylau.protocols.batch.records import Own
from tests.unit.devices.mobile_unit.handheld import UNIT

run = CliRunner().invoke
BEGIN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def enrolled(folder: Path) -> None:
    told = {"device_id": UNIT, "serial": "1", "server_key": Signer(b"s" * 32).public_key.hex()}
    file = folder.parent / "enrolment.json"
    file.write_text(json.dumps(told | {"root": "", "certificate": ""}), "utf-8")
    assert run(app, ["mobile-unit", "enrol", str(file), "--dir", str(folder)]).exit_code == 0


def sentence(content: str) -> str:
    return f"${content}*{reduce(xor, content.encode()):02X}\r\n"


def walk(minutes: int) -> str:
    """What a receiver says in the open, second by second."""
    said = ""
    for second in range(60 * minutes):
        at = BEGIN + timedelta(seconds=second)
        place = "4314.4000,N,07654.0000,E"
        said += sentence(f"GNGGA,{at:%H%M%S}.00,{place},1,09,0.9,810.0,M,-40.0,M,,")
        said += sentence(f"GNRMC,{at:%H%M%S}.00,A,{place},0.5,10.0,{at:%d%m%y},,,A")
    return said


def kept(folder: Path) -> list[object]:
    spool = Spool(folder)
    batch = spool.batch(UNIT, 0)
    spool.close()
    assert batch is not None
    return [body for record in batch.records if isinstance(record.said, Own) for body in record.said.bodies]


@pytest.mark.parametrize("beacons", [True, False])
def test_a_recorded_walk_goes_through_the_whole_program(tmp_path: Path, *, beacons: bool) -> None:
    folder, log, tape = tmp_path / "unit", tmp_path / "walk.nmea", tmp_path / "walk.txt"
    enrolled(folder)
    log.write_text(walk(5), "ascii")
    tape.write_text("".join(f"2026-11-22T10:0{minute}:00Z -60 ff\n" for minute in range(5)), "ascii")
    heard = ["--source", f"replay:{tape}"] if beacons else []
    result = run(app, ["mobile-unit", "--dir", str(folder), "--gnss", f"replay:{log}", "--fast", *heard])
    assert result.exit_code == 0, result.output
    bodies = kept(folder)
    fixes = [one for one in bodies if isinstance(one, Fix)]
    assert len(fixes) == 5
    assert fixes[0] == Fix(
        latitude_deg=43.24,
        longitude_deg=76.9,
        altitude_m=810.0,
        speed_m_s=fixes[0].speed_m_s,
        course_deg=10.0,
        satellites=9,
        hdop=0.9,
    )
    assert not [one for one in bodies if isinstance(one, NoFix | Sky)]
    assert sum(isinstance(one, ReceiverHealth) for one in bodies) >= 4


def test_a_unit_that_is_not_enrolled_says_by_which_command(tmp_path: Path) -> None:
    result = run(app, ["mobile-unit", "--dir", str(tmp_path)])
    assert (result.exit_code, "baqylau mobile-unit key" in result.stderr) == (1, True)
    assert len(bytes.fromhex(run(app, ["mobile-unit", "key", "--dir", str(tmp_path)]).stdout.strip())) == 32


@pytest.mark.parametrize(
    "words",
    [
        ("--gnss", "stars"),
        ("--gnss", "serial:/dev/ttyACM0,7"),
        ("--gnss", "replay:none", "--source", "socket:localhost:1"),
    ],
)
def test_a_receiver_that_nobody_knows_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    enrolled(tmp_path / "unit")
    assert run(app, ["mobile-unit", "--dir", str(tmp_path / "unit"), *words]).exit_code == 2


def test_a_log_that_is_not_there_or_has_no_time_is_said(tmp_path: Path) -> None:
    enrolled(tmp_path / "unit")
    empty = tmp_path / "empty.nmea"
    empty.write_bytes(b"")
    for log in (tmp_path / "none", empty):
        assert run(app, ["mobile-unit", "--dir", str(tmp_path / "unit"), "--gnss", f"replay:{log}"]).exit_code == 1
