"""The plan of Ақжелкен, an invented town in the steppe: what a hand drew, in metres east and north of its middle."""

from math import cos, radians

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from baqylau.domain.zones import Point

NAME = "Ақжелкен"
CENTER = Point(48.6, 66.9)
RIVER = "Талсу"
PARK = "Орталық саябақ"
SCHOOL = "№ 3 мектеп"

LATITUDE_M = 111_200.0
"""Metres of a degree of latitude; here, and over a few kilometres, the world is flat enough."""
LONGITUDE_M = 111_320.0 * cos(radians(CENTER.latitude_deg))

Place = tuple[float, float]
"""Metres east, metres north."""
Places = tuple[Place, ...]


def to_point(place: Place) -> Point:
    """Give the coordinates of a place on the plan, to a centimetre."""
    east_m, north_m = place
    return Point(
        round(CENTER.latitude_deg + north_m / LATITUDE_M, 7), round(CENTER.longitude_deg + east_m / LONGITUDE_M, 7)
    )


def to_place(point: Point) -> Place:
    """Give the place on the plan of some coordinates."""
    return (
        (point.longitude_deg - CENTER.longitude_deg) * LONGITUDE_M,
        (point.latitude_deg - CENTER.latitude_deg) * LATITUDE_M,
    )


def to_longitude_latitude(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give GeoJSON coordinates of an array of places."""
    scale = np.array([LONGITUDE_M, LATITUDE_M])
    origin = np.array([CENTER.longitude_deg, CENTER.latitude_deg])
    coordinates: NDArray[np.float64] = np.round(origin + places / scale, 6)
    return coordinates


class Road(Struct, frozen=True):
    """A main road, drawn by a few places that it passes."""

    name: str
    places: Places


class District(Struct, frozen=True, kw_only=True):
    """A part of the town: how its streets lie and how people build there."""

    name: str
    middle: Place
    turned_deg: float
    """How far its grid of streets is turned from north."""
    across_m: float
    along_m: float
    """Distance of its streets from one another, in the two directions."""
    flats: bool = False
    """Long blocks of flats instead of houses with gardens."""


ROADS = (
    Road(
        "Бейбітшілік даңғылы",
        ((-160, 3600), (-120, 1800), (-70, 900), (10, 350), (50, -120), (90, -520), (190, -1150), (420, -3600)),
    ),
    Road(
        "Достық даңғылы", ((-4200, 1010), (-2200, 800), (-1000, 690), (-150, 740), (700, 660), (1500, 500), (4200, 330))
    ),
    Road(
        "Дала даңғылы",
        ((-4200, -520), (-2200, -560), (-900, -585), (80, -520), (420, -455), (860, -330), (1500, -390), (4200, -620)),
    ),
    Road(
        "Зауыт көшесі",
        (
            (560, 3600),
            (640, 1800),
            (700, 1100),
            (730, 660),
            (860, 200),
            (880, -60),
            (860, -330),
            (960, -760),
            (1040, -1210),
            (1300, -3600),
        ),
    ),
    Road("Вокзал көшесі", ((-4200, -1420), (-1600, -1290), (190, -1150), (1040, -1210), (2100, -1100), (4200, -760))),
)

RIVER_LINE: Places = (
    (-4400, 700), (-2500, 350), (-1700, 270), (-1050, 100), (-450, 15), (100, 60), (650, 165), (1150, 95), (1750, 120),
    (2600, 330), (4400, 420),
)  # fmt: skip
RIVER_M = 62.0
"""Half the river's width."""
BANK_M = 95.0
"""Width of the meadow on either side."""
ISLAND: Places = ((-560, 22), (-440, 40), (-300, 38), (-180, 52), (-320, 16), (-450, 4))
BAY: Places = ((-420, -20), (-380, -95), (-200, -110), (-60, -70), (-20, 20))

LIMITS: Places = (
    (-2150, -1500), (-2320, -300), (-2250, 900), (-1700, 1560), (-300, 1720), (1000, 1640), (1850, 1240), (2200, 300),
    (2080, -700), (1750, -1560), (400, -1790), (-1100, -1760),
)  # fmt: skip
"""Where the town ends, smoothed."""

GREENS: tuple[tuple[str, Places], ...] = (
    (PARK, ((-820, 190), (-840, 420), (-640, 560), (-330, 590), (-150, 480), (-110, 240), (-300, 130), (-600, 140))),
    ("Тұмар саябағы", ((-1760, -190), (-1640, -60), (-1420, -110), (-1380, -330), (-1560, -430), (-1740, -350))),
    ("", ((1120, -560), (1320, -480), (1510, -610), (1460, -840), (1230, -880), (1090, -740))),
    ("", ((-620, 1100), (-420, 1140), (-380, 960), (-560, 920))),
)

SCHOOL_GROUNDS: Places = ((395, -215), (435, -345), (585, -365), (655, -265), (560, -160))
SCHOOL_BUILDINGS: tuple[Places, ...] = (
    ((470, -300), (560, -310), (564, -288), (496, -280), (500, -225), (478, -222)),
    ((575, -250), (610, -245), (606, -222), (571, -227)),
)
SCHOOL_GATE: Place = (425, -312)

RAIL: Places = ((-4200, -2050), (-1500, -1560), (100, -1480), (1100, -1560), (1700, -1330), (2300, -820), (4300, 900))

DISTRICTS = (
    District(name="Ескі қала", middle=(-1150, 1130), turned_deg=-4, across_m=165, along_m=118),
    District(name="Солтүстік", middle=(300, 1200), turned_deg=3, across_m=190, along_m=150, flats=True),
    District(name="Самал", middle=(1350, 1050), turned_deg=14, across_m=150, along_m=130),
    District(name="Арай", middle=(400, 420), turned_deg=6, across_m=150, along_m=120, flats=True),
    District(name="Жағалау", middle=(-1500, 520), turned_deg=-8, across_m=160, along_m=115),
    District(name="Зауыт", middle=(1450, 320), turned_deg=18, across_m=230, along_m=170, flats=True),
    District(name="Тұмар", middle=(-900, -330), turned_deg=4, across_m=170, along_m=105),
    District(name="Мектеп", middle=(450, -230), turned_deg=-12, across_m=140, along_m=110),
    District(name="Көктем", middle=(1400, -130), turned_deg=12, across_m=155, along_m=110),
    District(name="Дала", middle=(-900, -920), turned_deg=1, across_m=175, along_m=112, flats=True),
    District(name="Орталық", middle=(520, -830), turned_deg=-9, across_m=150, along_m=110),
    District(name="Қайыңды", middle=(1450, -820), turned_deg=-16, across_m=160, along_m=115),
    District(name="Вокзал", middle=(0, -1400), turned_deg=-3, across_m=180, along_m=110),
)
LABELLED = ("Ескі қала", "Солтүстік", "Зауыт", "Тұмар", "Вокзал", "Көктем")
"""Districts whose names the map shows."""

STREET_NAMES = {
    "Тұмар": ("Тал", "Желкен", "Жиде", "Тұмар", "Бұлақ"),
    "Ескі қала": ("Ескі", "Наурыз", "Шаңырақ", "Керуен", "Оймақ", "Диірмен"),
    "Мектеп": ("Мектеп", "Кітап", "Қоңырау"),
    "Вокзал": ("Теміржол", "Бекет"),
    "Зауыт": ("Құрыш", "Болат"),
}
"""Words that a district's streets begin with; the rest take from the common stock."""
COMMON_STREET_NAMES = (
    "Қайың", "Жусан", "Самал", "Арай", "Көктем", "Терек", "Қарлығаш", "Шағала", "Алма", "Дала", "Сарыарқа", "Жеңіс",
    "Бастау", "Ақбота", "Шұғыла", "Мерей", "Береке", "Ынтымақ", "Жібек", "Тұлпар", "Сұңқар", "Аққу", "Қызғалдақ",
    "Бәйтерек", "Көкжиек", "Таңшолпан", "Алтын дән", "Жайлау", "Қымыз", "Домбыра", "Ақ қайың", "Тобылғы", "Раушан",
    "Самұрық", "Тоғай", "Балауса", "Мұнара", "Керемет", "Шапағат", "Айдын", "Құлагер", "Жазира", "Ұшқын", "Нұрлы",
)  # fmt: skip
