"""Each event about breath tests (E01 to E14) from what makes it to its finding: the planner asks, the unit's very core
measures a physical model, the journal keeps, the judge finds, and an alarm names the facts on which it rests."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.digests import observation_id
from baqylau.devices.breath_unit.inputs import CalibrationRead
from baqylau.devices.linux_unit.inputs import ButtonPressed, Ordered, Tick
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.checks import Bypass, CheckKind, CheckWhy, Likely, Likeness, LikenessReason
from baqylau.domain.consolidation import RECORD_ONLY
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Authentication, Body, Observation
from baqylau.domain.partitions import partition_of
from baqylau.links.breath_lines import Board
from baqylau.monitoring.server.check_orders import Asker
from baqylau.protocols.batch.records import CommandResult, Own
from baqylau.sim.breath.air import Air, Person, Trick
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell
from baqylau.sim.breath.home import Home, Somebody
from baqylau.sim.breath.laboratory import file
from baqylau.storage.checks.checks import CheckAsked
from baqylau.storage.equipment.commands import Told, tell
from baqylau.storage.journal.journal import Entry
from baqylau.storage.judging.findings import Findings
from tests.unit.server.link.checkpoint import BREATH, BREATHES, Checkpoint
from tests.unit.server.link.household import AINUR
from tests.unit.server.site import START

ADJUSTED_DAYS = 100.0
NEVER_PLANNED = replace(BREATHES, schedule=replace(BREATHES.schedule, windows=()), after=(Code.STRAP_OPEN,))


class Flat:
    """A home with the unit's core, at an installation whose clock the story moves."""

    def __init__(self, engine: Engine) -> None:
        self.site, self._random = Checkpoint(engine, NEVER_PLANNED), Random(4)  # noqa: S311 - an invented home
        cell = Cell()
        named = Board(serial="model", cell="cell/1", full_scale_ua=FULL_SCALE_UA, dioxide=True)
        board = ModelBoard(cell, self._random, board=named)
        made = file(cell, self._random, START - timedelta(days=ADJUSTED_DAYS), BREATH)
        self._home = Home(board, made, self._random, START)
        self._home.state = replace(self._home.state, device_id=BREATH)
        self._home.take(CalibrationRead(file=made, at=START, monotonic_ms=60_000))
        self._told, self._asked = 0, 0

    def passes(self, minutes: float, every: float = 20.0) -> None:
        """Let time pass; the planner asks and the judge judges in between."""
        until = self.site.clock.at + timedelta(minutes=minutes)
        while self.site.clock.at < until:
            self.site.clock.at = min(self.site.clock.at + timedelta(minutes=every), until)
            self.site.plan()

    def asks(self) -> CheckAsked:
        """Let somebody on duty ask for a test."""
        self._asked += 1
        asker = Asker(self.site.registers, self.site.checks, self.site.clock)
        name = asker.by_hand(AINUR, CheckKind.BREATH, CheckId(f"{self._asked:032x}"), by="dana", reason="asked to")
        return self.site.checks.get(name)

    def confirming(self, first: CheckAsked) -> CheckAsked:
        """Wait for the second test that follows a first one."""
        self.site.plan()
        found = [one for one in self.site.checks.open() if one.after == first.id and one.why is CheckWhy.CONFIRMATION]
        assert found, "no second test was asked for"
        self.passes((found[0].due_at - self.site.clock.at).total_seconds() / 60)
        return found[0]

    def gets(self, asked: CheckAsked) -> None:
        """Let the unit take the order."""
        [command] = [one for one in self.site.commands.open()[BREATH] if one.number == asked.command]
        self._home.board.ms = 100 * round((self.site.clock.at - START).total_seconds() * 10)
        self._home.take(Tick(at=self._at(), monotonic_ms=self._ms()))
        self._home.take(Ordered(command=command, at=self._at(), monotonic_ms=self._ms()))
        self.brings()

    def begins(self) -> None:
        """Let somebody press the button."""
        self._home.take(ButtonPressed(at=self._at(), monotonic_ms=self._ms()))
        self.brings()

    def gives(self, asked: CheckAsked, somebody: Somebody) -> None:
        """Let somebody give a test, to its end."""
        self.gets(asked)
        self._home.somebody = somebody
        self._home.take(ButtonPressed(at=self._at(), monotonic_ms=self._ms()))
        self._home.go_on(lambda: self._home.state.session is None)
        self.site.clock.at = self._at()
        self.brings()

    def compared(self, asked: CheckAsked, outcome: Likely, reason: LikenessReason) -> None:
        """Let the photographs be compared."""
        self.site.checks.judged(asked.id, Likeness(check_id=asked.id, outcome=outcome, reasons=(reason,)))
        self.site.plan()

    def brings(self) -> None:
        """Bring what the unit wrote down."""
        records, begin = self._home.records[self._told :], self._told
        self._told += len(records)
        entries, told = [], []
        for number, one in enumerate(records, begin):
            match one.said:
                case Own(bodies=bodies):
                    entries.append(_entry(one.observed_at, number, bodies))
                case CommandResult(number=command, state=state):
                    told.append(Told(device_id=BREATH, number=command, state=state, detail="", at=one.observed_at))
        self.site.journal.append(entries, also=[lambda connection: tell(connection, told)])
        self.site.plan()

    def found(self, code: Code, check: CheckId | None = None) -> Finding:
        """Give the finding of a code, of one check if one is named."""
        of = [
            one
            for one in Findings(self.site.engine).recent([code], START - timedelta(days=1))
            if check is None or check in self.site.checks.of_facts(one.because).values()
        ]
        assert of, (code, self.site.codes())
        return of[-1]

    def bodies(self, finding: Finding) -> list[Body]:
        """Give what the facts under a finding say."""
        return [body for entry in self.site.journal.entries(finding.because) for body in entry.observation.bodies]

    def _at(self) -> datetime:
        return START + timedelta(milliseconds=self._home.board.ms)

    def _ms(self) -> int:
        return 60_000 + self._home.board.ms


def _entry(at: datetime, number: int, bodies: Sequence[Body]) -> Entry:
    said = Observation(
        id=observation_id(BREATH.encode(), str(number).encode(), at.isoformat().encode()),
        device_id=BREATH,
        observed_at=at,
        received_at=at,
        bodies=tuple(bodies),
        authentication=Authentication.DEVICE_KEY,
    )
    return Entry(partition=partition_of(AINUR), person_id=AINUR, observation=said, raw=b"")


SOBER = Person()


def _dice() -> Random:
    return Random(7)  # noqa: S311 - invented people


def _drank(alcohol_mg_l: float) -> Somebody:
    return Somebody(Person(alcohol_mg_l=alcohol_mg_l), _dice())


MATCH = (Likely.MATCH, LikenessReason.FACE_AGREES)
NO_MATCH = (Likely.NO_MATCH, LikenessReason.FACE_DIFFERS)


def _other_then_self(flat: Flat) -> CheckAsked:
    asked = flat.asks()
    flat.gives(asked, Somebody(SOBER, _dice()))
    flat.compared(asked, *NO_MATCH)
    flat.found(Code.BREATH_WRONG_PERSON, asked.id)
    flat.site.checks.decide(asked.id, Likely.MATCH, by="dana", grounds="the same scar")
    flat.site.plan()
    return asked


def _twice(flat: Flat) -> CheckAsked:
    first = flat.asks()
    flat.gives(first, _drank(0.40))
    flat.compared(first, *MATCH)
    flat.found(Code.BREATH_FIRST_POSITIVE, first.id)
    assert Code.BREATH_POSITIVE.value not in flat.site.codes(), "one test is no fail"
    second = flat.confirming(first)
    flat.gives(second, _drank(0.25))
    return second


def _once_and_away(flat: Flat) -> CheckAsked:
    first = flat.asks()
    flat.gives(first, _drank(0.40))
    second = flat.confirming(first)
    flat.gets(second)
    flat.passes(8)
    return second


def _unanswered(flat: Flat) -> CheckAsked:
    asked = flat.asks()
    flat.gets(asked)
    flat.passes(20)
    return asked


def _begun_and_gone(flat: Flat) -> CheckAsked:
    asked = flat.asks()
    flat.gets(asked)
    flat.begins()
    flat.passes(95)
    return asked


def _tried(person: Somebody) -> Callable[[Flat], CheckAsked]:
    def told(flat: Flat) -> CheckAsked:
        asked = flat.asks()
        flat.gives(asked, person)
        return asked

    return told


class Rinses(Somebody):
    """Somebody who rinses the mouth again before each try."""

    def told(self, word: str, place: str, room_c: float, ms: int) -> Air | None:
        if word == "again_mouth_alcohol":
            self._from_ms = -1
        return super().told(word, place, room_c, ms)


BY_TESTS: tuple[tuple[Callable[[Flat], CheckAsked], tuple[Code, ...]], ...] = (
    (_other_then_self, (Code.BREATH_WRONG_PERSON, Code.BREATH_PASSED)),
    (_twice, (Code.BREATH_POSITIVE, Code.CONFIRMATION_ABNORMAL)),
    (_once_and_away, (Code.CONFIRMATION_MISSED,)),
    (_unanswered, (Code.BREATH_MISSED,)),
    (_tried(Somebody(SOBER, _dice(), trick=Trick.SHORT_PUFFS)), (Code.BREATH_INCOMPLETE,)),
    (_tried(Rinses(Person(mouth_mg_l=4.0), _dice(), minutes_after=1.0)), (Code.MOUTH_ALCOHOL,)),
    (_begun_and_gone, (Code.BREATH_NOT_RECEIVED,)),
)
AFTER_DAYS = ((3, Code.BREATH_UNIT_SILENT), (66, Code.CALIBRATION_DUE), (81, Code.CALIBRATION_EXPIRED))


def test_every_event_about_breath_comes_from_what_makes_it_and_names_it(engine: Engine) -> None:
    flat = Flat(engine)
    for happens, codes in BY_TESTS:
        asked = happens(flat)
        for code in codes:
            assert flat.found(code, asked.id).because
            assert EVENTS[code].priority == RECORD_ONLY or code.value in flat.site.codes(), code
        flat.passes(180, every=90)
    asked = flat.asks()
    flat.gives(asked, Somebody(SOBER, _dice(), trick=Trick.BALLOON))
    balloon = flat.found(Code.BREATH_TAMPER)
    assert any(isinstance(body, Bypass) for body in flat.bodies(balloon))
    for day, code in AFTER_DAYS:
        flat.passes((START + timedelta(days=day) - flat.site.clock.at).total_seconds() / 60, every=7 * 1440)
        assert flat.found(code).because, code
        assert code.value in flat.site.codes(), code
