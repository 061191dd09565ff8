"""Real receivers' logs with zones laid around them give exactly the findings that the tracks tell, however they arrive.

What is expected was worked out by hand from the distances along each track: with fixes a second apart, a breach is
found when fixes that are clear of the edge reach over 27 s, and ended with a second one 9 s after the first.
"""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Finding
from baqylau.domain.observations import Fix, Observation
from baqylau.domain.orders import Restriction
from baqylau.domain.people import Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.domain.zones import Circle, Corridor, Point, Polygon
from baqylau.links.tracks import read_track
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold
from tests.property.arrivals import Judge
from tests.unit.rules.stories import (
    device,
    exclusion,
    fitting,
    heard,
    order,
    presence,
    required_place,
    supervision,
    territory,
)

GNSS = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[3] / "shared" / "testdata")) / "gnss"
pytestmark = pytest.mark.skipif(not GNSS.is_dir(), reason="the receiver logs (BAQYLAU_TESTDATA) are not at hand")

ALWAYS = Schedule(timezone="UTC", windows=(Window(start_min=0, end_min=0),))
HOUR = timedelta(hours=1)

Story = tuple[Supervision, list[Observation]]


def observed(name: str) -> list[Observation]:
    return [heard(at, *bodies) for at, bodies in read_track(GNSS / name).reports]


def place(observation: Observation) -> Point:
    (fix,) = (body for body in observation.bodies if isinstance(body, Fix))
    return Point(fix.latitude_deg, fix.longitude_deg)


def circle(center: Observation, radius_m: float) -> Circle:
    return Circle(name="Zone", center=place(center), radius_m=radius_m)


def under(log: list[Observation], *restrictions: Restriction) -> Story:
    """Give somebody whose order begins with the log."""
    begin_at = log[0].observed_at
    who = supervision(
        *(replace(restriction, from_at=begin_at) for restriction in restrictions),
        orders=(order(begin_at, begin_at + timedelta(days=2)),),
        fittings=(fitting(from_at=begin_at),),
        devices=(device(),),
    )
    return who, log


def boat() -> Story:
    """A boat that goes 427 m in 146 s, away from where it began."""
    log = observed("nmea/bundg_zeus_9.log")
    shore = tuple(replace(place(log[0]), latitude_deg=place(log[0]).latitude_deg + d) for d in (0.001, 0.002))
    beside = Polygon(
        name="Harbour",
        outline=(
            shore[0],
            replace(shore[0], longitude_deg=shore[0].longitude_deg - 0.01),
            replace(shore[1], longitude_deg=shore[1].longitude_deg - 0.01),
            shore[1],
        ),
    )
    return under(
        log,
        presence(places=(circle(log[0], 100),), schedule=ALWAYS, grace_s=0),
        exclusion(zone=circle(log[73], 60)),
        exclusion(id="exclusion-2", zone=beside),
        exclusion(id="exclusion-3", zone=circle(log[73], 4)),
        territory(zone=circle(log[0], 300)),
        required_place(zone=circle(log[-1], 80), schedule=ALWAYS, grace_s=60),
    )


def bench() -> Story:
    """A receiver at rest that wanders by 13 m."""
    log = observed("nmea/ublox-8.log")
    line = tuple(replace(place(log[0]), longitude_deg=place(log[0]).longitude_deg + d) for d in (0.002, 0.004))
    return under(
        log,
        presence(places=(circle(log[0], 30),), schedule=ALWAYS, grace_s=0),
        presence(id="presence-2", places=(circle(log[0], 10),), schedule=ALWAYS, grace_s=0),
        exclusion(zone=Corridor(name="Road", line=line, half_width_m=100)),
        territory(zone=circle(log[0], 1000)),
    )


def roof() -> Story:
    """A receiver at rest, at home, in a place that must not be visited."""
    log = observed("nmea/neo-m8n.log")
    return under(
        log,
        presence(places=(circle(log[0], 50),), schedule=ALWAYS, grace_s=0),
        exclusion(zone=circle(log[0], 50)),
    )


def car() -> Story:
    """A drive of 2.7 km, out and home again."""
    log = observed("gpx/around-visnjan-with-car.gpx")
    return under(
        log,
        presence(places=(circle(log[0], 150),), schedule=ALWAYS, grace_s=0),
        territory(zone=circle(log[0], 5000)),
    )


STORIES: dict[str, tuple[Callable[[], Story], list[tuple[str, str, int]]]] = {
    "boat": (
        boat,
        [
            ("Z04", "required-1", 60),  # the grace is over, the boat is elsewhere
            ("P03", "presence-1", 63),  # clear of the edge from 36 s on
            ("Z01", "exclusion-1", 83),  # inside from 56 s on, one second is missing in the log
            ("Z07", "exclusion-1", 105),  # outside again from 96 s on
            ("Z07", "required-1", 129),  # there from 120 s on
            ("Z05", "territory-1", 131),  # outside from 104 s on
        ],
    ),
    "bench": (bench, []),
    "roof": (roof, [("Z01", "exclusion-1", 180)]),  # 23 s of fixes, then nothing that contradicts them
    "car": (
        car,
        [
            ("P03", "presence-1", 118),  # away from 75 s on, too near the edge to tell from 101 s to 109 s
            ("P04", "presence-1", 406),  # back from 395 s on
        ],
    ),
}
stories = pytest.mark.parametrize(("story", "expected"), STORIES.values(), ids=STORIES)


def told(log: list[Observation], findings: list[Finding]) -> list[tuple[str, str, int]]:
    """Give code, subject and seconds from the beginning of the log."""
    return [(one.code.value, str(one.subject), int((one.at - log[0].observed_at).total_seconds())) for one in findings]


@stories
def test_a_log_gives_exactly_the_expected_findings(
    story: Callable[[], Story], expected: list[tuple[str, str, int]]
) -> None:
    who, log = story()
    _, findings = fold(who, begin(), sorted(log, key=order_key), log[-1].observed_at + 5 * HOUR)
    assert told(log, list(findings)) == expected


def shuffled(log: list[Observation]) -> list[Observation]:
    """Give the log in an order that has nothing to do with time, and is the same in every run."""
    return sorted(log, key=lambda one: one.id)


def doubled(log: list[Observation]) -> list[Observation]:
    return [one for each in log for one in (each, each)]


def an_hour_late(log: list[Observation]) -> list[Observation]:
    late = [replace(one, received_at=one.received_at + HOUR) for one in log[1::3]]
    return [one for number, one in enumerate(log) if number % 3 != 1] + late


@stories
@pytest.mark.parametrize("way", [shuffled, doubled, an_hour_late])
@pytest.mark.parametrize("size", [1, 7])
def test_shuffled_doubled_or_late_entries_end_in_the_same_findings(
    story: Callable[[], Story],
    expected: list[tuple[str, str, int]],
    way: Callable[[list[Observation]], list[Observation]],
    size: int,
) -> None:
    who, log = story()
    judge = Judge(who)
    arriving = way(log)
    for start in range(0, len(arriving), size):
        judge.arrive(arriving[start : start + size], max(one.observed_at for one in arriving[: start + size]))
    judge.arrive([], log[-1].observed_at + 5 * HOUR)
    standing = sorted(judge.findings.values(), key=lambda one: (one.at, expected.index(told(log, [one])[0])))
    assert told(log, standing) == expected
