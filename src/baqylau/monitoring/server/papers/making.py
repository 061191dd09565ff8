"""Making papers: reading what they are about, writing, typesetting, numbering and signing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib.metadata import version

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.signing import Signer
from baqylau.domain.alarms import Alarm
from baqylau.domain.ids import AlarmId, PersonId
from baqylau.domain.papers import PaperKind
from baqylau.monitoring.server.evidence import by_what
from baqylau.monitoring.server.evidence.gathering import without_others
from baqylau.monitoring.server.papers import counts, handed, reports, stored
from baqylau.monitoring.server.papers.actors import Actors, Officer
from baqylau.monitoring.server.papers.facts import AlarmFile, Counted, Cover, Dossier, StockFile, Stretch
from baqylau.monitoring.server.papers.layout import Paper
from baqylau.monitoring.server.papers.typesetting import pdf
from baqylau.monitoring.server.papers.words import Words
from baqylau.monitoring.workstation.looking_back.timeline import Timelines
from baqylau.storage.access.accounts import Accounts
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.alarms.figures import Figures
from baqylau.storage.evidence import EvidenceSource
from baqylau.storage.judging.findings import Written
from baqylau.storage.people.papers import Papers, Receipt, Wanted
from baqylau.storage.registers.case_fact_rows import Facts
from baqylau.storage.registers.case_facts import CaseFacts
from baqylau.storage.registers.registers import Registers

LONGEST = timedelta(days=400)
ALARMS_MAX = 10_000
_DRAWN = frozenset({PaperKind.COMPLIANCE, PaperKind.COURT, PaperKind.OWN})
"""Papers that show each day: only these need the journal."""


class NoSuchError(Exception):
    """There is no such person or alarm."""


class PeriodError(Exception):
    """The period has no length, or is too long for one paper."""


class Shelf(Struct, frozen=True, kw_only=True):
    """The parts of the storage that papers are made from."""

    engine: Engine
    registers: Registers
    alarms: Alarms
    figures: Figures
    source: EvidenceSource
    timelines: Timelines
    timezone: str


class Maker:
    """Makes papers of an installation."""

    def __init__(self, shelf: Shelf, signer: Signer, clock: Callable[[], datetime]) -> None:
        self._shelf = shelf
        self._papers = Papers(shelf.engine)
        self._signer = signer
        self._clock = clock

    def about_person(self, wanted: Wanted, from_at: datetime, until_at: datetime) -> tuple[bytes, Receipt]:
        """Make a paper about a person and a period. `NoSuchError`, `PeriodError`."""
        dossier = self._dossier(wanted, from_at, until_at)
        write = _ABOUT_PERSON[wanted.kind]
        return self._make(wanted, lambda words, cover: write(words, cover, dossier))

    def about_alarm(self, wanted: Wanted, alarm_id: AlarmId) -> tuple[bytes, Receipt]:
        """Make the report on an alarm. `NoSuchError`."""
        file = self._alarm_file(wanted, alarm_id)
        return self._make(wanted, lambda words, cover: reports.alarm(words, cover, file))

    def about_stock(self, wanted: Wanted, file: StockFile) -> tuple[bytes, Receipt]:
        """Make the act of what was done with a device while it was on nobody."""
        return self._make(wanted, lambda words, cover: stored.act(words, cover, file))

    def statistics(self, wanted: Wanted, from_at: datetime, until_at: datetime) -> tuple[bytes, Receipt]:
        """Make the statistics of a period. `PeriodError`."""
        _period(from_at, until_at)
        load = self._shelf.figures.load(from_at, until_at, now=self._clock(), zone=self._shelf.timezone)
        counted = Counted(load=load, from_at=from_at, until_at=until_at)
        return self._make(wanted, lambda words, cover: counts.statistics(words, cover, counted))

    def _make(self, wanted: Wanted, written: Callable[[Words, Cover], Paper]) -> tuple[bytes, Receipt]:
        at = self._clock()
        words = Words(language=wanted.language, timezone=self._shelf.timezone)

        def write(number: str) -> bytes:
            return pdf(written(words, self._cover(wanted, words, number, at)), at)

        return self._papers.make(wanted, self._signer, at, self._shelf.timezone, write)

    def _cover(self, wanted: Wanted, words: Words, number: str, at: datetime) -> Cover:
        return Cover(
            number=number,
            at=at,
            by=self._actors(wanted).said(words, wanted.by),
            purpose=wanted.purpose,
            recipient=wanted.recipient,
            version=version("baqylau"),
            rules=by_what.code(),
            key=self._signer.public_key.hex(),
        )

    def _dossier(self, wanted: Wanted, from_at: datetime, until_at: datetime) -> Dossier:
        _period(from_at, until_at)
        shelf, now = self._shelf, self._clock()
        person = shelf.registers.person(wanted.person_id)
        if person is None:
            raise NoSuchError
        whole = shelf.registers.supervision(wanted.person_id)
        drawn = wanted.kind in _DRAWN
        segments = shelf.timelines.segments(whole, from_at, min(until_at, now)) if drawn and from_at < now else ()
        return Dossier(
            person=person,
            supervision=without_others(whole) if wanted.kind is PaperKind.OWN else whole,
            from_at=from_at,
            until_at=until_at,
            stretches=tuple(msgspec.convert(one, Stretch, from_attributes=True) for one in segments),
            findings=tuple(written_of(shelf, wanted.person_id, from_at, until_at)) if drawn else (),
            alarms=tuple(self._alarms(wanted.person_id, from_at, until_at)) if drawn else (),
            recorded=CaseFacts(shelf.engine, self._clock).of(wanted.person_id) if drawn else Facts(),
            actors=self._actors(wanted),
            now=now,
        )

    def _actors(self, wanted: Wanted) -> Actors:
        return replace(actors_of(self._shelf.engine, self._clock()), named=wanted.kind is not PaperKind.OWN)

    def _alarms(self, person_id: PersonId, from_at: datetime, until_at: datetime) -> list[Alarm]:
        chosen = AlarmFilter(person_id=person_id, raised_from=from_at, raised_until=until_at)
        return [view.alarm for view in reversed(self._shelf.alarms.page(chosen, limit=ALARMS_MAX))]

    def _alarm_file(self, wanted: Wanted, alarm_id: AlarmId) -> AlarmFile:
        shelf = self._shelf
        try:
            view = shelf.alarms.get(alarm_id)
        except KeyError:
            raise NoSuchError from None
        grounds = shelf.alarms.grounds(alarm_id)
        person_id = view.alarm.person_id
        return AlarmFile(
            alarm=view.alarm,
            person=shelf.registers.person(person_id) if person_id else None,
            supervision=shelf.registers.supervision(person_id) if person_id else None,
            findings=grounds.findings,
            superseded=frozenset(grounds.superseded),
            acts=grounds.acts,
            actors=self._actors(wanted),
        )


def actors_of(engine: Engine, at: datetime) -> Actors:
    """Give who the officers are, those who do not work here any more among them."""
    accounts = Accounts(engine, lambda: at).all()
    return Actors(officers={one.login: Officer(name=one.name, role=one.role) for one in accounts})


def written_of(shelf: Shelf, person_id: PersonId, from_at: datetime, until_at: datetime) -> list[Written]:
    """Give what was found about a person in a period, taken away since or not."""
    found = shelf.source.findings(person_id, from_at, until_at)
    return [msgspec.convert({**one, "alarm_id": one["alarm"]}, Written) for one in found]


def _period(from_at: datetime, until_at: datetime) -> None:
    if not timedelta() < until_at - from_at <= LONGEST:
        raise PeriodError


_ABOUT_PERSON: dict[PaperKind, Callable[[Words, Cover, Dossier], Paper]] = {
    PaperKind.COMPLIANCE: reports.compliance,
    PaperKind.COURT: reports.court,
    PaperKind.FITTING: handed.fitting,
    PaperKind.RETURN: handed.given_back,
    PaperKind.MEMO: handed.memo,
    PaperKind.OWN: handed.own,
}
"""What writes each paper about a person."""
ABOUT_PERSON = frozenset(_ABOUT_PERSON)
