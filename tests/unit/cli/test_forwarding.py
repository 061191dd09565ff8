"""`forwarding` over a real database: a basis is recorded, listed and ended, and how it goes is shown."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.forwarding.forwarding_file import forwarding_in
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.storage.database import plain_dsn
from baqylau.storage.forwarding.forwarding import Deliveries
from baqylau.storage.registers.registers import Registers
from tests.arch.tree import ROOT
from tests.unit.storage.prescribed import REGISTRY

Says = Callable[..., tuple[int, str]]
YEARS = ("--from", "2026-01-01T00:00+05:00", "--until", "2096-01-01T00:00+05:00")


@pytest.fixture
def says(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Says:
    monkeypatch.setenv("BAQYLAU_DATABASE", plain_dsn(engine))
    Registers(engine, now).save(REGISTRY, by="installation")

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["forwarding", *words, "--data", str(tmp_path), "--language", "en"])
        return done.exit_code, done.output

    return run


def test_a_basis_is_recorded_shown_and_ended_by_somebody(says: Says, engine: Engine) -> None:
    Deliveries(engine).begin("hook", "Town police", now())
    assert "leaves" in says("list")[1]
    record = ("basis", "record", "Town police", "Act 7", "--person", "aigul=4001", *YEARS, "--by", "dana")
    assert says(*record) == (0, "Basis 1 for Town police is recorded.\n")
    shown = json.loads(says("basis", "list", "--json")[1])
    assert (shown["people"], shown["recorded_by"]) == ({"aigul": "4001"}, "dana")
    assert "works" in says("list")[1]
    assert says("basis", "end", "1", "--why", "lifted") == (0, "Basis 1 has ended: nothing leaves by it any more.\n")
    assert says("basis", "end", "1", "--why", "lifted")[0] == 1
    assert json.loads(says("list", "--json")[1])["bases"] == 0
    assert says("disclosed", "--json") == (0, "")


def test_a_basis_for_nobody_we_know_is_refused_in_a_sentence(says: Says) -> None:
    told = says("basis", "record", "Town police", "Act 7", "--person", "nobody", *YEARS)
    assert told == (1, "There is no person nobody in the registers.\n")


def test_the_file_of_the_how_to_is_as_it_must_be_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/forward-to-other-systems.md").read_text(encoding="utf-8")
    file = tmp_path / "forwarding.yaml"
    file.write_text(page.partition("```yaml\n")[2].partition("```")[0], encoding="utf-8")
    file.chmod(0o600)
    assert [one.name for one in forwarding_in(tmp_path).targets] == ["region", "duty-service", "broker", "hook"]
    file.write_text("targets: [{name: a, kind: fax}]", encoding="utf-8")
    with pytest.raises(NoticeFileError, match=r"notice\.file\.malformed"):
        forwarding_in(tmp_path)
    file.chmod(0o644)
    with pytest.raises(NoticeFileError, match="open_to_others"):
        forwarding_in(tmp_path)
