"""A person's file is kept as long as it is needed, and then nothing of it can be read, anywhere."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import msgspec
import psycopg
import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau import storage
from baqylau.crypto.signing import Signer, signed_by
from baqylau.domain.acts import Close, Note, Take
from baqylau.domain.alarms import Action, Cause
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, CheckId, PersonId
from baqylau.monitoring.av_server.shelf import Shelf, Vectors
from baqylau.storage.access.audit import Audit
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.checks.enrolment_sheets import Material, NewItem
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_holds import MediaHolds
from baqylau.storage.checks.media_life import MediaLife, SignedReceipt
from baqylau.storage.checks.template_life import TemplateLife
from baqylau.storage.checks.templates import Kind, TemplateStore
from baqylau.storage.columns import metadata
from baqylau.storage.people.files import OF_PERSON, FileOpenError, FileReceipt, Files, Obstacle
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.vault import KeyDestroyedError
from tests.unit.av.vectors import drawn
from tests.unit.storage.found import Bench, found
from tests.unit.storage.kept import AIGUL, BOLAT, INSTALLATION_KEY, NOON, House, heard
from tests.unit.storage.prescribed import END, ORDER, REGISTRY, WORN
from tests.unit.storage.recorded import CLIP, PHOTO, UNIT, pieces, signed

INSTALLATION = Signer(bytes(32))
KEPT = timedelta(days=1095)
WORDS = ("Нұрланова", "Берёзовая", "not to visit the market", "her mother is ill", "43.25")
"""What only her file says."""
STAYS = {
    "journal": "sealed with keys that are destroyed; its chain has to be proved",
    "data_key": "the number of a key that is gone",
    "alarm": "goes, before the list of tables",
    "finding": "goes, before the list of tables",
    "media_check": "names of recordings whose keys are gone",
    "forwarding_tally": "the record of what was given out",
    "paper": "the register of papers: numbers without a gap, digests and signatures",
    "file_hold": "why the file was held",
    "file_receipt": "what says that it is gone",
    "template_receipt": "what says that templates are gone",
}
"""Tables that name people and are not among those whose rows simply go."""


class Archive:
    """An installation with one person's whole life in it."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.house = House(engine)
        self.registers = Registers(engine, self.house.clock)
        self.alarms = Alarms(engine, self.house.clock)
        self.templates = TemplateStore(engine, self.house.vault, self.house.clock, self.house.random)
        self.folder = folder
        self.media = Media(engine, self.house.vault, folder, self.house.clock, self.house.random)
        self.life = MediaLife(engine, self.media.disk, INSTALLATION, self.house.clock)
        self.files = Files(engine, self.house.vault, self.life, INSTALLATION, self.house.clock, KEPT)

    def lived(self) -> None:
        """An order, positions, an alarm with words about it, a face, a recording; nothing of it is under way still."""
        self.registers.save(REGISTRY, by="inspector")
        self.house.journal.append([heard(AIGUL, NOON)])
        number = AlarmId(Bench(self.house.engine).say(found(Code.EXCLUSION_ENTRY, 10))[0])
        self.alarms.act(number, Take(), "dana")
        self.alarms.act(number, Note(text="her mother is ill"), "dana")
        self.alarms.act(number, Close(cause=Cause.ENTERED_ZONE, action=Action.VISITED, grounds="seen there"), "dana")
        face = Vectors(kind=Kind.FACE, model="face@1", vectors=(drawn(1, 16),))
        photo = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=b"her photograph")
        Shelf(self.templates, INSTALLATION_KEY).put(AIGUL, (face,), (photo,), by="officer")
        manifest, raw = signed()
        assert self.media.take(manifest, raw) is None
        for index, content in ((1, CLIP), (2, PHOTO)):
            for piece in pieces(manifest.digest, index, content):
                assert self.media.add(UNIT, piece) is None
        self.registers.save(Registry(fittings=(replace(WORN, until_at=END),)), by="inspector")

    def after_all(self) -> None:
        """Let the time go by after which nothing of it is needed."""
        self.house.now = END + KEPT

    def written(self) -> str:
        """Everything in the database as one text."""
        with psycopg.connect(self.house.dsn) as connection:
            tables = [one.name for one in metadata.sorted_tables]
            return "\n".join(
                str(row)
                for name in tables
                for row in connection.execute(f"SELECT to_jsonb(one)::text FROM {name} one")  # noqa: S608 - our own names
            )


def read(one: SignedReceipt) -> FileReceipt:
    assert signed_by(INSTALLATION.public_key, one.content, one.signature)
    return msgspec.json.decode(one.content, type=FileReceipt)


@pytest.fixture
def archive(engine: Engine, tmp_path: Path) -> Archive:
    archive = Archive(engine, tmp_path / "media")
    archive.lived()
    return archive


def test_a_file_is_kept_to_the_last_day_and_then_nothing_of_it_can_be_read(archive: Archive) -> None:
    before = archive.written()
    assert all(word in before for word in WORDS)
    archive.house.now = END + KEPT - timedelta(seconds=1)
    assert archive.files.run() == []
    assert archive.written() == before
    archive.after_all()
    (receipt,) = map(read, archive.files.run())

    after = archive.written()
    assert not [word for word in WORDS if word in after]
    (kept,) = archive.house.everything()
    assert kept.bodies == ()
    with pytest.raises(KeyDestroyedError):
        archive.house.journal.raw(kept.id)
    assert archive.templates.of(AIGUL) == ()
    assert not [one for one in archive.folder.rglob("*") if one.is_file()]
    assert archive.registers.person(AIGUL) is None
    assert archive.registers.person(BOLAT) is not None
    assert (receipt.number, receipt.person_id, receipt.ended_at, receipt.closed_at) == (1, AIGUL, END, END + KEPT)
    assert (receipt.rows["alarm"], receipt.rows["finding"], receipt.rows["template"]) == (1, 3, 1)
    assert (receipt.recordings, receipt.why, receipt.by) == (("c-1",), "retention", "rule/retention")
    assert archive.house.journal.verify().broken == ()
    assert archive.life.broken() == []


def test_what_was_done_stands_in_the_audit_whose_chain_holds(archive: Archive) -> None:
    archive.after_all()
    archive.files.run()
    audit = Audit(archive.house.engine, archive.house.clock)
    assert audit.verify() == []
    assert (audit.latest(1)[0].what, audit.latest(1)[0].object) == ("file.close", "person/aigul")
    assert archive.files.run() == []
    assert [read(one).person_id for one in archive.files.receipts()] == [AIGUL]


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_a_file_stays_whole_while_something_stands_against_its_end(archive: Archive, obstacle: Obstacle) -> None:
    archive.after_all()
    if obstacle is Obstacle.ORDER_RUNS:
        archive.registers.save(Registry(orders=(replace(ORDER, until_at=END + 2 * KEPT),)), by="inspector")
    elif obstacle is Obstacle.FITTED:
        archive.registers.save(Registry(fittings=(replace(WORN, until_at=None),)), by="inspector")
    elif obstacle is Obstacle.ALARM_OPEN:
        Bench(archive.house.engine, "second").say(found(Code.STRAP_OPEN, 20))
    elif obstacle is Obstacle.HELD:
        archive.files.hold(AIGUL, "the court asks for it", by="dana")
    else:
        MediaHolds(archive.house.engine, archive.house.clock).hold(CheckId("c-1"), "an appeal", by="dana")
    before = archive.written()
    assert archive.files.run() == []
    with pytest.raises(FileOpenError) as refused:
        archive.files.close(AIGUL, "asked for", by="erlan")
    assert refused.value.obstacle is obstacle
    assert archive.written() == before


def test_a_hold_is_released_by_a_person_and_then_the_time_counts_again(archive: Archive) -> None:
    archive.files.hold(AIGUL, "the court asks for it", by="dana")
    archive.after_all()
    (file,) = archive.files.over()
    assert (file.obstacle, file.held_why, file.due_at) == (Obstacle.HELD, "the court asks for it", END + KEPT)
    archive.files.release(AIGUL, "the court has decided", by="dana")
    assert len(archive.files.run()) == 1
    with pytest.raises(KeyError):
        archive.files.release(AIGUL, "again", by="dana")
    with pytest.raises(KeyError):
        archive.files.hold(AIGUL, "too late", by="dana")


def test_templates_go_with_the_sentence_though_the_file_is_kept_for_years(archive: Archive) -> None:
    life = TemplateLife(archive.house.engine, INSTALLATION, archive.house.clock)
    archive.house.now = END - timedelta(minutes=1)
    assert life.run(archive.files.ended([AIGUL, BOLAT])) == []
    archive.house.now = END + timedelta(minutes=1)
    archive.files.hold(AIGUL, "an appeal", by="dana")
    assert life.run(archive.files.ended([AIGUL, BOLAT])) == []
    archive.files.release(AIGUL, "decided", by="dana")
    assert len(life.run(archive.files.ended([AIGUL, BOLAT]))) == 1
    assert (archive.templates.of(AIGUL), archive.templates.items(AIGUL)) == ((), ())
    assert archive.files.run() == []
    assert archive.media.read(CheckId("c-1"), 1, who="duty") == CLIP


def test_recordings_that_are_held_in_the_moment_of_the_closing_outlive_it(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.after_all()
    destroy_of = archive.life.destroy_of

    def held_first(person_id: PersonId, why: str, *, by: str) -> list[SignedReceipt]:
        MediaHolds(archive.house.engine, archive.house.clock).hold(CheckId("c-1"), "an appeal", by="dana")
        return destroy_of(person_id, why, by=by)

    monkeypatch.setattr(archive.life, "destroy_of", held_first)
    assert archive.files.run() == []
    assert archive.media.read(CheckId("c-1"), 1, who="duty") == CLIP


def test_a_kill_in_the_middle_leaves_a_file_that_is_closed_the_next_time(archive: Archive) -> None:
    archive.after_all()
    archive.life.destroy_of(AIGUL, "retention", by="rule/retention")
    archive.house.vault.destroy(AIGUL)
    (receipt,) = map(read, archive.files.run())
    assert (receipt.recordings, len(receipt.keys), receipt.rows["alarm"]) == (("c-1",), 1, 1)


def test_a_sentence_that_was_quashed_can_be_forgotten_at_once_but_never_one_that_runs(archive: Archive) -> None:
    with pytest.raises(FileOpenError) as refused:
        archive.files.close(AIGUL, "quashed", by="erlan")
    assert refused.value.obstacle is Obstacle.ORDER_RUNS
    ended = Registry(orders=(replace(ORDER, until_at=NOON),), fittings=(replace(WORN, until_at=NOON),))
    archive.registers.save(ended, by="inspector")
    archive.house.now = NOON + timedelta(minutes=1)
    receipt = read(archive.files.close(AIGUL, "quashed on appeal", by="erlan"))
    assert (receipt.by, receipt.why, receipt.ended_at) == ("erlan", "quashed on appeal", NOON)


def test_every_table_that_names_a_person_goes_with_the_file_or_says_why_it_stays() -> None:
    for module in walk_packages(storage.__path__, "baqylau.storage."):
        if "migrations" not in module.name:
            import_module(module.name)
    naming = {table.name for table in metadata.sorted_tables if "person_id" in table.c}
    assert naming == {table.name for table in OF_PERSON} | set(STAYS)
