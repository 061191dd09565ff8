"""The workshop of breath units on the command line: its key, a file that is shown, and each refusal in a sentence."""

from datetime import UTC, datetime
from pathlib import Path
from random import Random

import msgspec
import pytest
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.field.breath_unit import workshops
from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import sealed_file
from baqylau.devices.linux_unit.folder import Folder
from baqylau.sim.breath.cell import Cell
from baqylau.sim.breath.laboratory import file

MADE_AT = datetime(2026, 3, 1, tzinfo=UTC)
PLAN = {
    "gas": {"certificate": "G-1", "valid_until": "2030-01-01T00:00:00Z", "uncertainty_share": 0.005},
    "points": [{"standard": {"type": "dry_gas", "nominal_mg_l": 0.4}, "cell_c": 34.0}],
}


def said(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    signer = Folder(tmp_path / "workshop").signer()
    path = tmp_path / "calibration.cose"
    path.write_bytes(sealed_file(file(Cell(), Random(1), MADE_AT), "laboratory", signer))  # noqa: S311 - invented
    return path


def test_a_file_is_shown_to_whoever_has_the_workshops_key(tmp_path: Path, sealed: Path) -> None:
    key = said("breath", "key", "--key", str(tmp_path / "workshop")).strip()
    shown = said("breath", "show", str(sealed), "--trust", f"laboratory={key}", "--language", "en")
    assert "unit/1, cell cell/1, version 1" in shown
    assert "valid until 2026-08-28" in shown


def test_a_file_of_somebody_else_or_altered_is_refused_in_a_sentence(sealed: Path) -> None:
    other = Signer(b"x" * 32).public_key.hex()
    shown = said("breath", "show", str(sealed), "--trust", f"laboratory={other}", "--language", "en", code=1)
    assert "no workshop that is known signed it" in shown


def test_a_unit_is_told_whom_to_believe(tmp_path: Path) -> None:
    key = Signer(b"w" * 32).public_key
    said("breath-unit", "trust", "laboratory", key.hex(), "--dir", str(tmp_path))
    assert workshops(tmp_path) == {"laboratory": key}
    refused = said("breath-unit", "trust", "other", "no key", "--dir", str(tmp_path), "--language", "en", code=1)
    assert "no public key" in refused


@pytest.mark.parametrize("command", ["calibrate", "verify"])
def test_a_board_that_is_not_there_or_a_plan_that_is_none_changes_no_file(
    command: str, tmp_path: Path, sealed: Path
) -> None:
    before, plan = sealed.read_bytes(), tmp_path / "plan.json"
    words = ["breath", command, str(plan), "--board", f"serial:{tmp_path / 'none'}", "--workshop", "laboratory"]
    words += ["--file", str(sealed), "--key", str(tmp_path / "workshop"), "--language", "en"]
    words += ["--unit", "unit/1"] if command == "calibrate" else []
    assert "cannot be read" in said(*words, code=1)
    plan.write_bytes(b"{}")
    assert "is no plan" in said(*words, code=1)
    plan.write_bytes(msgspec.json.encode(PLAN))
    assert "could not be measured" in said(*words, code=1)
    assert sealed.read_bytes() == before
