"""Closed days leave the database as files that prove themselves, and come back as they were."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.monitoring.server.evidence.proving import prove
from baqylau.monitoring.server.histories import Histories
from baqylau.protocols.evidence.verdict import SOUND
from baqylau.storage.installation import installation
from baqylau.storage.journal.archive import ENTRIES, MANIFEST, Archive, ArchiveWrongError
from baqylau.storage.journal.archived import DaysArchivedError
from baqylau.storage.journal.proof import verify, verify_newest
from tests.unit.server.given import asked, bundle_of, verdict_on, walked
from tests.unit.server.site import AINUR, START, TRACKER, Site, prescribed
from tests.unit.server.test_judge import catch_up, walk_into_school

RUN = CliRunner()
FIRST = START.date()
SECOND = FIRST + timedelta(days=1)
LONG = 120


class Kept:
    """An installation three months on, with its archive."""

    def __init__(self, site: Site, folder: Path) -> None:
        self.site, self.folder = site, folder
        self.archive = Archive(site.engine, folder)

    def put(self) -> list[date]:
        days = self.archive.due(date.max, self.site.clock())
        for day in days:
            self.archive.put(day, self.site.signer, by="dana", now=self.site.clock())
        return days

    def drop(self, *days: date) -> None:
        for day in days:
            self.archive.drop(day, self.site.signer.public_key, by="dana", now=self.site.clock())

    def read_back(self, *days: date) -> None:
        for day in days:
            self.archive.read_back(day, self.site.signer.public_key, by="dana", now=self.site.clock())

    def rows(self) -> list[tuple[object, ...]]:
        with self.site.engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text("SELECT * FROM journal ORDER BY partition, seq"))]


@pytest.fixture
def kept(engine: Engine, tmp_path: Path) -> Kept:
    site = walked(Site(engine, prescribed(), installation(tmp_path / "keys", os.urandom)))
    for days in (1, LONG):
        site.clock.pass_by(days=days)
        walk_into_school(site, 2)
        catch_up(site, f"after {days}")
    site.journal.sign_heads(site.signer, site.clock())
    return Kept(site, tmp_path / "archive")


def proved(kept: Kept) -> bool:
    whole = verify(kept.site.engine, kept.site.signer.public_key)
    return whole.broken == () == verify_newest(kept.site.engine, 3).broken


def proven(kept: Kept, from_at: datetime, until_at: datetime) -> object:
    """How many records a bundle of later days proves."""
    verdict = verdict_on(bundle_of(kept.site, asked(from_at=from_at, until_at=until_at)), kept.site.signer.public_key)
    (count,) = (one.params["count"] for one in verdict.facts if one.key == "evidence.fact.proven")
    return count


def test_a_day_goes_into_a_file_and_comes_back_byte_for_byte(kept: Kept) -> None:
    before = kept.rows()
    assert kept.put() == [FIRST, SECOND]
    assert kept.put() == []
    kept.drop(FIRST, SECOND)
    assert len(kept.rows()) < len(before)
    assert proved(kept)
    verdict = prove(kept.site.engine, kept.site.signer.public_key)
    assert verdict.outcome == SOUND
    assert {"evidence.fact.archived"} < {one.key for one in verdict.facts}
    assert proven(kept, kept.site.clock() - timedelta(days=1), kept.site.clock()) == 2
    walk_into_school(kept.site, 1)
    assert proved(kept)
    kept.read_back(SECOND, FIRST)
    assert [row for row in kept.rows() if row in before] == before
    assert proved(kept)


def test_any_program_reads_the_file_and_what_is_sealed_stays_sealed(kept: Kept) -> None:
    kept.put()
    file = kept.folder / f"journal-{FIRST}" / ENTRIES
    with duckdb.connect() as other:
        found = other.execute("SELECT seq, device_id, sealed FROM read_parquet(?)", [str(file)]).fetchall()
    assert {row[1] for row in found} >= {TRACKER}
    assert b"48.6" not in file.read_bytes()
    kept.site.vault.destroy(AINUR)
    assert kept.archive.verify(FIRST, kept.site.signer.public_key)[1] == []


def test_a_changed_file_is_named_by_its_entry_and_one_that_is_cut_or_of_another_key_proves_nothing(kept: Kept) -> None:
    kept.put()
    file = kept.folder / f"journal-{FIRST}" / ENTRIES
    with duckdb.connect() as other:
        columns = "* REPLACE (CASE WHEN seq = 3 THEN 'tracker-9' ELSE device_id END AS device_id)"
        other.read_parquet(str(file)).project(columns).write_parquet(f"{file}.new")
    file.with_name(f"{ENTRIES}.new").replace(file)
    _, broken = kept.archive.verify(FIRST, kept.site.signer.public_key)
    assert {one.seq for one in broken} == {3}
    with pytest.raises(ArchiveWrongError, match="not_proved"):
        kept.drop(FIRST)
    assert proved(kept)
    with pytest.raises(ArchiveWrongError, match="manifest"):
        kept.archive.verify(SECOND, bytes(32))
    for name in (ENTRIES, MANIFEST):
        cut = kept.folder / f"journal-{SECOND}" / name
        cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
        with pytest.raises(ArchiveWrongError):
            kept.archive.verify(SECOND, kept.site.signer.public_key)


def test_days_go_oldest_first_when_they_are_old_and_come_back_newest_first(kept: Kept) -> None:
    with pytest.raises(ArchiveWrongError, match="not_over"):
        kept.archive.put(kept.site.clock().date(), kept.site.signer, by="dana", now=kept.site.clock())
    kept.put()
    with pytest.raises(ArchiveWrongError, match="not_oldest"):
        kept.drop(SECOND)
    kept.drop(FIRST, SECOND)
    with pytest.raises(ArchiveWrongError, match="not_newest"):
        kept.read_back(FIRST)
    kept.read_back(SECOND)
    kept.site.clock.pass_by(days=-60)
    with pytest.raises(ArchiveWrongError, match="too_young"):
        kept.drop(SECOND)


def test_what_rests_on_archived_days_is_refused_and_never_judged_without_them(kept: Kept) -> None:
    kept.put()
    kept.drop(FIRST, SECOND)
    with pytest.raises(DaysArchivedError) as refused:
        bundle_of(kept.site, asked())
    assert refused.value.days == [FIRST, SECOND]
    histories, who = Histories(kept.site.journal), kept.site.registers.supervision(AINUR)
    with pytest.raises(DaysArchivedError):
        histories.of(who, START)
    assert histories.of_each([(who, START)], {}) == {}
    yesterday = kept.site.clock() - timedelta(days=1)
    lately = histories.of(who, yesterday)
    assert lately
    assert histories.of_each([(who, yesterday)], {})[AINUR]() == lately
    kept.read_back(SECOND, FIRST)
    assert verdict_on(bundle_of(kept.site, asked()), kept.site.signer.public_key).faults == []


@pytest.fixture
def where(kept: Kept, tmp_path: Path, dsn: str) -> list[str]:
    assert kept.site.alarms()
    return ["--data", str(tmp_path), "--database", dsn, "--language", "en"]


def test_at_the_command_line(kept: Kept, where: list[str]) -> None:
    folder, until = str(kept.folder), ["--until", str(SECOND)]
    assert "entries in the archive, proved" in RUN.invoke(app, ["archive", "put", folder, *until, *where]).output
    assert RUN.invoke(app, ["archive", "verify", folder, *where]).exit_code == 0
    refused = RUN.invoke(app, ["archive", "drop", folder, *until, *where])
    assert (refused.exit_code, "younger than 92 days" in refused.output) == (1, True)
    assert "database and archive" in RUN.invoke(app, ["archive", "list", *where]).output


def test_a_file_that_is_spoilt_keeps_nobody_from_proving_the_others(kept: Kept, where: list[str]) -> None:
    RUN.invoke(app, ["archive", "put", str(kept.folder), "--until", str(SECOND), *where])
    spoilt = min(kept.folder.glob("*/entries.parquet"))
    spoilt.write_bytes(b"no Parquet")
    told = RUN.invoke(app, ["archive", "verify", str(kept.folder), *where])
    first, second = told.output.splitlines()[:2]
    assert (told.exit_code, "can be read" in first, "all as they were written" in second) == (
        1,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["put", "--until", "2020-01-01"], "no day is over"),
        (["verify"], "No day is in an archive."),
        (["drop", "--until", "2020-01-01"], "no day is both"),
        (["read-back", "--from", "2020-01-01"], "no day is in the archive alone"),
    ],
)
def test_where_there_is_nothing_to_do_that_is_said(kept: Kept, where: list[str], words: list[str], told: str) -> None:
    command, *rest = words
    said = RUN.invoke(app, ["archive", command, str(kept.folder), *rest, *where])
    assert (said.exit_code, told in said.output) == (0, True)


@pytest.mark.parametrize("words", [("why", AINUR, "--at", (START + timedelta(seconds=90)).isoformat()), ("refold",)])
def test_whoever_looks_back_further_than_the_database_is_told_which_days_to_fetch(
    kept: Kept, where: list[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr("baqylau.cli.vaulted.now", kept.site.clock)
    kept.put()
    kept.drop(FIRST)
    done = RUN.invoke(app, [*words, *where])
    assert done.exit_code == 1
    assert f"from {FIRST} to {FIRST}" in done.output
