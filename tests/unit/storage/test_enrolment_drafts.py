"""Enrolments under way: pieces are sealed, looked at in turn, and thrown away when nobody goes on."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from baqylau.storage.access.audit import Audit
from baqylau.storage.checks import enrolment_drafts
from baqylau.storage.checks.enrolment_drafts import DraftFullError, EnrolmentDrafts, Found, Objected
from baqylau.storage.checks.enrolment_sheets import Made, Material, NewItem
from tests.unit.storage.kept import AIGUL, BOLAT, House

PHOTO = NewItem(kind=Material.PHOTO, content_type="image/jpeg", content=b"a photograph of her")
SEVEN = NewItem(kind=Material.DIGIT, content_type="audio/wav", content=b"seven", digit=7)
FOUND = Found(
    taken=(1,), made=(Made("face", "face@1", b"vectors"),), version=1, objections=(Objected("too_few_takes"),)
)


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


@pytest.fixture
def drafts(house: House) -> EnrolmentDrafts:
    return EnrolmentDrafts(house.engine, house.vault, house.clock, house.random)


def test_what_is_brought_is_kept_sealed_and_given_back(house: House, drafts: EnrolmentDrafts) -> None:
    drafts.add(AIGUL, PHOTO, "dana")
    drafts.add(AIGUL, SEVEN, "erlan")
    draft = drafts.of(AIGUL)
    assert draft is not None
    assert (draft.begun_by, [(one.kind, one.digit, one.size) for one in draft.pieces]) == (
        "dana",
        [(Material.PHOTO, None, 19), (Material.DIGIT, 7, 5)],
    )
    assert list(drafts.items(AIGUL).values()) == [PHOTO, SEVEN]
    assert drafts.of(BOLAT) is None
    with house.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT sealed FROM enrolment_piece")
        assert not any(b"photograph" in bytes(row[0]) for row in rows)


def test_a_draft_is_looked_at_when_it_is_asked_for_and_told_once(drafts: EnrolmentDrafts) -> None:
    drafts.add(AIGUL, PHOTO, "dana")
    assert drafts.next() is None
    drafts.ask(AIGUL)
    waits, again = drafts.next(), drafts.next()
    assert waits is not None
    assert again is not None
    assert (waits[0], waits[2], again[2]) == (AIGUL, 0, 1)
    drafts.tell(AIGUL, waits[1], FOUND)
    assert drafts.next() is None
    draft = drafts.of(AIGUL)
    assert draft is not None
    assert draft.found == FOUND


def test_another_piece_makes_it_another_draft(house: House, drafts: EnrolmentDrafts) -> None:
    drafts.add(AIGUL, PHOTO, "dana")
    drafts.ask(AIGUL)
    waits = drafts.next()
    assert waits is not None
    drafts.tell(AIGUL, waits[1], FOUND)
    drafts.give_to_sign(AIGUL, b"a sheet")
    drafts.add(AIGUL, SEVEN, "dana")
    draft = drafts.of(AIGUL)
    assert draft is not None
    assert (draft.found, draft.statement, draft.asked_at) == (None, None, None)
    house.now += timedelta(seconds=1)
    drafts.ask(AIGUL)
    drafts.tell(AIGUL, waits[1], FOUND)
    later = drafts.of(AIGUL)
    assert later is not None
    assert later.found is None, "what was found in the pieces before does not count for these"


def test_more_than_anybody_needs_is_refused(drafts: EnrolmentDrafts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(enrolment_drafts, "PIECES_MAX", 2)
    drafts.add(AIGUL, PHOTO, "dana")
    drafts.add(AIGUL, SEVEN, "dana")
    with pytest.raises(DraftFullError):
        drafts.add(AIGUL, SEVEN, "dana")
    drafts.add(BOLAT, PHOTO, "dana")
    monkeypatch.setattr(enrolment_drafts, "BYTES_MAX", 2 * len(PHOTO.content) - 1)
    with pytest.raises(DraftFullError):
        drafts.add(BOLAT, PHOTO, "dana")


def test_what_nobody_goes_on_with_is_thrown_away_after_a_day(house: House, drafts: EnrolmentDrafts) -> None:
    drafts.add(AIGUL, PHOTO, "dana")
    assert drafts.tidy("rule/retention") == 0
    house.now += timedelta(days=1, seconds=1)
    drafts.add(BOLAT, PHOTO, "dana")
    assert drafts.tidy("rule/retention") == 1
    assert (drafts.of(AIGUL), drafts.items(AIGUL)) == (None, {})
    assert drafts.discard(BOLAT, "dana")
    assert not drafts.discard(BOLAT, "dana")
    said = [(one.who, one.what) for one in Audit(house.engine, house.clock).latest(2)]
    assert said == [("dana", "enrolment.discard"), ("rule/retention", "enrolment.discard")]
