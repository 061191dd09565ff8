"""What is given out about one person shows nothing of another, says that something is left out, and stays proved."""

import os
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.domain.acts import Explain
from baqylau.monitoring.server.evidence.rejudging import judge_again
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.verdict import CHANGED, SOUND
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.installation import installation
from baqylau.storage.people.papers import Receipt, holds
from tests.unit.server.given import asked, bundle_of, verdict_on
from tests.unit.server.site import START, Site
from tests.unit.server.test_evidence import lines
from tests.unit.server.test_judge import listen
from tests.unit.server.test_pairing import METRE_DEG, approach, consent, two_people

RUN = CliRunner()
OTHER = ("saule", "Saule Invented", "tracker-3", "consent-1", str(48.7 + 200 * METRE_DEG)[:9])
"""Her id, name, beacon, consent, and the place where she was."""


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> Site:
    """Somebody came near a person who is protected from them, and says why in words that name her."""
    made = Site(engine, two_people(consent()), installation(tmp_path / "keys", os.urandom))
    made.open_for_the_first_time()
    made.clock.pass_by(minutes=10)
    made.journal.append(list(approach()))
    listen(made)
    made.judge().catch_up(lambda: False)
    alarms = Alarms(made.engine, made.clock)
    (met,) = (view.alarm for view in alarms.open() if view.alarm.code.value == "V02")
    alarms.act(met.id, Explain(text="I only wanted to give Saule Invented the keys"), by="dana")
    return made


def test_two_people_meet_and_only_one_of_them_is_in_the_bundle(site: Site) -> None:
    bundle = bundle_of(site)
    verdict = verdict_on(bundle, site.signer.public_key)
    judge_again(BytesIO(bundle), verdict)
    facts = {one.key.removeprefix("evidence.fact."): one.params for one in verdict.facts}
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    assert facts["records"] == {"count": 6, "withheld": 6}
    assert facts["proven"]["count"] == 12
    assert "judged" in facts
    assert "V02" in {one["finding"]["code"] for one in lines(bundle, "findings")}
    without_acts = b"".join(
        msgspec.json.encode(one)
        for part in ("records", "registers", "judging", "findings")
        for one in lines(bundle, part)
    )
    assert [one for one in OTHER if one.encode() in without_acts] == []
    whole = bundle_of(site, asked(third_parties=True))
    assert all(one.encode() in whole for one in ("saule", "consent-1"))


def test_words_that_name_another_are_withheld_by_the_word_and_the_rest_stays_proved(site: Site, tmp_path: Path) -> None:
    given, less = tmp_path / "given.zip", tmp_path / "less.zip"
    given.write_bytes(bundle_of(site))
    assert b"Saule Invented" in given.read_bytes()
    done = RUN.invoke(app, ["evidence", "withhold", str(given), "--word", "Saule", "-o", str(less), "--language", "en"])
    assert (done.exit_code, "Lines withheld: 1." in done.output) == (0, True)
    assert b"Saule" not in less.read_bytes()
    assert verdict_on(less.read_bytes(), site.signer.public_key).faults == []


def test_the_report_is_in_the_bundle_as_a_paper_with_its_number_and_may_be_withheld(
    site: Site, tmp_path: Path, dsn: str
) -> None:
    where = ["--data", str(tmp_path), "--database", dsn, "--language", "en"]
    given, less = tmp_path / "given.zip", tmp_path / "less.zip"
    period = ["--from", (START - timedelta(hours=1)).isoformat(), "--until", (START + timedelta(hours=1)).isoformat()]
    why = ["--purpose", "hearing", "--basis", "ruling 4", "--recipient", "Town court"]
    made = RUN.invoke(app, ["evidence", "export", "--person", "ainur", *period, *why, "-o", str(given), *where])
    assert made.exit_code == 0, made.output
    with ZipFile(given) as archive:
        report, receipt = archive.read("report.pdf"), msgspec.json.decode(archive.read("report.json"), type=Receipt)
    assert report.startswith(b"%PDF-1.7")
    assert holds(report, receipt, site.signer.public_key)
    assert receipt.signed().person_id == "ainur"
    proved = RUN.invoke(app, ["verify", str(given), "--language", "en"])
    assert (proved.exit_code, "The paper report.pdf is the one that was signed" in proved.output) == (SOUND, True)
    assert "was not in the ledger yet" not in proved.output, "that the report was made is sealed with it"
    held = given.read_bytes()
    changed = bytearray(held)
    changed[held.index(b"%PDF") + 400] ^= 4
    verdict = check(BytesIO(bytes(changed)))
    assert (verdict.outcome, [one.params["name"] for one in verdict.faults]) == (CHANGED, ["report.pdf"])
    assert verdict.facts == []
    done = RUN.invoke(app, ["evidence", "withhold", str(given), "--file", "report.pdf", "-o", str(less), *where[4:]])
    assert done.exit_code == 0
    told = RUN.invoke(app, ["verify", str(less), "--language", "en"])
    assert (told.exit_code, "report.pdf was signed with the bundle and is not given" in told.output) == (SOUND, True)
