"""Looking at what was brought for an enrolment: in turn, apart, and never to the end of the server."""

import pytest
from sqlalchemy import Engine

from baqylau.monitoring.av_server.enrolment import Named, Refused
from baqylau.monitoring.av_server.examining import Examined, Examiner, Examining, Offer, Plain, examined
from baqylau.monitoring.av_server.shelf import Shelf
from baqylau.monitoring.av_server.working import JudgingFailedError
from baqylau.storage.checks.enrolment_drafts import Draft, EnrolmentDrafts, Objected
from baqylau.storage.checks.enrolment_sheets import Sheet, statement_of
from baqylau.storage.checks.templates import Kind, TemplateStore
from tests.unit.av.stage import MODELS, OTHER
from tests.unit.av.test_enrolment import DIGITS, PHOTOS, SENTENCES, photo
from tests.unit.storage.kept import AIGUL, INSTALLATION_KEY, House


class Apart:
    """Looks as the process apart does, or dies."""

    def __init__(self, deaths: int = 0) -> None:
        self.deaths = deaths

    def examined(self, offer: Offer) -> Examined:
        if self.deaths:
            self.deaths -= 1
            raise JudgingFailedError("killed")
        return examined(offer, MODELS)


class Desk:
    """An officer's side and the server's, over one database."""

    def __init__(self, house: House, apart: Examining) -> None:
        self.house = house
        self.drafts = EnrolmentDrafts(house.engine, house.vault, house.clock, house.random)
        self.store = TemplateStore(house.engine, house.vault, house.clock, house.random)
        self.shelf = Shelf(self.store, INSTALLATION_KEY)
        self.examiner = Examiner(drafts=self.drafts, store=self.store, shelf=self.shelf, apart=apart)

    def brought(self, *named: Named) -> Draft:
        for one in named:
            self.drafts.add(AIGUL, one.item, "dana")
        self.drafts.ask(AIGUL)
        while self.examiner.once():
            pass
        draft = self.drafts.of(AIGUL)
        assert draft is not None
        return draft

    def signed(self, draft: Draft) -> None:
        """Put in force what was found, as the workstation does."""
        assert draft.found is not None
        found, items = draft.found, self.drafts.items(AIGUL)
        taken = [items[number] for number in found.taken]
        sheet = Sheet(
            statement_of(AIGUL, found.version, found.made, taken, by="dana", at=self.house.now, salt=bytes(16))
        )
        self.store.replace(AIGUL, found.made, taken, version=found.version, by="dana", sheet=sheet)


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def test_what_was_found_waits_beside_the_pieces_and_enrols_nobody(house: House) -> None:
    desk = Desk(house, Apart())
    draft = desk.brought(*PHOTOS, *SENTENCES, *DIGITS)
    assert draft.found is not None
    assert (len(draft.found.taken), draft.found.version, draft.found.objections) == (56, 1, ())
    assert [one.kind for one in draft.found.made] == list(Kind)
    assert desk.store.of(AIGUL) == ()
    desk.signed(draft)
    templates = desk.shelf.of(AIGUL)
    assert templates.face is not None
    assert templates.voice is not None
    assert templates.digits is not None
    assert len(templates.digits.vectors) == 50


def test_what_is_not_good_is_named_by_its_piece_or_its_digit(house: House) -> None:
    draft = Desk(house, Apart()).brought(*PHOTOS, photo("crowd.png", faces=3), *SENTENCES, *DIGITS[:-1])
    assert draft.found is not None
    crowd = draft.pieces[3].id
    assert set(draft.found.objections) == {
        Objected(Refused.SEVERAL_FACES, piece=crowd),
        Objected(Refused.TOO_FEW_TAKES, digit=9),
    }
    assert draft.found.made == (), "the digits miss: that is no enrolment"


def test_another_face_does_not_take_the_place_of_who_is_enrolled(house: House) -> None:
    desk = Desk(house, Apart())
    desk.signed(desk.brought(*PHOTOS))
    draft = desk.brought(*(photo(f"sister-{index}.png", OTHER) for index in range(3)))
    assert draft.found is not None
    assert (draft.found.objections, draft.found.made) == ((Objected(Refused.OTHER_PERSON),), ())


@pytest.mark.parametrize(
    "said",
    [
        Examined(objections=(), taken=(99,)),
        Examined(objections=(("piece none", Refused.NO_FACE),)),
        Examined(objections=(), made=(Plain(kind=Kind.FACE, model="m", shapes=((7,),), octets=(b"short",)),)),
    ],
)
def test_a_process_that_says_what_cannot_be_is_not_believed(house: House, said: Examined) -> None:
    class Hijacked:
        def examined(self, offer: Offer) -> Examined:
            del offer
            return said

    draft = Desk(house, Hijacked()).brought(PHOTOS[0])
    assert draft.found is not None
    assert (draft.found.objections, draft.found.made) == ((Objected(Refused.UNREADABLE),), ())


def test_pieces_that_kill_every_look_are_given_up_in_words(house: House) -> None:
    patient, impatient = Desk(house, Apart(deaths=2)), Apart(deaths=99)
    draft = patient.brought(*PHOTOS)
    assert draft.found is not None
    assert draft.found.face_alone
    other = Desk(house, impatient).brought(PHOTOS[0])
    assert other.found is not None
    assert other.found.objections == (Objected(Refused.UNREADABLE),)
    assert impatient.deaths == 96
