"""A copy is made while devices speak, and restored elsewhere it is the same installation, proved."""

import json
import os
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner, Result

from baqylau.cli import app
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.wrapping import RANDOM_BYTES, unwrapped, wrapped
from baqylau.storage.access.audit import Audit
from baqylau.storage.backup import dump, read_manifest
from baqylau.storage.database import open_database
from baqylau.storage.installation import installation
from tests.unit.server.given import walked
from tests.unit.server.site import IN_SCHOOL, Site, prescribed
from tests.unit.server.test_judge import entry

RUN = CliRunner()
_numbers = count(1)


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    (tmp_path / "notices.yaml").write_text("targets: []\n")
    (tmp_path / "words").write_text("correct horse battery staple\n")
    (tmp_path / "media" / "ab").mkdir(parents=True)
    (tmp_path / "media" / "ab" / "abcd").write_bytes(b"sealed recording")
    return walked(Site(engine, prescribed(), installation(tmp_path / "keys", os.urandom)))


@pytest.fixture
def empty_dsn(server_dsn: str) -> Iterator[str]:
    """Address of a database in which there is nothing."""
    name = f"empty_{next(_numbers)}"
    with psycopg.connect(server_dsn.replace("/baqylau?", "/postgres?"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield server_dsn.replace("/baqylau?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Copies:
    """Somebody who makes a copy of an installation and a new installation from it."""

    def __init__(self, place: Path, dsn: str, empty_dsn: str) -> None:
        self.folder, self.new = place / "copy", place / "new"
        self._place, self._dsn, self._empty_dsn = place, dsn, empty_dsn
        self.words = ["--passphrase", str(place / "words")]

    def make(self, *more: str) -> Result:
        where = ["--data", str(self._place), "--database", self._dsn, "--language", "en"]
        return RUN.invoke(app, ["backup", str(self.folder), *where, *(more or self.words)])

    def take_over(self, *more: str) -> Result:
        where = ["--data", str(self.new), "--database", self._empty_dsn, "--language", "en"]
        return RUN.invoke(app, ["restore", str(self.folder), *where, *(more or self.words)])

    def restored(self) -> Engine:
        return open_database(self._empty_dsn)


@pytest.fixture
def copies(site: Site, tmp_path: Path, dsn: str, empty_dsn: str) -> Copies:
    assert site.alarms()
    return Copies(tmp_path, dsn, empty_dsn)


def counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        names = ("journal", "journal_key", "finding", "alarm", "register", "person_snapshot", "data_key")
        return {name: connection.scalar(text(f"SELECT count(*) FROM {name}")) for name in names}  # noqa: S608 - ours


def test_a_restored_installation_has_everything_and_is_proved(site: Site, copies: Copies) -> None:
    before = counts(site.engine)
    assert copies.make().exit_code == 0
    restored = copies.take_over()
    assert (restored.exit_code, "all as they were copied" in restored.output) == (0, True)
    engine = copies.restored()
    assert counts(engine) == before
    journal = vaulted(engine, copies.new).journal
    entries = journal.read_after(dict.fromkeys(range(65), 0), 1_000)
    assert sum(entry.observation.bodies == (IN_SCHOOL,) for entry in entries) == 4
    assert (copies.new / "media" / "ab" / "abcd").read_bytes() == b"sealed recording"
    assert (copies.new / "notices.yaml").read_text() == "targets: []\n"
    journal.append([entry(site.clock(), IN_SCHOOL)])
    assert journal.verify().broken == ()
    engine.dispose()


def test_a_copy_in_lines_is_read_by_any_program_and_is_taken_over_with_equal_counts_and_sums(
    site: Site, copies: Copies
) -> None:
    before = counts(site.engine)
    assert copies.make(*copies.words, "--form", "json").exit_code == 0
    lines = (copies.folder / "tables" / "finding").read_text().splitlines()
    assert [json.loads(line)["person_id"] for line in lines] == ["ainur"] * before["finding"]
    assert b"48.6" not in (copies.folder / "tables" / "journal").read_bytes()
    manifest = read_manifest(copies.folder)
    assert copies.take_over().exit_code == 0
    engine = copies.restored()
    again = {one.name: (one.rows, one.content) for one in dump(engine, copies.new).tables}
    engine.dispose()
    assert again == {one.name: (one.rows, one.content) for one in manifest.tables}


def test_what_was_answered_before_the_copy_is_in_it_while_devices_go_on_speaking(site: Site, copies: Copies) -> None:
    stop, answered = threading.Event(), []

    def speak() -> None:
        while not stop.is_set():
            site.clock.pass_by(seconds=1)
            one = entry(site.clock(), IN_SCHOOL)
            site.journal.append([one])
            answered.append(one.observation.id)

    speaker = threading.Thread(target=speak)
    speaker.start()
    while len(answered) < 5:
        threading.Event().wait(0.01)
    before = list(answered)
    made = copies.make()
    stop.set()
    speaker.join()
    assert (made.exit_code, copies.take_over().exit_code) == (0, 0)
    engine = copies.restored()
    with engine.connect() as connection:
        kept = {row.id.hex() for row in connection.execute(text("SELECT id FROM journal"))}
    engine.dispose()
    assert set(before) <= kept


def test_the_copy_is_in_the_audit_and_no_secret_is_in_it(site: Site, copies: Copies, tmp_path: Path) -> None:
    copies.make()
    assert Audit(site.engine, site.clock).latest(1)[0].what == "backup.made"
    seed = (tmp_path / "keys" / "signing.seed").read_bytes()
    assert not any(seed in file.read_bytes() for file in copies.folder.rglob("*") if file.is_file())


def test_a_changed_file_a_wrong_passphrase_or_a_database_in_use_are_refused(copies: Copies, tmp_path: Path) -> None:
    copies.make()
    assert "exists already" in copies.make().output
    (tmp_path / "other").write_text("something else")
    assert "does not open" in copies.take_over("--passphrase", str(tmp_path / "other")).output
    table = copies.folder / "tables" / "journal"
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    assert "tables/journal is not as it was copied" in copies.take_over().output
    copies.folder = tmp_path
    assert "no copy of an installation" in copies.take_over().output


def test_a_copy_of_a_newer_program_is_refused_before_anything_is_taken_over(copies: Copies, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert copies.make().exit_code == 0
    done = copies.take_over()
    assert (done.exit_code, "made by a newer program than this one (tables 9999)" in done.output) == (1, True)
    assert not copies.new.exists()


def test_a_folder_that_is_in_use_and_a_passphrase_that_is_not_there_are_told_in_words(
    copies: Copies, tmp_path: Path
) -> None:
    copies.make()
    (copies.new / "keys").mkdir(parents=True)
    (copies.new / "keys" / "installation.key").touch()
    used = copies.take_over("--passphrase", str(tmp_path / "words"), "--language", "en")
    assert (used.exit_code, "exists already; a new folder is needed." in used.output) == (1, True)
    nowhere = copies.take_over("--passphrase", str(tmp_path / "nowhere"), "--language", "ru")
    assert (nowhere.exit_code, nowhere.output.strip()) == (1, f"Файла {tmp_path / 'nowhere'} нет.")


def test_without_a_passphrase_the_keys_stay_and_are_asked_for(copies: Copies, tmp_path: Path) -> None:
    assert "The keys are not in it" in copies.make("--by", "dana").output
    assert "put the keys into" in copies.take_over("--language", "en").output
    (copies.new / "keys").parent.mkdir(exist_ok=True)
    (tmp_path / "keys").rename(copies.new / "keys")
    assert copies.take_over("--language", "en").exit_code == 0
    again = copies.take_over("--language", "en")
    assert (again.exit_code, "not empty" in again.output) == (1, True)


def test_a_wrapped_secret_opens_by_its_passphrase_and_its_name_alone() -> None:
    sealed = wrapped(b"secret", "words", "keys/one", bytes(RANDOM_BYTES))
    assert unwrapped(sealed, "words", "keys/one") == b"secret"
    for passphrase, name in (("Words", "keys/one"), ("words", "keys/two")):
        with pytest.raises(SealBrokenError):
            unwrapped(sealed, passphrase, name)
