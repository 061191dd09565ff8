"""The satellite pipeline and the real rules on every real receiver's log that is at hand.

`index.csv` beside the logs says what each is; nothing of a log is in this file but its name.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache, reduce
from operator import xor
from pathlib import Path

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.observations import Body, Grade, Motion, Observation
from baqylau.domain.orders import Restriction
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Point
from baqylau.links.gnss.reading import read_log
from baqylau.links.tracks import read_nmea
from baqylau.rules.fold import begin, fold
from baqylau.rules.gnss import pipeline
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.pipeline import Judgement
from baqylau.rules.gnss.plane import distance_m
from baqylau.rules.gnss.smoothing import smoothed
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.rules.gnss.telling import bodies_of
from tests.unit.rules.stories import device, exclusion, fitting, heard, order, presence, supervision, territory

LOGS = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata")) / "gnss" / "nmea"
pytestmark = pytest.mark.skipif(not LOGS.is_dir(), reason="the receiver logs (BAQYLAU_TESTDATA) are not at hand")

AT_REST = (
    "neo-m8n",
    "st-teseo-liv3f",
    "sirfstarv-nmea",
    "ublox-8",
    "quectel-l76k-nmea",
    "ublox-neo-m9n-nmea",
    "ublox-zed-f9p-nmea",
    "quectelLC79D",
    "furuno_gl_ga",
    "ublox-neo-m8l",
    "bu353-glonass",
    "ch-4711",
    "rx210",
    "geos-1m",
    "unicore-um621",
)
MOVING = ("bundg_zeus_9", "humminbird-M37", "nl2008u")
WITHOUT_FIX = ("eXplorist110", "skytraq")
OTHER_BINARY = ("bu303-nofix", "bu303b-nofix")
SHORT_OR_ROUGH = ("garmin15x", "quectel-eg25-g")
TOLD = AT_REST + MOVING + WITHOUT_FIX + SHORT_OR_ROUGH

ALWAYS = Schedule(timezone="UTC", windows=(Window(start_min=0, end_min=0),))
HOUR = timedelta(hours=1)


@cache
def epochs(name: str) -> tuple[Epoch, ...]:
    return tuple(read_log((LOGS / f"{name}.log").read_bytes())[0])


def judged(name: str, *, moving: bool | None = None) -> Iterator[tuple[Epoch, Judgement]]:
    """Put a log through the pipeline, with a clock of our own that is right."""
    state = pipeline.begin()
    for epoch in epochs(name):
        state, judgement = pipeline.step(state, epoch, Surroundings(epoch.at_s, moving=moving, network=True))
        yield epoch, judgement


def observed(name: str) -> list[Observation]:
    """Give what a tracker would tell the server of a log."""
    told: dict[str, Grade] = {}
    found: list[Observation] = []
    for epoch, judgement in judged(name):
        if epoch.at_s is not None:
            bodies: tuple[Body, ...] = bodies_of(epoch, judgement, told)
            found.append(heard(datetime.fromtimestamp(epoch.at_s, tz=UTC), *bodies))
    return found


def findings(name: str, *restrictions: Restriction) -> list[Finding]:
    """Judge a log by the real rules, under an order that begins with it."""
    log = observed(name)
    begin_at = min(one.observed_at for one in log)
    who = supervision(
        *restrictions,
        orders=(order(begin_at, begin_at + timedelta(days=2)),),
        fittings=(fitting(from_at=begin_at),),
        devices=(device(),),
    )
    ordered = sorted(log, key=lambda one: (one.observed_at, one.id))
    return list(fold(who, begin(), ordered, ordered[-1].observed_at + timedelta(minutes=2))[1])


def first_place(name: str) -> Point:
    epoch = next(one for one in epochs(name) if one.measured())
    assert epoch.latitude_deg is not None
    assert epoch.longitude_deg is not None
    return Point(epoch.latitude_deg, epoch.longitude_deg)


def test_every_log_that_is_there_is_looked_at() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == {*TOLD, *OTHER_BINARY}


@pytest.mark.parametrize("name", AT_REST)
@pytest.mark.parametrize("moving", [None, False])
def test_a_receiver_at_rest_gives_no_movement(name: str, *, moving: bool | None) -> None:
    assert not any(judgement.moved for _, judgement in judged(name, moving=moving))


@pytest.mark.parametrize("name", AT_REST)
def test_a_receiver_at_rest_gives_no_finding_of_any_zone(name: str) -> None:
    home, from_at = first_place(name), datetime(2000, 1, 1, tzinfo=UTC)
    beside = Circle(name="Next door", center=replace(home, longitude_deg=home.longitude_deg + 0.001), radius_m=20)
    stay = presence(places=(Circle(name="Home", center=home, radius_m=50),), schedule=ALWAYS, grace_s=0)
    town = territory(zone=Circle(name="Town", center=home, radius_m=60))
    zones = stay, town, exclusion(zone=beside)
    assert findings(name, *(replace(zone, from_at=from_at) for zone in zones)) == []


def true_place(name: str) -> Point:
    """Give where the log was taken, as who took it says."""
    said = re.search(
        r"^# Location: ([\d.]+)N ([\d.]+)E", (LOGS / f"{name}.log").read_text(errors="replace"), re.MULTILINE
    )
    assert said is not None
    return Point(float(said[1]), float(said[2]))


@pytest.mark.parametrize("radius_m", [30, 50, 100])
def test_a_receiver_at_rest_that_is_a_hundred_metres_off_for_half_a_minute_gives_no_finding_of_any_zone(
    radius_m: int,
) -> None:
    home, from_at = true_place("quectel-eg25-g"), datetime(2000, 1, 1, tzinfo=UTC)
    stay = presence(places=(Circle(name="Home", center=home, radius_m=radius_m),), schedule=ALWAYS, grace_s=0)
    town = territory(zone=Circle(name="Town", center=home, radius_m=radius_m))
    beside = exclusion(zone=Circle(name="Where it errs to", center=first_place("quectel-eg25-g"), radius_m=radius_m))
    zones = stay, town, beside
    assert findings("quectel-eg25-g", *(replace(zone, from_at=from_at) for zone in zones)) == []


@pytest.mark.parametrize("name", ["quectel-eg25-g"])
def test_a_receiver_that_tells_speeds_while_its_motion_sensor_is_still_has_not_moved(name: str) -> None:
    assert max(epoch.speed_m_s or 0.0 for epoch in epochs(name)) > 2.0
    assert not any(judgement.moved for _, judgement in judged(name, moving=False))


@pytest.mark.parametrize(("name", "least_m"), [("bundg_zeus_9", 400.0), ("humminbird-M37", 60.0), ("nl2008u", 500.0)])
def test_a_boat_and_a_car_have_moved(name: str, least_m: float) -> None:
    judgements = [judgement for _, judgement in judged(name)]
    places = [judgement.place for judgement in judgements if judgement.place is not None]
    assert any(judgement.moved for judgement in judgements)
    assert distance_m(places[0], places[-1]) > least_m


@pytest.mark.parametrize("name", WITHOUT_FIX)
def test_a_receiver_that_never_gets_a_fix_says_so_in_every_epoch(name: str) -> None:
    assert {judgement.faults for _, judgement in judged(name)} == {("unmeasured",)}
    assert {one.bodies[0].__class__.__name__ for one in observed(name)} == {"NoFix"}


@pytest.mark.parametrize("name", WITHOUT_FIX)
def test_the_server_finds_that_a_receiver_moved_without_a_fix(name: str) -> None:
    log = observed(name)
    begin_at = log[0].observed_at
    minutes = [
        heard(begin_at + timedelta(minutes=n), *log[n % len(log)].bodies, Motion(moving=True)) for n in range(15)
    ]
    who = supervision(
        orders=(order(begin_at, begin_at + timedelta(days=2)),),
        fittings=(fitting(from_at=begin_at),),
        devices=(device(),),
    )
    found = fold(who, begin(), minutes, minutes[-1].observed_at)[1]
    assert [one.code for one in found] == [Code.NO_FIX]


@pytest.mark.parametrize("name", OTHER_BINARY)
def test_a_log_in_a_binary_that_is_not_read_gives_no_position(name: str) -> None:
    assert epochs(name) == ()


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize("moving", [None, False, True])
def test_no_clean_log_claims_jamming_deception_or_shielding(name: str, *, moving: bool | None) -> None:
    claims = Counter(kind for _, judgement in judged(name, moving=moving) for kind in judgement.claims)
    assert claims == {}


def era_ago(content: bytes) -> bytes:
    """Give a log as a receiver would send it that takes this era for the one before."""
    return re.sub(rb"\$(..RMC,[^*\r\n$]*)\*..", _era_ago, content)


def _era_ago(sentence: re.Match[bytes]) -> bytes:
    fields = sentence[1].split(b",")
    told = datetime.strptime(fields[9].decode(), "%d%m%y").replace(tzinfo=UTC) - timedelta(weeks=1024)
    fields[9] = f"{told:%d%m%y}".encode()
    text = b",".join(fields)
    return b"$%b*%02X" % (text, reduce(xor, text))


@pytest.mark.parametrize("name", ["neo-m8n", "st-teseo-liv3f", "ublox-8"])
def test_a_log_of_the_wrong_era_becomes_the_log_of_the_right_one(name: str) -> None:
    content = (LOGS / f"{name}.log").read_bytes()
    right = read_nmea(content)
    received_at = right.reports[-1][0] + timedelta(hours=3)
    wrong = read_nmea(era_ago(content))
    assert right.reports[0][0] - wrong.reports[0][0] == timedelta(seconds=ERA_S)
    assert read_nmea(era_ago(content), received_at).reports == right.reports
    assert read_nmea(content, received_at).reports == right.reports, "what is right stays as it is"


def test_the_systems_of_a_receiver_are_kept_apart() -> None:
    used = {name: {letter for one in epochs(name) for letter in one.systems} for name in AT_REST}
    assert used["neo-m8n"] == {"G", "R"}
    assert used["ublox-zed-f9p-nmea"] == {"C", "E", "G", "R"}
    assert used["ublox-neo-m8l"] >= {"E", "G", "R"}
    strengths = [one.cn0_dbhz for one in epochs("ublox-8") if one.cn0_dbhz is not None]
    assert len(strengths) > 60
    assert all(10 < sum(heard) / len(heard) < 50 for heard in strengths)


@pytest.mark.parametrize("name", [*AT_REST[:7], "bundg_zeus_9"])
def test_the_smoother_stays_within_the_accuracy_of_the_fixes(name: str) -> None:
    track = [(judgement.place, name in AT_REST) for _, judgement in judged(name) if judgement.place is not None]
    for one, (place, _) in zip(smoothed(track), track, strict=True):
        there = type(place)(one.at_s, one.latitude_deg, one.longitude_deg, 0.0)
        assert distance_m(there, place) < max(place.r95_m, 15.0)
