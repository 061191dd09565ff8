"""Templates: of a person and a model one is in use, sealed with the person's key, and gone with it."""

from hashlib import sha256

import msgspec
import pytest
from msgspec.structs import replace as changed
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer, signed_by
from baqylau.monitoring.av_server.shelf import Shelf, Vectors
from baqylau.monitoring.av_server.templates import Templates
from baqylau.storage.access.audit import Audit
from baqylau.storage.checks.enrolment_sheets import Material, NewItem, sheets_of
from baqylau.storage.checks.template_life import TemplateLife, TemplateReceipt
from baqylau.storage.checks.templates import Kind, TemplateStore
from baqylau.storage.vault import KeyDestroyedError
from tests.unit.av.vectors import drawn
from tests.unit.storage.kept import AIGUL, BOLAT, INSTALLATION_KEY, House

PHOTO = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=b"a photograph")
FACE = drawn(1, 16)
INSTALLATION = Signer(bytes(32))


class Shelves:
    """A store in a test."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.store = self.opened()
        self.shelf = Shelf(self.store, INSTALLATION_KEY)
        self.life = TemplateLife(house.engine, INSTALLATION, house.clock)

    def opened(self) -> TemplateStore:
        return TemplateStore(self.house.engine, self.house.new_vault(), self.house.clock, self.house.random)

    def enrol(self, model: str = "face@1", items: tuple[NewItem, ...] = (PHOTO,)) -> int:
        made = Vectors(kind=Kind.FACE, model=model, vectors=(FACE,))
        takes = Vectors(kind=Kind.DIGITS, model="dtw@1", vectors=(drawn(2, 5, 4), drawn(3, 7, 4)), digits=(0, 9))
        return self.shelf.put(AIGUL, (made, takes), items, by="officer")


@pytest.fixture
def shelves(engine: Engine) -> Shelves:
    return Shelves(House(engine))


def test_what_is_put_away_is_compared_like_what_was_put_in(shelves: Shelves) -> None:
    shelves.enrol()
    found = Shelf(shelves.opened(), INSTALLATION_KEY).of(AIGUL)
    assert found.face is not None
    assert found.face.rotation is not None
    assert found.face.vectors[0] == pytest.approx(found.face.rotation @ FACE, abs=1e-6)
    assert found.digits is not None
    assert [take.shape for take in found.digits.vectors] == [(5, 4), (7, 4)]
    assert found.digits.digits == (0, 9)
    assert found.voice is None


def test_nobody_else_and_nobody_without_enrolment_has_a_template(shelves: Shelves) -> None:
    shelves.enrol()
    assert shelves.shelf.of(BOLAT) == Templates()
    assert shelves.store.people() == (AIGUL,)


def test_a_new_enrolment_takes_the_place_of_the_old_one_under_a_new_number(shelves: Shelves) -> None:
    assert (shelves.enrol(), shelves.enrol("face@2")) == (1, 2)
    face, digits = shelves.store.of(AIGUL)
    assert (face.model, face.version, digits.version) == ("face@2", 2, 2)
    assert len(shelves.store.items(AIGUL)) == 1


def test_what_was_replaced_is_gone_and_its_sheet_says_what_it_was(shelves: Shelves) -> None:
    shelves.enrol()
    shelves.enrol(items=(PHOTO, changed(PHOTO, content=b"another")))
    with shelves.house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT version FROM template")
        assert {row[0] for row in rows} == {2}
        assert connection.exec_driver_sql("SELECT count(*) FROM enrolment_item").scalar() == 2
    later, first = sheets_of(shelves.house.engine, AIGUL)
    assert (first.version, later.version, later.made_by, later.sheet.signature) == (1, 2, "officer", None)
    said = msgspec.json.decode(first.sheet.statement)
    assert said["pieces"] == [{"kind": "photo", "digit": None, "sha256": sha256(PHOTO.content).hexdigest()}]
    assert [one["kind"] for one in said["templates"]] == ["face", "digits"]
    last = Audit(shelves.house.engine, shelves.house.clock).latest(1)[0]
    assert last.purpose == f"version 2; sheet {sha256(later.sheet.statement).hexdigest()}, without a key"


def test_a_sheet_names_the_very_templates_that_are_compared(shelves: Shelves) -> None:
    shelves.enrol()
    (sheet,) = sheets_of(shelves.house.engine, AIGUL)
    named = {one["sha256"] for one in msgspec.json.decode(sheet.sheet.statement)["templates"]}
    assert named == {sha256(one.content).hexdigest() for one in shelves.store.of(AIGUL)}


def test_templates_made_anew_leave_the_photographs_they_were_made_of(shelves: Shelves) -> None:
    shelves.enrol()
    shelves.enrol("face@2", items=())
    (photo,) = shelves.store.items(AIGUL, Material.PHOTO)
    assert photo.content == b"a photograph"
    assert shelves.store.items(AIGUL, Material.DIGIT) == ()


def test_the_database_alone_shows_no_face(shelves: Shelves) -> None:
    shelves.enrol()
    with shelves.house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT sealed FROM template UNION SELECT sealed FROM enrolment_item")
        everything = b"".join(bytes(row[0]) for row in rows)
    assert b"a photograph" not in everything
    assert FACE.astype("<f4").tobytes() not in everything


def test_with_the_persons_key_the_templates_are_gone(shelves: Shelves) -> None:
    shelves.enrol()
    shelves.house.vault.destroy(AIGUL)
    other = shelves.opened()
    with pytest.raises(KeyDestroyedError):
        other.of(AIGUL)
    assert Shelf(other, INSTALLATION_KEY).of(AIGUL) == Templates()


def test_forgetting_somebody_leaves_a_receipt_and_the_audit(shelves: Shelves) -> None:
    shelves.enrol()
    shelves.enrol()
    signed = shelves.life.forget(AIGUL, "asked for by the court", by="officer")
    assert signed_by(INSTALLATION.public_key, signed.content, signed.signature)
    receipt = msgspec.json.decode(signed.content, type=TemplateReceipt)
    assert (receipt.person_id, receipt.version, receipt.by) == (AIGUL, 2, "officer")
    assert (receipt.templates, receipt.items) == ({"digits": 1, "face": 1}, {"photo": 1})
    assert shelves.life.receipts() == [signed]
    assert shelves.store.of(AIGUL) == ()
    assert shelves.store.items(AIGUL) == ()
    last, before, _ = Audit(shelves.house.engine, shelves.house.clock).latest(3)
    assert (last.who, last.what, last.object) == ("officer", "forget_templates", "person/aigul")
    assert before.what == "enrol"
    with pytest.raises(KeyError):
        shelves.life.forget(AIGUL, "again", by="officer")


def test_who_is_enrolled_again_after_a_deletion_has_nothing_in_common_with_what_was_deleted(shelves: Shelves) -> None:
    shelves.enrol()
    (before, *_) = shelves.store.of(AIGUL)
    shelves.life.forget(AIGUL, "moved away", by="officer")
    assert shelves.enrol() == 2
    (after, *_) = shelves.store.of(AIGUL)
    assert after.content != before.content, "the same face, and yet no vector that would find it in an old copy"


def test_templates_go_with_the_sentence_and_not_while_it_runs(shelves: Shelves) -> None:
    shelves.enrol()
    assert shelves.life.run([BOLAT]) == []
    assert shelves.store.people() == (AIGUL,)
    assert len(shelves.life.run([AIGUL, BOLAT])) == 1
    assert shelves.store.people() == ()
    assert shelves.life.run([AIGUL]) == []
