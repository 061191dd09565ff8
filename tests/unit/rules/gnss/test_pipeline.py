"""The whole pipeline over short stories."""

from math import inf, nan

import pytest

from baqylau.domain.observations import Fix, Grade, Interference, InterferenceKind, InUse, NoFix, Sky
from baqylau.rules.gnss import jump, validity
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.gnss.epoch import NO_FIX, Epoch
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.rules.gnss.telling import bodies_of, position_of
from baqylau.rules.places.position import accuracy_m
from tests.unit.rules.gnss.receiver import BEGIN_S, HOME, Told, around, epoch, judged, lost, standing


def faults(*told: Told) -> list[tuple[str, ...]]:
    return [judgement.faults for judgement in judged(told)]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"mode": NO_FIX}, validity.UNMEASURED),
        ({"latitude_deg": None}, validity.UNMEASURED),
        ({"latitude_deg": 91.0}, validity.NOWHERE),
        ({"longitude_deg": nan}, validity.NOWHERE),
        ({"longitude_deg": inf}, validity.NOWHERE),
        ({"satellites": 3}, validity.FEW_SATELLITES),
        ({"hdop": 6.1}, validity.COARSE),
        ({"at_s": None}, validity.UNDATED),
        ({"at_s": BEGIN_S - 1e8}, validity.UNDATED),
    ],
)
def test_a_fix_that_is_not_good_says_why(said: dict[str, object], fault: str) -> None:
    (judgement,) = judged([(epoch(0, 0.0, **said), around(0))])
    assert (judgement.faults, judgement.place) == ((fault,), None)


def test_time_that_goes_back_is_a_fault_once_and_locks_nobody_out() -> None:
    ahead = epoch(0, at_s=BEGIN_S + 90_000)
    told = [(ahead, Surroundings()), *((epoch(s), Surroundings()) for s in range(1, 6))]
    assert faults(*told) == [(), (validity.BACK_IN_TIME,), (), (), (), ()]


def test_weeks_that_rolled_over_are_repaired_beside_the_epoch() -> None:
    said = epoch(0, at_s=BEGIN_S - ERA_S)
    (judgement,) = judged([(said, around(3))])
    assert (judgement.at_s, judgement.eras, judgement.faults) == (BEGIN_S, 1, ())
    assert said.at_s == BEGIN_S - ERA_S


def test_a_jump_is_told_beside_the_fix_and_its_place_is_not_believed() -> None:
    judgements = list(judged([(epoch(0), around(0)), (epoch(30, 9000.0), around(30))]))
    assert judgements[1].faults == (jump.TOO_FAST,)
    assert judgements[1].place is None


def test_somebody_at_rest_is_held_in_one_place_and_the_fixes_go_on() -> None:
    last = list(judged((epoch(s, 6.0 * (s % 3)), around(s)) for s in range(200)))[-1]
    assert last.static
    assert last.held is not None
    assert last.held.latitude_deg == HOME[0]
    assert last.place is not None
    assert last.place.latitude_deg != HOME[0]


@pytest.mark.parametrize(("stated_m", "hdop"), [(7.0, 0.9), (None, 1.4), (None, None), (0.0, 2.0), (None, 0.0)])
def test_the_device_and_the_server_take_the_same_accuracy_from_a_fix(
    stated_m: float | None, hdop: float | None
) -> None:
    assert r95_m(stated_m, hdop) == accuracy_m(Fix(latitude_deg=1, longitude_deg=2, accuracy_m=stated_m, hdop=hdop))


def test_the_server_gets_the_fix_as_told_with_the_sky_by_system() -> None:
    said = epoch(0, 4.0, stated_m=3.5, altitude_m=345.0)
    (judgement,) = judged([(said, around(0))])
    fix, sky = bodies_of(said, judgement, {})
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.accuracy_m, fix.altitude_m) == (said.latitude_deg, 3.5, 345.0)
    assert sky == Sky(satellites=8, mean_cn0_dbhz=36.8, used=(InUse("G", 5), InUse("R", 4)))


def test_the_server_gets_that_there_is_no_fix_and_never_the_place_from_memory() -> None:
    (judgement,) = judged([(lost(0), around(0))])
    assert bodies_of(lost(0), judgement, {})[0] == NoFix(satellites=0)
    assert position_of(epoch(0, latitude_deg=99.0)) is None


def test_a_claim_is_told_when_it_begins_and_when_it_is_over() -> None:
    story = standing(300) + [(lost(300 + s), around(300 + s)) for s in range(20)]
    story += [(epoch(320 + s), around(320 + s)) for s in range(60)]
    told: dict[str, Grade] = {}
    said = []
    for (one, _), judgement in zip(story, judged(story), strict=True):
        for body in bodies_of(one, judgement, told):
            if isinstance(body, Interference):
                told["jam"] = body.grade
                said.append((body.kind, body.grade))
    assert said == [(InterferenceKind.GNSS_JAM, Grade.SUSPECTED), (InterferenceKind.GNSS_JAM, Grade.NONE)]


def test_a_field_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError):
        Epoch(latitude=1.0)
