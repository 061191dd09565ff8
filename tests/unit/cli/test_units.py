"""A unit on the command line: its key, its enrolment, a recorded night through the whole program."""

import json
import stat
from pathlib import Path

from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.signing import Signer
from baqylau.devices.linux_unit.folder import Folder
from baqylau.devices.linux_unit.spool import Spool
from baqylau.protocols.batch.records import Own
from tests.unit.devices.home_unit.home import UNIT

run = CliRunner().invoke


def enrolled(folder: Path, program: str = "home-unit") -> None:
    told = {
        "device_id": UNIT,
        "serial": "100",
        "server_key": Signer(b"s" * 32).public_key.hex(),
        "root": "",
        "certificate": "",
    }
    file = folder.parent / "enrolment.json"
    file.write_text(json.dumps(told), "utf-8")
    assert run(app, [program, "enrol", str(file), "--dir", str(folder)]).exit_code == 0


def test_the_key_is_made_once_and_only_the_owner_may_read_it(tmp_path: Path) -> None:
    shown = run(app, ["home-unit", "key", "--dir", str(tmp_path / "unit")]).stdout
    assert len(bytes.fromhex(shown.strip())) == 32
    assert run(app, ["home-unit", "key", "--dir", str(tmp_path / "unit")]).stdout == shown
    assert stat.S_IMODE((tmp_path / "unit/seed").stat().st_mode) == 0o600


def test_a_unit_that_is_not_enrolled_says_what_to_do(tmp_path: Path) -> None:
    result = run(app, ["home-unit", "--dir", str(tmp_path)])
    assert result.exit_code == 1
    assert "device enrol" in result.stderr
    wrong = tmp_path / "other.json"
    wrong.write_text("{}", "utf-8")
    result = run(app, ["home-unit", "enrol", str(wrong), "--dir", str(tmp_path), "--language", "ru"])
    assert (result.exit_code, "device enrol" in result.stderr) == (1, True)
    result = run(app, ["tracker", "enrol", str(wrong), "--dir", str(tmp_path)])
    assert (result.exit_code, "device provision" in result.stderr) == (1, True)


def test_a_console_without_a_list_says_so_and_asks_for_no_password(tmp_path: Path) -> None:
    enrolled(tmp_path / "console", "console")
    words = ["console", "status", "--dir", str(tmp_path / "console"), "--language", "en"]
    assert "no list yet" in run(app, words).stdout
    asked = run(app, [*words, "--officer"])
    assert (asked.exit_code, "no list yet" in asked.stderr, asked.stdout) == (1, True, "")


def test_two_programs_do_not_run_on_one_folder(tmp_path: Path) -> None:
    enrolled(tmp_path / "unit")
    with Folder(tmp_path / "unit").alone():
        result = run(app, ["home-unit", "--dir", str(tmp_path / "unit")])
    assert result.exit_code == 1


def test_a_recorded_night_goes_through_the_whole_program(tmp_path: Path) -> None:
    folder, tape = tmp_path / "unit", tmp_path / "night.txt"
    enrolled(folder)
    tape.write_text("".join(f"2026-11-22T10:{minute:02}:00Z -60 ff\n" for minute in range(10)), "ascii")
    result = run(app, ["home-unit", "--dir", str(folder), "--source", f"replay:{tape}", "--fast"])
    assert result.exit_code == 0, result.output
    spool = Spool(folder)
    batch = spool.batch(UNIT, 0)
    spool.close()
    assert batch is not None
    assert sum(isinstance(record.said, Own) for record in batch.records) >= 8
    assert (folder / "lamp").read_text("ascii") == "calm\n"


def test_a_source_that_nobody_knows_is_named(tmp_path: Path) -> None:
    enrolled(tmp_path / "unit")
    result = run(app, ["home-unit", "--dir", str(tmp_path / "unit"), "--source", "telepathy"])
    assert result.exit_code == 2
    result = run(app, ["home-unit", "--dir", str(tmp_path / "unit"), "--source", f"replay:{tmp_path / 'none'}"])
    assert result.exit_code == 1
