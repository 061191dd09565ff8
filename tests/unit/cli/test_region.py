"""`region`: a site is let in, listed, looked at by the doctor, and forgotten."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.monitoring.server.region.site_file import SiteFileError, site_in

RUN = CliRunner()


def test_a_site_is_let_in_once_and_forgotten(dsn: str, tmp_path: Path) -> None:
    here = ["--database", dsn, "--data", str(tmp_path / "data"), "--language", "en"]
    file = tmp_path / "almaty.json"
    added = RUN.invoke(app, ["region", "add", "almaty", "--to", str(file), "--district", "Almaty", *here])
    assert added.exit_code == 0, added.output
    assert site_in(file).name == "almaty"
    assert file.stat().st_mode & 0o077 == 0
    assert "Almaty" in RUN.invoke(app, ["region", "list", *here]).output
    assert RUN.invoke(app, ["region", "add", "almaty", "--to", str(tmp_path / "again"), *here]).exit_code == 1
    assert not (tmp_path / "again").exists()
    told = RUN.invoke(app, ["doctor", *here]).output
    assert "Region almaty was never heard" in told
    assert "No bridge runs for region almaty" in told
    assert RUN.invoke(app, ["region", "forget", "almaty", *here]).exit_code == 0
    assert RUN.invoke(app, ["region", "forget", "almaty", *here]).exit_code == 1


def test_a_site_whose_file_cannot_be_written_is_not_let_in(dsn: str, tmp_path: Path) -> None:
    here = ["--database", dsn, "--data", str(tmp_path / "data"), "--language", "en"]
    done = RUN.invoke(app, ["region", "add", "turan", "--to", str(tmp_path / "no" / "turan.json"), *here])
    assert done.exit_code == 2
    assert "could not be written" in done.output
    assert "turan" not in RUN.invoke(app, ["region", "list", *here]).output


def test_a_site_file_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    file = tmp_path / "site.json"
    file.write_text("{}")
    file.chmod(0o644)
    with pytest.raises(SiteFileError, match="600"):
        site_in(file)
    file.chmod(0o600)
    with pytest.raises(SiteFileError, match="cannot be used"):
        site_in(file)


def test_a_site_whose_log_is_away_is_told_so(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["region", "look", "--site", str(tmp_path / "none"), "--language", "en"])
    assert done.exit_code == 1
    assert "does not answer" in done.output
