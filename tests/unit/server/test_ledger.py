"""No finding, no act, no entry of audit or registers can be changed or taken out without the ledger telling which."""

from io import BytesIO
from zipfile import ZipFile

import msgspec
import pytest
from sqlalchemy import Engine, text

from baqylau.domain.acts import Close, Decide, Note, Reopen, Take
from baqylau.domain.alarms import Action, Cause, Decision
from baqylau.monitoring.server.evidence.proving import prove
from baqylau.monitoring.server.evidence.withholding import withhold
from baqylau.protocols.evidence import words
from baqylau.protocols.evidence.verdict import CHANGED, SOUND
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.journal import ledger
from baqylau.storage.journal.proof import Signed
from tests.unit.server.given import bundle_of, faults, verdict_on, walked
from tests.unit.server.site import Site, prescribed
from tests.unit.server.test_judge import catch_up, walk_into_school

FIRST_SAYING = "SELECT min(ledger_seq) FROM finding_event"


@pytest.fixture
def site(engine: Engine) -> Site:
    """A finding was made and an operator did something about it."""
    site = walked(Site(engine, prescribed()))
    said_something(site)
    return site


def said_something(site: Site) -> None:
    (view,) = site.alarms()
    Alarms(site.engine, site.clock).act(view.alarm.id, Take(), "dana")
    Alarms(site.engine, site.clock).act(view.alarm.id, Note(text="she answered at once"), "dana")


def sealed(site: Site) -> Signed:
    return site.journal.sign_heads(site.signer, site.clock())


def proved(site: Site, published: tuple[Signed, ...] = ()) -> list[str]:
    verdict = prove(site.engine, site.signer.public_key, published)
    return [one.key.removeprefix("evidence.fault.") for one in verdict.faults]


def tampered(site: Site, statement: str) -> None:
    with site.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount


def test_both_sides_know_the_ledger_by_the_same_number() -> None:
    assert words.LEDGER == ledger.LEDGER


def test_what_was_found_and_done_is_proved_to_the_signed_head(site: Site) -> None:
    bundle = bundle_of(site)
    verdict = verdict_on(bundle)
    facts = {one.key.removeprefix("evidence.fact."): one.params for one in verdict.facts}
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    shown = sum(len(read(bundle, part)) for part in ("findings", "acts", "audit", "registers"))
    assert facts["all_words"]["count"] == shown + 1, "and the rules of that time"
    assert facts["summaries_signed_alone"]["count"] == len(read(bundle, "alarms"))
    assert "words_waiting" not in facts
    assert proved(site) == []


def read(bundle: bytes, part: str) -> list[bytes]:
    with ZipFile(BytesIO(bundle)) as archive:
        return archive.read(f"{part}.jsonl").splitlines()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            "UPDATE alarm_act SET act = act || '{\"text\": \"she did not answer\"}' WHERE act ->> 'type' = 'note'",
            "word",
        ),
        ("UPDATE alarm_act SET at = at - interval '1 hour' WHERE act ->> 'type' = 'take'", "word"),
        ("UPDATE alarm_act SET by = 'somebody' WHERE act ->> 'type' = 'take'", "word"),
        ("UPDATE finding SET superseded_at = now() WHERE alarm_id IS NOT NULL", "word_otherwise"),
        ('UPDATE finding SET body = body || \'{"by": "x"}\' WHERE alarm_id IS NOT NULL', "word_otherwise"),
        ("UPDATE finding_event SET kind = 'raised_again' WHERE alarm_id IS NOT NULL", "word"),
        ("UPDATE rules_used SET code = 'another'", "word"),
        ("UPDATE audit SET who = 'somebody' WHERE object LIKE 'alarm/%'", "word"),
        ("UPDATE register SET body = body || '{\"clause\": \"9\"}' WHERE kind = 'restriction'", "word"),
        ("UPDATE register SET recorded_at = recorded_at - interval '1 day' WHERE kind = 'restriction'", "word"),
        ("UPDATE register_version SET by = 'somebody'", "word"),
        ("UPDATE register SET replaced_at = now() WHERE kind = 'restriction'", "row_closed"),
    ],
)
def test_a_bundle_names_what_was_changed_after_it_was_sealed(site: Site, statement: str, fault: str) -> None:
    sealed(site)
    tampered(site, statement)
    verdict = verdict_on(bundle_of(site))
    assert verdict.outcome == CHANGED
    assert {one.key.removeprefix("evidence.fault.") for one in verdict.faults} == {fault}
    assert {"part", "line", "name"} <= verdict.faults[0].params.keys()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alarm SET closed_by = 'somebody' WHERE closed_at IS NOT NULL",
        "UPDATE alarm SET cause = 'other' WHERE closed_at IS NOT NULL",
        "UPDATE alarm SET closed_at = NULL WHERE closed_at IS NOT NULL",
        "UPDATE alarm SET decision = 'violation', decided_by = 'aliya', decided_at = closed_at",
    ],
)
def test_an_alarm_that_ended_or_was_decided_otherwise_than_its_acts_say_is_told(site: Site, statement: str) -> None:
    alarms = Alarms(site.engine, site.clock)
    (view,) = site.alarms()
    close = Close(cause=Cause.ENTERED_ZONE, action=Action.ONLY_WATCHED, grounds="She was on her way home.")
    alarms.act(view.alarm.id, close, "dana")
    alarms.act(view.alarm.id, Reopen(why="there is a film"), "aliya")
    alarms.act(view.alarm.id, close, "aliya")
    alarms.act(view.alarm.id, Decide(decision=Decision.NO_VIOLATION, grounds="She was in time."), "aliya")
    assert faults(bundle_of(site)) == []
    tampered(site, statement)
    bundle = bundle_of(site)
    assert faults(bundle) == ["alarm_otherwise"]
    out = BytesIO()
    withhold(BytesIO(bundle), [("acts", 1)], out)
    assert faults(out.getvalue()) == [], "who does not see every act cannot say so"


def test_an_act_that_is_put_in_with_a_forged_digest_leads_to_no_signed_head(site: Site) -> None:
    sealed(site)
    tampered(site, "UPDATE ledger SET leaf = sha256('forged') WHERE seq = 2")
    assert "ledger_head" in faults(bundle_of(site))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE alarm_act SET by = 'somebody' WHERE act ->> 'type' = 'note'", ["ledger_changed_act"]),
        ('UPDATE finding SET body = body || \'{"by": "x"}\' WHERE alarm_id IS NOT NULL', ["ledger_otherwise"]),
        ("UPDATE finding_event SET at = at - interval '1 hour' WHERE alarm_id IS NOT NULL", ["ledger_changed_finding"]),
        ("UPDATE rules_used SET code = 'another'", ["ledger_changed_rules"]),
        ("UPDATE register SET key = 'other' WHERE kind = 'order'", ["ledger_changed_register"]),
        ("UPDATE register SET replaced_at = now() WHERE kind = 'restriction'", ["ledger_closed"]),
        ("UPDATE audit SET who = 'somebody' WHERE id = 1", ["ledger_changed_audit", "audit"]),
        ("DELETE FROM register WHERE kind = 'fitting'", ["ledger_gone"]),
        ("DELETE FROM alarm_act WHERE act ->> 'type' = 'note'", ["ledger_gone"]),
        (
            (
                "UPDATE ledger SET let_go = 7 WHERE seq = (SELECT min(ledger_seq) FROM finding_event);"
                "DELETE FROM finding_event WHERE ledger_seq = (SELECT seq FROM ledger WHERE let_go = 7)"
            ),
            None,
        ),
        ("UPDATE alarm_act SET ledger_seq = 99 WHERE act ->> 'type' = 'note'", ["ledger_gone", "ledger_stray_act"]),
        ("UPDATE ledger SET leaf = sha256('forged') WHERE seq = 2", None),
    ],
)
def test_the_proof_of_the_database_says_which_finding_or_act(
    site: Site, statement: str, told: list[str] | None
) -> None:
    sealed(site)
    for one in statement.split(";"):
        tampered(site, one)
    found = proved(site)
    assert found == told if told else found, statement


def test_a_changed_act_is_told_with_its_number(site: Site) -> None:
    sealed(site)
    tampered(site, "UPDATE alarm_act SET by = 'somebody' WHERE act ->> 'type' = 'note'")
    (fault,) = prove(site.engine, site.signer.public_key).faults
    with site.engine.begin() as connection:
        number, seq = connection.execute(text("SELECT id, ledger_seq FROM alarm_act WHERE by = 'somebody'")).one()
    assert fault.params == {"seq": seq, "name": str(number)}


def test_a_ledger_that_was_written_anew_is_betrayed_by_a_published_head(site: Site) -> None:
    published = sealed(site)
    with site.engine.begin() as connection:
        for table in ledger.TABLES.values():
            connection.execute(text(f"UPDATE {table} SET ledger_seq = NULL"))  # noqa: S608 - ours
        connection.execute(text("DELETE FROM ledger"))
        connection.execute(text("DELETE FROM ledger_day"))
        connection.execute(text("UPDATE alarm_act SET by = 'somebody'"))
        emptied = "UPDATE ledger_head SET seq = 0, hash = decode(repeat('00', 32), 'hex'), first_seq = NULL"
        connection.execute(text(f"{emptied}, peaks = NULL"))
    sealed(site)
    assert proved(site) == []
    assert "ledger" in proved(site, (published,))


def test_what_was_kept_before_there_was_a_ledger_is_told_as_sealed_late(site: Site) -> None:
    with site.engine.begin() as connection:
        connection.execute(text("UPDATE finding_event SET body = NULL WHERE ledger_seq IS NULL"))
        waiting = "SELECT count(*) FROM {} WHERE ledger_seq IS NULL"
        older = sum(connection.scalar(text(waiting.format(table))) or 0 for table in ledger.TABLES.values())
    site.clock.pass_by(days=3)
    facts = {one.key.removeprefix("evidence.fact."): one.params for one in verdict_on(bundle_of(site)).facts}
    assert facts["words_late"]["count"] == older > 0
    assert proved(site) == []


def test_words_of_several_days_are_proved_from_tree_to_tree(site: Site) -> None:
    for _ in range(3):
        sealed(site)
        site.clock.pass_by(days=1)
        walk_into_school(site, 2)
        catch_up(site, f"judge {site.clock():%d}")
        Alarms(site.engine, site.clock).act(site.alarms()[0].alarm.id, Note(text="again"), "dana")
    bundle = bundle_of(site)
    assert verdict_on(bundle).faults == []
    assert proved(site) == []


@pytest.mark.parametrize("part", ["findings", "acts", "rules", "audit", "registers"])
def test_a_withheld_finding_or_act_leaves_the_others_proved(site: Site, part: str) -> None:
    out = BytesIO()
    bundle = bundle_of(site)
    withhold(BytesIO(bundle), [(part, len(read(bundle, part)))], out)
    verdict = verdict_on(out.getvalue())
    (words_told,) = (one.params for one in verdict.facts if one.key == "evidence.fact.all_words")
    assert (verdict.faults, words_told["withheld"]) == ([], 1)
    assert b"she answered at once" not in out.getvalue() or part != "acts"


def test_what_nobody_signed_yet_is_sealed_with_the_next_head(site: Site) -> None:
    assert site.journal.words_wait()
    sealed(site)
    assert not site.journal.words_wait()
    Alarms(site.engine, site.clock).act(site.alarms()[0].alarm.id, Note(text="once more"), "dana")
    assert site.journal.words_wait()


def test_of_a_file_that_was_ended_the_digests_stay_and_a_signed_receipt_says_how_many(site: Site) -> None:
    sealed(site)
    number = msgspec.json.encode({"words": 1})
    with site.engine.begin() as connection:
        connection.execute(text(f"UPDATE ledger SET let_go = 1 WHERE seq = ({FIRST_SAYING})"))  # noqa: S608 - ours
        connection.execute(text(f"DELETE FROM finding_event WHERE ledger_seq = ({FIRST_SAYING})"))  # noqa: S608 - ours
        row = {"content": number, "signature": site.signer.sign(number), "at": site.clock()}
        connection.execute(
            text("INSERT INTO file_receipt VALUES (1, 'x', :at, :content, :signature)"),
            row,
        )
    assert "ledger_let_go" not in proved(site)
    tampered(site, f"UPDATE ledger SET let_go = 1 WHERE seq = ({FIRST_SAYING})")  # noqa: S608 - ours
    tampered(site, f"DELETE FROM finding_event WHERE ledger_seq = ({FIRST_SAYING})")  # noqa: S608 - ours
    assert "ledger_let_go" in proved(site)
