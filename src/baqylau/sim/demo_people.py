"""Twelve invented people of Ақжелкен: where they live and work, what a court prescribed, what will happen to them."""

from msgspec import Struct

from baqylau.domain.people import Language
from baqylau.sim.stories import Leg, Story, stay, walk
from baqylau.sim.town import House, town
from baqylau.sim.town_plan import SCHOOL_GATE, Place

MINUTE_S = 60.0
SCHOOL_APPROACH: Place = (411.6, -316.1)
"""14 m outside of the school's gate: ten seconds on foot."""
SCHOOL_YARD: Place = (525.0, -265.0)


class Hours(Struct, frozen=True):
    """A window of duty, from and until so many hours after the demo is started: there is always something to judge."""

    from_h: int
    until_h: int


NIGHT = Hours(9, 18)
"""Free time for now."""


class Actor(Struct, frozen=True, kw_only=True):
    """One person of the demo. Numbers run from 1 and make up every id."""

    number: int
    name: str
    language: Language
    protocol: str
    home: House
    story: Story
    at_home: Hours | None = None
    work: House | None = None
    at_work: Hours | None = None
    keeps_from_school: bool = False
    keeps_to_town: bool = False
    keeps_from: int | None = None
    """Number of the person whom they must not meet."""
    visits: House | None = None
    visiting: Hours | None = None
    """When they may be there."""
    excused: bool = False
    silence_limit_s: int = 1800


def _house(street: str, number: int) -> House:
    return town().houses[f"{street} көшесі"][number - 1]


def _there_and_back(home: Place, place: Place) -> tuple[Leg, Leg]:
    way = town().path(home, place)
    return walk(way), walk(way[::-1])


def _is_at(place: Place) -> Story:
    return Story(loop_s=60 * MINUTE_S, legs=(stay(place),))


def _visits_school(home: Place) -> Story:
    """Goes into the yard at once, leaves after three minutes, and comes by again next hour."""
    way_home = town().path(SCHOOL_APPROACH, home)
    into_yard = (SCHOOL_APPROACH, SCHOOL_GATE, SCHOOL_YARD)
    legs = (
        _closely(walk(into_yard)),
        _closely(stay(SCHOOL_YARD, 90.0)),
        _closely(walk(into_yard[::-1])),
        walk(way_home),
        stay(home),
        walk(way_home[::-1]),
    )
    return Story(loop_s=55 * MINUTE_S, legs=legs)


def _closely(leg: Leg) -> Leg:
    return Leg(way=leg.way, lasts_s=leg.lasts_s, every_s=5.0)


def _opens_strap(home: Place) -> Story:
    opened = Leg(way=(home,), lasts_s=5 * MINUTE_S, strap_open=True)
    return Story(loop_s=80 * MINUTE_S, legs=(stay(home, 90.0), opened, stay(home)))


def _leaves_home(home: Place) -> Story:
    out, back = _there_and_back(home, _house("Самал", 30).middle)
    return Story(loop_s=70 * MINUTE_S, legs=(stay(home, 4 * MINUTE_S), out, stay(out.way[-1], 120.0), back, stay(home)))


def _goes_silent(home: Place) -> Story:
    silent = Leg(way=(home,), lasts_s=9 * MINUTE_S, heard=False)
    return Story(loop_s=65 * MINUTE_S, legs=(stay(home, 5 * MINUTE_S), silent, stay(home)))


def _works_in_a_basement(work: Place) -> Story:
    below = Leg(way=(work,), lasts_s=14 * MINUTE_S, fixed=False)
    return Story(loop_s=75 * MINUTE_S, legs=(stay(work, 3 * MINUTE_S), below, stay(work)))


def _forgets_to_charge(home: Place) -> Story:
    charge = ((0.0, 28.0), (20 * MINUTE_S, 22.0), (45 * MINUTE_S, 90.0), (120 * MINUTE_S, 28.0))
    return Story(loop_s=120 * MINUTE_S, legs=(stay(home),), charge=charge)


def _is_led_astray(home: Place) -> Story:
    jump = Leg(way=(home,), lasts_s=40.0, astray_m=(9_000.0, 5_500.0))
    return Story(loop_s=85 * MINUTE_S, legs=(stay(home, 13 * MINUTE_S), jump, stay(home)))


def _goes_about(home: Place, place: Place) -> Story:
    out, back = _there_and_back(home, place)
    return Story(loop_s=50 * MINUTE_S, legs=(stay(home, 45.0), out, stay(place, 12 * MINUTE_S), back, stay(home)))


def actors() -> tuple[Actor, ...]:
    """Give everybody, always the same. Half of the devices speak Wialon IPS, half EGTS."""
    return (*_with_a_story(), *_without_a_story())


def _with_a_story() -> tuple[Actor, ...]:
    """Those of whom something will be found, in the order in which it happens."""
    verstov, yarova = _house("Мектеп", 4), _house("Желкен", 22)
    zhelkenbai, kokzhiek = _house("Тал", 70), _house("Ескі", 14)
    lugin, tastemir, seilkhan = _house("Қайың", 25), _house("Жібек", 20), _house("Құрыш", 5)
    return (
        Actor(
            number=1, name="Игорь Верстов", language=Language.RU, protocol="wialon", home=verstov,
            story=_visits_school(verstov.middle), at_home=NIGHT, keeps_from_school=True,
        ),
        Actor(
            number=2, name="Наталья Ярова", language=Language.RU, protocol="egts", home=yarova,
            story=_opens_strap(yarova.middle), at_home=Hours(-2, 9), keeps_from=9,
        ),
        Actor(
            number=3, name="Бекзат Желкенбай", language=Language.KK, protocol="wialon", home=zhelkenbai,
            story=_leaves_home(zhelkenbai.middle), at_home=Hours(-3, 19), keeps_to_town=True,
        ),
        Actor(
            number=4, name="Олжас Көкжиек", language=Language.KK, protocol="egts", home=kokzhiek,
            story=_goes_silent(kokzhiek.middle), at_home=Hours(-4, 7), silence_limit_s=180,
        ),
        Actor(
            number=5, name="Павел Лугин", language=Language.RU, protocol="wialon", home=lugin,
            story=_forgets_to_charge(lugin.middle), at_home=Hours(-1, 12),
        ),
        Actor(
            number=6, name="Ержан Тастемір", language=Language.KK, protocol="egts", home=tastemir,
            story=_is_led_astray(tastemir.middle), at_home=Hours(-3, 10), keeps_to_town=True,
        ),
        Actor(
            number=7, name="Дина Сейілхан", language=Language.KK, protocol="wialon", home=_house("Мерей", 30),
            story=_works_in_a_basement(seilkhan.middle), work=seilkhan, at_work=Hours(-2, 8), at_home=NIGHT,
        ),
    )  # fmt: skip


def _without_a_story() -> tuple[Actor, ...]:
    """Those who live as prescribed."""
    ordabek, koltsova, ashim = _house("Наурыз", 33), _house("Терек", 18), _house("Шаңырақ", 50)
    bokenbai, polynin = _house("Балауса", 17), _house("Қымыз", 21)
    factory, bakery, clinic = _house("Болат", 6), _house("Ынтымақ", 31), _house("Жусан", 28)
    return (
        Actor(
            number=8, name="Тимур Ордабек", language=Language.KK, protocol="egts", home=ordabek,
            story=_goes_about(ordabek.middle, factory.middle), at_home=NIGHT, keeps_to_town=True,
        ),
        Actor(
            number=9, name="Анна Кольцова", language=Language.RU, protocol="wialon", home=koltsova,
            story=_is_at(koltsova.middle), at_home=Hours(-5, 9),
        ),
        Actor(
            number=10, name="Гүлнар Әшім", language=Language.KK, protocol="egts", home=ashim,
            story=_is_at(bakery.middle), work=bakery, at_work=Hours(-1, 9), at_home=NIGHT,
        ),
        Actor(
            number=11, name="Санжар Бөкенбай", language=Language.KK, protocol="wialon", home=bokenbai,
            story=_goes_about(bokenbai.middle, bakery.middle), at_home=NIGHT, keeps_from_school=True,
            visits=bakery, visiting=Hours(-4, 16),
        ),
        Actor(
            number=12, name="Виктор Полынин", language=Language.RU, protocol="egts", home=polynin,
            story=_is_at(clinic.middle), at_home=Hours(-6, 12), excused=True,
        ),
    )  # fmt: skip
