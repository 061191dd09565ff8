"""What leaves the installation proves itself, and shows every change by its place."""

import random
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.cli.vaulted import vaulted
from baqylau.crypto.digests import observation_id
from baqylau.crypto.signing import Signer
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.observations import Authentication, Nearness, Observation
from baqylau.domain.partitions import nearness_of, partition_of
from baqylau.monitoring.server.evidence import by_what
from baqylau.monitoring.server.evidence.gathering import NothingToGiveError, around
from baqylau.monitoring.server.evidence.proving import prove
from baqylau.monitoring.server.evidence.rejudging import judge_again
from baqylau.monitoring.server.evidence.withholding import NoSuchLineError, withhold
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.protocols.evidence import container
from baqylau.protocols.evidence.parts import PARTS
from baqylau.protocols.evidence.verdict import CHANGED, JUDGED_OTHERWISE, OTHER_KEY, SOUND, UNREADABLE
from baqylau.protocols.evidence.words import LEDGER
from baqylau.storage.access.audit import Audit
from baqylau.storage.journal.journal import Entry
from tests.unit.server.alone import Alone
from tests.unit.server.given import archive_of, asked, bundle_of, faults, names_the_place, verdict_on, walked
from tests.unit.server.site import AINUR, PASSWORD, START, Site, prescribed
from tests.unit.server.test_judge import catch_up, walk_into_school

RUN = CliRunner()


@pytest.fixture
def site(engine: Engine) -> Site:
    return walked(Site(engine, prescribed()))


def lines(bundle: bytes, part: str) -> list[dict[str, Any]]:
    with ZipFile(BytesIO(bundle)) as archive:
        return [msgspec.json.decode(line) for line in archive.read(f"{part}.jsonl").splitlines()]


def judged(bundle: bytes) -> list[str]:
    verdict = verdict_on(bundle)
    judge_again(BytesIO(bundle), verdict)
    return [one.key for one in (*verdict.faults, *verdict.facts) if "judged" in one.key or "found" in one.key]


def test_a_bundle_proves_every_record_and_the_rules_find_the_same_again(site: Site) -> None:
    bundle = bundle_of(site)
    verdict = verdict_on(bundle, site.signer.public_key)
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    facts = {one.key.removeprefix("evidence.fact."): one.params for one in verdict.facts}
    assert facts["records"] == {"count": 4, "withheld": 0}
    assert facts["proven"]["count"] == 4
    assert facts["unauthenticated"]["count"] == 4
    assert judged(bundle) == ["evidence.fact.judged"]


def test_it_holds_what_a_court_asks_for_and_no_secret(site: Site) -> None:
    bundle = bundle_of(site)
    found = [one["finding"]["code"] for one in lines(bundle, "findings")]
    assert found == [Code.ORDER_CHANGED, Code.RULE_CHANGED, Code.EXCLUSION_ENTRY, Code.DISCLOSURE]
    assert {one["kind"] for one in lines(bundle, "registers")} == {
        "person",
        "device",
        "order",
        "restriction",
        "fitting",
    }
    assert [one["alarm"]["code"] for one in lines(bundle, "alarms")] == [Code.EXCLUSION_ENTRY]
    assert {one["what"] for one in lines(bundle, "audit")} >= {"evidence.export"}
    assert f'"{PASSWORD}"'.encode() not in bundle


def test_giving_out_is_in_audit_and_record_before_anything_leaves(site: Site) -> None:
    bundle_of(site)
    (newest, *_) = Audit(site.engine, site.clock).latest(1)
    assert (newest.who, newest.what, newest.object) == ("dana", "evidence.export", "person/ainur")
    assert newest.purpose.startswith("hearing of 3 December; ruling 4-17/2026; Town court; ")


def test_judging_again_leaves_the_record_of_what_was_given_out(site: Site) -> None:
    bundle_of(site)
    site.registers.judge_again([AINUR], START, by="test")
    catch_up(site, "second")
    bundle = bundle_of(site)
    assert judged(bundle) == ["evidence.fact.judged"]
    assert {one["superseded_at"] for one in lines(bundle, "findings")} == {None}


def test_a_bundle_that_begins_in_the_middle_carries_the_state_from_before(site: Site) -> None:
    walk_into_school(site, 6)
    catch_up(site, "second")
    bundle = bundle_of(site, asked(from_at=START + timedelta(minutes=5, seconds=30)))
    assert verdict_on(bundle).faults == []
    assert judged(bundle) == ["evidence.fact.judged"]
    assert len(lines(bundle, "records")) == 5


def test_a_bundle_over_several_days_is_proved_up_to_one_head(site: Site) -> None:
    for _ in range(3):
        site.clock.pass_by(days=1)
        walk_into_school(site, 2)
    catch_up(site, "second")
    bundle = bundle_of(site, asked(until_at=START + timedelta(days=2)))
    assert verdict_on(bundle).faults == []
    assert len([one for one in lines(bundle, "trees") if one["partition"] != LEDGER]) == 4


def test_an_alarm_is_given_with_the_time_around_it(site: Site) -> None:
    (view,) = site.alarms()
    person_id, from_at, until_at = around(archive_of(site), view.alarm.id)
    assert (person_id, from_at < view.alarm.began_at < until_at) == (AINUR, True)
    with pytest.raises(NothingToGiveError):
        around(archive_of(site), AlarmId(999))


def near_somebody(site: Site) -> None:
    name = nearness_of(AINUR)
    body = Nearness(
        other_id=PersonId("protected"),
        distance_m=90,
        accuracy_m=20,
        because=(observation_id(b"1"), observation_id(b"2")),
    )
    told = Observation(
        id=observation_id(b"near"),
        device_id=name,
        observed_at=site.clock(),
        received_at=site.clock(),
        bodies=(body,),
        authentication=Authentication.OURSELVES,
    )
    site.journal.append([Entry(partition=partition_of(AINUR), person_id=AINUR, observation=told, raw=b"")])


def test_where_another_person_was_is_withheld_and_its_place_is_still_proved(site: Site) -> None:
    near_somebody(site)
    bundle = bundle_of(site)
    verdict = verdict_on(bundle)
    facts = {one.key: one.params for one in verdict.facts}
    assert (verdict.faults, facts["evidence.fact.records"]) == ([], {"count": 4, "withheld": 1})
    assert facts["evidence.fact.proven"]["count"] == 5
    assert b"protected" not in bundle
    assert b"protected" in bundle_of(site, asked(third_parties=True))


def test_anybody_may_withhold_a_line_and_all_others_stay_proved(site: Site) -> None:
    out = BytesIO()
    withhold(BytesIO(bundle_of(site)), [("records", 2), ("audit", 1)], out)
    verdict = verdict_on(out.getvalue())
    facts = {one.key: one.params for one in verdict.facts}
    assert (verdict.faults, facts["evidence.fact.records"]) == ([], {"count": 3, "withheld": 1})
    with pytest.raises(NoSuchLineError):
        withhold(BytesIO(bundle_of(site)), [("records", 99)], BytesIO())


def test_what_can_never_be_read_again_keeps_its_place(site: Site) -> None:
    site.vault.destroy(AINUR)
    bundle = bundle_of(site)
    assert verdict_on(bundle).faults == []
    assert b"48.6" not in b"".join(msgspec.json.encode(one) for one in lines(bundle, "records"))


def test_every_one_of_many_changed_bits_is_found_and_its_place_named(site: Site) -> None:
    bundle = bundle_of(site)
    drawn = random.Random(9)  # noqa: S311 - a test's choice
    for _ in range(250):
        at, bit = drawn.randrange(len(bundle)), drawn.randrange(8)
        changed = bytearray(bundle)
        changed[at] ^= 1 << bit
        assert names_the_place(bytes(changed)), (at, bit)


def test_the_very_record_is_named(site: Site) -> None:
    bundle = bundle_of(site)
    with ZipFile(BytesIO(bundle)) as archive:
        third = archive.read("records.jsonl").splitlines()[2]
    (fault,) = verdict_on(bundle.replace(third, third.replace(b"48.6", b"48.7"))).faults
    said = msgspec.json.decode(third)["said"]
    assert fault.params == {"part": "records", "line": 3, "name": said["id"]}


def swapped(bundle: bytes, other: bytes) -> bytes:
    """Put the findings of another bundle into this one."""
    out = BytesIO()
    with ZipFile(BytesIO(bundle)) as mine, ZipFile(BytesIO(other)) as theirs:
        chosen = ((name, theirs if name.startswith("findings") else mine) for name in mine.namelist())
        container.write(out, [(name, BytesIO(archive.read(name))) for name, archive in chosen])
    return out.getvalue()


def test_mixed_bundles_are_told_apart(site: Site) -> None:
    assert "part_other" in faults(swapped(bundle_of(site), bundle_of(site)))


def test_another_installations_key_is_told(site: Site) -> None:
    verdict = verdict_on(bundle_of(site), Signer(bytes([7] * 32)).public_key)
    assert (verdict.outcome, [one.key for one in verdict.faults]) == (OTHER_KEY, ["evidence.fault.other_key"])
    assert verdict.facts


def of_a_later_version(bundle: bytes) -> bytes:
    return bundle.replace(b'"version":5}', b'"version":6}')


def cut(bundle: bytes) -> bytes:
    return bundle[: len(bundle) * 2 // 3]


def without_manifest(bundle: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(bundle)) as mine, ZipFile(out, "w") as made:
        for name in mine.namelist()[2:]:
            made.writestr(name, mine.read(name))
    return out.getvalue()


def bomb(_bundle: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", compression=8) as made:
        made.writestr("manifest.json", bytes(50_000_000))
    return out.getvalue()


@pytest.mark.parametrize(
    ("damage", "outcome"),
    [
        (of_a_later_version, UNREADABLE),
        (cut, CHANGED),
        (without_manifest, UNREADABLE),
        (bomb, UNREADABLE),
        (lambda _bundle: b"", UNREADABLE),
        (lambda _bundle: bytes(100_000), UNREADABLE),
        (lambda bundle: bundle + b"more", CHANGED),
    ],
)
def test_bad_input_gets_a_verdict(site: Site, damage: Callable[[bytes], bytes], outcome: int) -> None:
    assert verdict_on(damage(bundle_of(site))).outcome == outcome


def test_the_single_file_says_the_same_without_the_product(site: Site, tmp_path: Path) -> None:
    bundle, alone = tmp_path / "bundle.zip", Alone(tmp_path)
    bundle.write_bytes(bundle_of(site))
    for language in ("kk", "ru", "en"):
        told = alone.verify(str(bundle), "--language", language)
        ours = RUN.invoke(app, ["verify", str(bundle), "--language", language])
        assert (told.status, told.complaints) == (0, "")
        assert set(told.lines) < set(ours.output.splitlines())
        assert ours.exit_code == 0


def without_first_finding(bundle: bytes, signer: Signer) -> bytes:
    """Sign a bundle anew from which what the rules found was left out."""
    out = BytesIO()
    with Bundle(bytes) as made, ZipFile(BytesIO(bundle)) as archive:
        for part in PARTS:
            for line in archive.read(f"{part}.jsonl").splitlines():
                if Code.EXCLUSION_ENTRY.encode() not in line or part != "findings":
                    made.put_line(part, line)
        statement = msgspec.json.decode(archive.read("manifest.json"))
        made.write(out, statement, signer)
    return out.getvalue()


def test_a_finding_that_is_left_out_under_a_new_signature_leads_to_no_signed_head(site: Site) -> None:
    assert faults(without_first_finding(bundle_of(site), site.signer))


def with_a_finding_withheld(bundle: bytes) -> bytes:
    codes = [one["finding"]["code"] for one in lines(bundle, "findings")]
    out = BytesIO()
    withhold(BytesIO(bundle), [("findings", codes.index(Code.EXCLUSION_ENTRY) + 1)], out)
    return out.getvalue()


def test_what_the_rules_find_and_the_bundle_keeps_back_is_told(site: Site) -> None:
    bundle = with_a_finding_withheld(bundle_of(site))
    verdict = verdict_on(bundle, site.signer.public_key)
    assert verdict.faults == []
    judge_again(BytesIO(bundle), verdict)
    assert (verdict.outcome, verdict.faults[0].key) == (JUDGED_OTHERWISE, "evidence.fault.found_now")


def test_rules_of_another_version_need_not_find_the_same(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = with_a_finding_withheld(bundle_of(site))
    monkeypatch.setattr(by_what, "code", lambda: "another")
    verdict = verdict_on(bundle)
    judge_again(BytesIO(bundle), verdict)
    assert (verdict.outcome, verdict.facts[-1].params) == (SOUND, {"missing": 0, "more": 1})


def test_a_journal_that_was_written_anew_and_signed_is_betrayed_by_a_published_head(
    site: Site, dsn: str, tmp_path: Path
) -> None:
    where = ["--data", str(tmp_path), "--database", dsn, "--language", "en"]
    head = tmp_path / "head.json"
    assert RUN.invoke(app, ["evidence", "head", "-o", str(head), *where]).exit_code == 0
    walk_into_school(site, 1)
    proved = RUN.invoke(app, ["verify", "--head", str(head), *where])
    assert (proved.exit_code, "published head" in proved.output) == (SOUND, True)
    _as_if_nothing_had_been_kept(site)
    walk_into_school(site, 9)
    own = vaulted(site.engine, tmp_path)
    own.journal.sign_heads(own.signer, site.clock())
    assert RUN.invoke(app, ["verify", *where]).exit_code == SOUND
    found = RUN.invoke(app, ["verify", "--head", str(head), *where])
    assert (found.exit_code, "signed_otherwise" in found.output) == (CHANGED, True)


def _as_if_nothing_had_been_kept(site: Site) -> None:
    with site.engine.begin() as connection:
        for table in ("journal", "journal_key", "journal_day"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - ours
        emptied = "UPDATE journal_head SET seq = 0, hash = decode(repeat('00', 32), 'hex'), first_seq = NULL"
        connection.execute(text(f"{emptied}, peaks = NULL, received_at = '2000-01-01Z'"))


def test_a_changed_row_of_journal_or_audit_is_found_with_its_number(site: Site) -> None:
    bundle_of(site)
    assert prove(site.engine, site.signer.public_key).outcome == SOUND
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE journal SET sealed = set_byte(sealed, 20, 0) WHERE seq = 3"))
        connection.execute(text("UPDATE audit SET purpose = 'nothing' WHERE id = 2"))
    verdict = prove(site.engine, site.signer.public_key)
    told = [(one.key.removeprefix("evidence.fault."), {**one.params}) for one in verdict.faults]
    assert [key for key, _ in told] == ["journal", "ledger_changed_audit", "audit"]
    assert (told[0][1]["seq"], told[1][1]["name"], told[2][1]["number"]) == (3, "2", 2)
