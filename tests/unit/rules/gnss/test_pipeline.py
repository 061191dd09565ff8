"""The whole pipeline over short stories."""

from math import inf, nan

import pytest

from baqylau.domain.observations import Fix, Grade, Interference, InterferenceKind, InUse, NoFix, Sky
from baqylau.rules.gnss import jump, validity
from baqylau.rules.gnss.epoch import NO_FIX, Epoch
from baqylau.rules.gnss.figures import ERA_S
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.rules.gnss.telling import bodies_of, position_of
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


def test_without_a_clock_of_its_own_a_device_takes_the_time_as_it_is_told() -> None:
    (judgement,) = judged([(epoch(0, at_s=BEGIN_S - ERA_S), Surroundings())])
    assert (judgement.at_s, judgement.eras, judgement.faults) == (BEGIN_S - ERA_S, 0, ())


def test_a_time_that_no_era_repairs_is_none_and_no_era_was_added() -> None:
    (judgement,) = judged([(epoch(0, at_s=BEGIN_S - 1e8), around(0))])
    assert (judgement.at_s, judgement.eras) == (None, 0)


def test_a_believed_place_is_the_one_that_was_told_with_its_motion_and_accuracy() -> None:
    told = epoch(0, 40.0, hdop=2.0, speed_m_s=1.5, course_deg=90.0)
    (judgement,) = judged([(told, around(0))])
    place = judgement.place
    assert place is not None
    assert (place.at_s, place.latitude_deg, place.longitude_deg) == (BEGIN_S, told.latitude_deg, HOME[1])
    assert (round(place.r95_m, 6), place.speed_m_s, place.course_deg) == (17.3, 1.5, 90.0)
    (judgement,) = judged([(epoch(0, latitude_deg=0.0, longitude_deg=0.0), around(0))])
    assert judgement.place is not None
    assert (judgement.place.latitude_deg, judgement.place.longitude_deg) == (0.0, 0.0), "the equator is somewhere"


def test_a_jump_is_told_beside_the_fix_and_its_place_is_not_believed() -> None:
    judgements = list(judged([(epoch(0), around(0)), (epoch(30, 9000.0), around(30))]))
    assert judgements[1].faults == (jump.TOO_FAST,)
    assert judgements[1].place is None


def test_without_a_place_nobody_is_at_rest_and_nobody_has_moved() -> None:
    for said in (lost(200), epoch(200, 9000.0), epoch(200, at_s=None)):
        *_, last = judged([*((epoch(s), around(s)) for s in range(0, 200, 10)), (said, around(200))])
        assert (last.place, last.held, last.static, last.moved) == (None, None, False, False)


def test_somebody_at_rest_is_held_in_one_place_and_the_fixes_go_on() -> None:
    last = list(judged((epoch(s, 6.0 * (s % 3)), around(s)) for s in range(200)))[-1]
    assert last.static
    assert last.held is not None
    assert last.held.latitude_deg == HOME[0]
    assert last.place is not None
    assert last.place.latitude_deg != HOME[0]


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
