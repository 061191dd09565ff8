"""What the server is told of an epoch and of what is thought of it."""

import pytest

from baqylau.domain.observations import Fix, Grade, Interference, InterferenceKind, InUse, NoFix, Sky
from baqylau.rules.gnss.pipeline import Judgement
from baqylau.rules.gnss.signs import INPUT, JAM, SIGNAL, SPOOF, TIME, Sign
from baqylau.rules.gnss.telling import bodies_of, grade_of, interference_of, position_of, sky_of
from tests.unit.rules.gnss.receiver import HOME, epoch, lost

SIGNS = (
    Sign(JAM, "gain_fell", INPUT, 3, 0.3),
    Sign(JAM, "sky_fell", SIGNAL, 2, 14.0),
    Sign(SPOOF, "time_stepped", TIME, 2, 15.0),
)


def claiming(*signs: Sign, **claims: int) -> Judgement:
    judged = Judgement()
    judged.signs, judged.claims = signs, claims
    return judged


def test_a_fix_goes_as_the_receiver_told_it_with_everything_that_it_said() -> None:
    said = epoch(0, satellites=7, hdop=1.2, speed_m_s=2.5, course_deg=80.0, altitude_m=345.0, stated_m=4.0)
    assert position_of(said) == Fix(
        latitude_deg=HOME[0],
        longitude_deg=HOME[1],
        altitude_m=345.0,
        speed_m_s=2.5,
        course_deg=80.0,
        satellites=7,
        hdop=1.2,
        accuracy_m=4.0,
    )


def test_a_place_from_memory_is_no_fix_and_one_off_the_globe_is_nothing() -> None:
    assert position_of(lost(0, satellites=2)) == NoFix(satellites=2)
    assert position_of(epoch(0, longitude_deg=None)) == NoFix(satellites=9)
    assert position_of(epoch(0, longitude_deg=181.0)) is None


def test_a_sky_is_told_with_the_systems_that_are_used_and_an_empty_one_as_empty() -> None:
    said = epoch(0, cn0_dbhz=(40.0, 30.0, 30.0), systems={"R": 3, "E": 0, "G": 4})
    assert sky_of(said) == Sky(satellites=3, mean_cn0_dbhz=33.3, used=(InUse("G", 4), InUse("R", 3)))
    assert sky_of(epoch(0, cn0_dbhz=(), systems={})) == Sky(satellites=0, mean_cn0_dbhz=None, used=())
    assert sky_of(epoch(0, cn0_dbhz=None)) is None


@pytest.mark.parametrize(
    ("claimed", "grade"), [(0, Grade.NONE), (1, Grade.NONE), (2, Grade.SUSPECTED), (3, Grade.CERTAIN)]
)
def test_two_indicators_are_a_suspicion_and_strong_ones_certain(claimed: int, grade: Grade) -> None:
    assert grade_of(claiming(jam=claimed), JAM) is grade
    assert grade_of(claiming(), JAM) is Grade.NONE


def test_what_is_newly_claimed_is_told_with_its_first_figure_each_kind_for_itself() -> None:
    both = claiming(*SIGNS, jam=3, spoof=2)
    jam = Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN, figure=0.3)
    spoof = Interference(kind=InterferenceKind.GNSS_SPOOF, grade=Grade.SUSPECTED, figure=15.0)
    assert interference_of(both, {}) == (jam, spoof)
    assert interference_of(both, {JAM: Grade.CERTAIN}) == (spoof,)
    assert interference_of(both, {JAM: Grade.SUSPECTED, SPOOF: Grade.SUSPECTED}) == (jam,)


def test_what_is_over_is_told_once_and_shielding_never() -> None:
    over = Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.NONE, figure=None)
    assert interference_of(claiming(), {JAM: Grade.CERTAIN}) == (over,)
    assert interference_of(claiming(), {JAM: Grade.NONE}) == ()
    assert interference_of(claiming(shield=3), {}) == ()


def test_an_epoch_is_told_with_its_place_its_sky_and_its_claims() -> None:
    kinds = [type(body) for body in bodies_of(epoch(0), claiming(*SIGNS, jam=2), {})]
    assert kinds == [Fix, Sky, Interference]
    assert bodies_of(epoch(0, latitude_deg=91.0, cn0_dbhz=None), claiming(), {}) == ()
