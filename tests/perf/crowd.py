"""A crowd with invented names, Kazakh and Russian, on the registers and on the move."""

from collections.abc import Iterator
from math import cos, sin
from time import perf_counter, sleep

import msgspec
from msgspec.structs import replace

from baqylau.domain.ids import ObservationId, PersonId
from baqylau.domain.observations import Fix
from baqylau.domain.orders import PresenceRegime
from baqylau.domain.partitions import partition_of
from baqylau.domain.verdicts import Compliance
from baqylau.links.wall_clock import now
from baqylau.rules import fold
from baqylau.sim.load_fleet import load_registry
from baqylau.sim.town_plan import to_point
from baqylau.storage.judging.judgement import Judged, JudgedBatch, JudgeStore, LiveWrite
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registry import Registry
from tests.perf.installation import Installation, register

SAVED_AT_ONCE = 10_000
ROUNDS_PER_S = 5
WIDE_M = 30_000.0
STEP_M = 20.0
GIVEN = (
    "Айгүл", "Әлия", "Бекзат", "Ержан", "Олжас", "Дина", "Қуаныш", "Гүлназ", "Жәнібек", "Нұрлан", "Сәуле", "Өмірбек",
    "Ұлжан", "Іңкәр", "Шыңғыс", "Ғалым", "Дәурен", "Мұхтар", "Төлеген", "Қарлығаш", "Анна", "Игорь", "Наталья",
    "Сергей", "Ёлка", "Юлия", "Пётр", "Щедрин", "Эдуард", "Яна", "Василий", "Ольга",
)  # fmt: skip
STEMS = (
    "Ойдан", "Жорамал", "Сарыжан", "Ақтау", "Қаражан", "Бөрібай", "Түлкібай", "Қасқыр", "Аққу", "Қарға", "Бүркіт",
    "Тауеке", "Өзен", "Көкше", "Теңіз", "Жұлдыз", "Күнбай", "Айбар", "Темір", "Болат", "Құмар", "Шөлбай", "Орман",
    "Вымышлен", "Придуман", "Сочин", "Небыл", "Сказоч", "Ветреч", "Облач", "Дожд", "Снеж",
)  # fmt: skip
MIDDLES = ("", "бай", "бек", "хан", "гер", "қали", "дәулет", "мұрат", "жол", "тай", "ғазы", "сары")
ENDINGS = ("ов", "ова", "ев", "ева", "ұлы", "қызы", "ин", "ина", "ский", "ская", "")
STREETS = (
    "Тал", "Қайың", "Терек", "Емен", "Абрикос", "Речной", "Мектеп", "Орда", "Бұлақ", "Өрік", "Степной", "Садовый",
)  # fmt: skip
STATE = msgspec.msgpack.encode(fold.begin())
TURNS = (
    Compliance.AS_PRESCRIBED,
    Compliance.AS_PRESCRIBED,
    Compliance.FREE,
    Compliance.NOT_AS_PRESCRIBED,
    Compliance.UNKNOWN,
)


def name_of(index: int) -> str:
    """Give an invented name; many share a word of it, as in a country."""
    given, rest = GIVEN[index % len(GIVEN)], index // len(GIVEN)
    stem, rest = STEMS[rest % len(STEMS)], rest // len(STEMS)
    middle, rest = MIDDLES[rest % len(MIDDLES)], rest // len(MIDDLES)
    return f"{given} {stem}{middle}{ENDINGS[rest % len(ENDINGS)]}"


def address_of(index: int) -> str:
    """Give an invented address."""
    return f"{STREETS[index % len(STREETS)]} көшесі, {index // len(STREETS) % 240 + 1}"


def crowd(people: int) -> Iterator[Registry]:
    """Give the registers of so many, each with an order and a home, in parts that are saved at once."""
    whole = load_registry("wialon", people, now())
    homes = tuple(one for one in whole.restrictions if isinstance(one, PresenceRegime))
    named = tuple(
        replace(one, name=name_of(index), address=address_of(index)) for index, one in enumerate(whole.people)
    )
    for begin in range(0, people, SAVED_AT_ONCE):
        part = slice(begin, begin + SAVED_AT_ONCE)
        yield Registry(
            people=named[part],
            devices=whole.devices[part],
            orders=whole.orders[part],
            restrictions=homes[part],
            fittings=whole.fittings[part],
        )


def gather(installation: Installation, people: int) -> None:
    """Save the registers of so many."""
    for part in crowd(people):
        register(installation, part)


class Walking:
    """Everybody has a place; a share of them takes a step each second, as a judge would write it."""

    def __init__(self, installation: Installation, people: list[PersonId]) -> None:
        """Put everybody somewhere."""
        self._store = JudgeStore(installation.engine)
        self._epochs = Seats(installation.engine, "judge", "bench").sit()
        self._people = people
        self._turn = 0
        self.going = True
        while self._turn < len(people):
            self._step(1_000)

    def run(self, moves_per_s: int) -> None:
        """Go on until told to stop."""
        while self.going:
            begun_s = perf_counter()
            self._step(moves_per_s // ROUNDS_PER_S)
            sleep(max(0.0, begun_s + 1 / ROUNDS_PER_S - perf_counter()))

    def _step(self, count: int) -> None:
        turns = range(self._turn, self._turn + count)
        self._turn += count
        batch = tuple(self._judged(turn) for turn in turns)
        self._store.commit(JudgedBatch(epochs=self._epochs, cursors={}, people=batch, judged_at=now()))

    def _judged(self, turn: int) -> Judged:
        index, round_number = turn % len(self._people), turn // len(self._people)
        at, person_id = now(), self._people[index]
        # A spiral of golden angles fills a disc evenly.
        radius_m, angle = WIDE_M * (index / len(self._people)) ** 0.5, index * 2.399963
        point = to_point((radius_m * cos(angle) + STEP_M * round_number, radius_m * sin(angle)))
        fix = Fix(latitude_deg=point.latitude_deg, longitude_deg=point.longitude_deg)
        standing = fold.PersonStanding(
            compliance=TURNS[(index + round_number) % len(TURNS)],
            blindness=None,
            since=at,
            last_fix=fold.LastFix(at=at, fix=fix, accuracy_m=15.0, observation_id=ObservationId(f"{turn:032x}")),
            heard_at=at,
            battery_percent=80.0,
        )
        return Judged(
            person_id=person_id,
            partition=partition_of(person_id),
            state=STATE,
            through=at,
            live=LiveWrite(compliance=standing.compliance, body=msgspec.json.encode(standing)),
        )
