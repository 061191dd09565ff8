"""Heads of the journal leave the house, and somebody else says when they were there."""

import os
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
import yaml
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import Engine
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.crypto.authentication import code
from baqylau.crypto.canonical import canonical
from baqylau.monitoring.server.evidence.publishing import FIRST_PAUSE_S, Publisher, publishing_in
from baqylau.monitoring.server.evidence.withholding import withhold
from baqylau.monitoring.server.evidence.writing import Bundle
from baqylau.monitoring.server.notice_file import NoticeFileError
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.parts import PARTS
from baqylau.protocols.evidence.verdict import CHANGED, OTHER_KEY, SOUND, Verdict
from baqylau.storage.installation import installation
from baqylau.storage.journal.proof import Signed, verify
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.ourselves import ATTEMPTS_BEFORE_WORD, Ourselves
from tests.unit.crypto.authority import Authority, Received, answering
from tests.unit.server.given import asked, bundle_of, walked
from tests.unit.server.site import START, Site, prescribed
from tests.unit.server.test_evidence import lines
from tests.unit.server.test_judge import catch_up, walk_into_school

RUN = CliRunner()
SECRET = "between the two of us"  # noqa: S105 - invented


class House:
    """An installation that publishes, and those who take what it publishes."""

    def __init__(self, site: Site, place: Path, url: str, authority: Authority, received: Received) -> None:
        self.site, self.place, self.authority, self.received = site, place, authority, received
        self.heads = PublishedHeads(site.engine)
        (place / "authority.pem").write_bytes(authority.root_pem)
        self.write(
            {"name": "board", "kind": "file", "folder": "board"},
            {"name": "court", "kind": "webhook", "url": f"{url}/heads", "secret": SECRET},
            {"name": "time", "kind": "timestamp", "url": f"{url}/stamp", "certificate": "authority.pem"},
        )

    def write(self, *targets: dict[str, str]) -> None:
        file = self.place / "heads.yaml"
        file.write_text(yaml.safe_dump({"every_h": 24, "targets": list(targets)}))
        file.chmod(0o600)

    def round(self) -> int:
        self.authority.now = self.site.clock()
        publisher = Publisher(self.heads, self.site.signer, self.place, now=self.site.clock, random=os.urandom)
        return publisher.round(publishing_in(self.place))

    def waiting(self) -> list[str]:
        return [one.target for one in self.heads.latest(100) if one.done_at is None]


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Iterator[House]:
    authority, received = Authority(), Received()
    with answering(authority, received) as url:
        site = Site(engine, prescribed(), installation(tmp_path / "keys", os.urandom))
        yield House(walked(site), tmp_path, url, authority, received)


def facts(verdict: Verdict) -> dict[str, list[dict[str, object]]]:
    told: dict[str, list[dict[str, object]]] = {}
    for one in verdict.facts:
        told.setdefault(one.key.removeprefix("evidence.fact."), []).append(one.params)
    return told


def checked(house: House, bundle: bytes) -> Verdict:
    return check(BytesIO(bundle), house.site.signer.public_key, [house.authority.root.public_bytes(Encoding.DER)])


def test_a_head_goes_to_each_target_once_a_day_and_a_target_that_fails_gets_it_later(house: House) -> None:
    house.received.fails = True
    assert (house.round(), house.waiting()) == (1, ["court"])
    (headers, body), *more = house.received
    moment, signature = (part.partition("=")[2] for part in headers["Baqylau-Signature"].split(","))
    assert (signature, more) == (code(SECRET.encode(), f"{moment}.".encode() + body), [])
    signed = msgspec.json.decode(body, type=Signed)
    assert verify(house.site.engine, house.site.signer.public_key, [signed]).broken == ()
    assert house.round() == 0
    house.received.fails = False
    house.site.clock.pass_by(seconds=FIRST_PAUSE_S)
    assert (house.round(), house.waiting(), len(house.received)) == (0, [], 2)
    board = sorted(file.suffix for file in (house.place / "board").iterdir())
    assert (board, house.authority.asked) == ([".json", ".tst"], 1)
    house.site.clock.pass_by(days=1)
    house.round()
    assert (len(house.heads.latest(100)), house.authority.asked) == (6, 2)


def test_a_token_that_is_not_believed_is_not_kept_and_people_are_told_at_last(house: House) -> None:
    (house.place / "authority.pem").write_bytes(Authority("Another").root_pem)
    for _ in range(ATTEMPTS_BEFORE_WORD):
        house.round()
        house.site.clock.pass_by(minutes=10)
    (waiting,) = (one for one in house.heads.latest(10) if one.done_at is None)
    assert (waiting.target, waiting.last_error, waiting.token) == ("time", "stamp_issuer", None)
    broken = Ourselves(house.site.engine).signs(house.site.clock()).broken_targets
    assert [name for name, _ in broken] == ["heads/time"]
    house.write(*[{"name": "board", "kind": "file", "folder": "board"}] * 2)
    with pytest.raises(NoticeFileError):
        house.round()
    (house.place / "heads.yaml").chmod(0o644)
    with pytest.raises(NoticeFileError):
        house.round()


def test_a_bundle_says_by_when_its_records_were_there_and_by_whose_word(house: House) -> None:
    for _ in range(2):
        house.round()
        house.site.clock.pass_by(days=1)
        walk_into_school(house.site, 2)
    catch_up(house.site, "second")
    bundle = bundle_of(house.site, asked(until_at=START + timedelta(days=3)))
    verdict = checked(house, bundle)
    assert (verdict.outcome, verdict.faults) == (SOUND, [])
    told = facts(verdict)
    assert [one["count"] for one in told["stamp"]] == [4, 6]
    assert {one["authority"] for one in told["stamp"]} == {"CN=Invented time"}
    assert "stamp_known" in told
    assert "stamp_unknown" in facts(check(BytesIO(bundle)))
    strange = check(BytesIO(bundle), None, [Authority().root.public_bytes(Encoding.DER)])
    assert (strange.outcome, {one.key for one in strange.faults}) == (OTHER_KEY, {"evidence.fault.stamp_issuer"})
    less = BytesIO()
    withhold(BytesIO(bundle), [("records", 1), ("stamps", 1)], less)
    assert [one["count"] for one in facts(checked(house, less.getvalue()))["stamp"]] == [6]


def with_other_proofs(bundle: bytes, house: House) -> bytes:
    """Sign a bundle anew in which the records are led to a stamped head by other digests."""
    out = BytesIO()
    with Bundle(bytes) as made:
        for part in PARTS:
            for line in lines(bundle, part):
                trees = [{**tree, "nodes": ["00" * 32 for _ in tree["nodes"]]} for tree in line.get("trees", ())]
                made.put_line(part, canonical(line | ({"trees": trees} if trees else {})))
        made.write(out, {"about": {}}, house.site.signer)
    return out.getvalue()


def test_records_that_do_not_lead_to_the_stamped_head_are_not_said_to_be_older(house: House) -> None:
    house.round()
    walk_into_school(house.site, 2)
    bundle = with_other_proofs(bundle_of(house.site, asked(from_at=START + timedelta(minutes=1))), house)
    verdict = checked(house, bundle)
    assert ([one.key for one in verdict.faults], "stamp" in facts(verdict)) == (["evidence.fault.stamp_tree"], False)


def test_at_the_command_line_heads_are_published_shown_and_proved(house: House, dsn: str) -> None:
    where = ["--data", str(house.place), "--database", dsn, "--language", "en"]
    published = RUN.invoke(app, ["evidence", "publish", *where])
    assert (published.exit_code, published.output.count("has it")) == (0, 3)
    assert "CN=Invented time" in RUN.invoke(app, ["evidence", "heads", *where]).output
    (head,) = (house.place / "board").glob("*.json")
    proved = RUN.invoke(app, ["verify", "--head", str(head), "--authority", str(house.place / "authority.pem"), *where])
    assert (proved.exit_code, "stamped the published head" in proved.output) == (SOUND, True)
    given = house.place / "given.zip"
    when = ["--from", (START - timedelta(hours=1)).isoformat(), "--until", (START + timedelta(hours=1)).isoformat()]
    why = ["--purpose", "hearing", "--basis", "ruling 4", "--recipient", "Town court", "--no-report"]
    export = ["evidence", "export", "--person", "ainur", *when, *why, "-o", str(given), *where, "--stamp"]
    assert RUN.invoke(app, [*export, "nobody"]).exit_code == 1
    assert (RUN.invoke(app, [*export, "time"]).exit_code, house.authority.asked) == (0, 2)
    assert "stamp_bundle" in facts(check(BytesIO(given.read_bytes())))
    held = bytearray(given.read_bytes())
    held[held.index(b"manifest.tst") + 700] ^= 1
    assert check(BytesIO(bytes(held))).outcome == CHANGED
    (house.place / "heads.yaml").unlink()
    assert RUN.invoke(app, ["evidence", "publish", *where]).exit_code == 1
