"""What holds for the satellite pipeline whatever a receiver says."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.figures import NEW_CLUSTER_FIXES
from baqylau.rules.gnss.jump import Track, reachable
from baqylau.rules.gnss.jump import step as jump_step
from baqylau.rules.gnss.pipeline import Judgement, State, begin, step
from baqylau.rules.gnss.plane import Place
from baqylau.rules.gnss.surroundings import Surroundings
from tests.unit.rules.gnss.receiver import BEGIN_S, HOME, around, epoch

several = settings(max_examples=150, deadline=None)
some = settings(max_examples=30, deadline=None)
"""Whole epochs take long to make up."""

degrees = st.floats(-0.5, 0.5)
speeds = st.none() | st.floats(0.0, 200.0)
places = st.builds(
    lambda s, north, east, r95_m, speed, course: Place(
        BEGIN_S + s, HOME[0] + north, HOME[1] + east, r95_m, (speed, course)
    ),
    st.floats(0, 100_000),
    degrees,
    degrees,
    st.floats(0.5, 200.0),
    speeds,
    st.none() | st.floats(0.0, 360.0),
)
figures = st.none() | st.floats()
epochs = st.builds(
    Epoch,
    at_s=st.none() | st.floats(0, 4e9),
    mode=st.sampled_from((0, 2, 3)),
    latitude_deg=figures,
    longitude_deg=figures,
    speed_m_s=st.none() | st.floats(0, 1e4),
    course_deg=st.none() | st.floats(0, 360),
    satellites=st.none() | st.integers(0, 60),
    hdop=st.none() | st.floats(0, 100),
    stated_m=st.none() | st.floats(0, 1e6),
    systems=st.dictionaries(st.sampled_from("GRECJIS"), st.integers(0, 20)),
    cn0_dbhz=st.none() | st.lists(st.floats(0, 99), max_size=30).map(tuple),
    agc=st.none() | st.integers(0, 8191),
    jam_figure=st.none() | st.integers(0, 255),
    receiver_jam=st.none() | st.integers(0, 3),
    receiver_spoof=st.none() | st.integers(0, 3),
)
surroundings = st.builds(
    Surroundings,
    st.none() | st.floats(0, 4e9),
    moving=st.none() | st.booleans(),
    network=st.none() | st.booleans(),
    places=st.lists(places, max_size=2).map(tuple),
)


@several
@given(st.lists(places, max_size=12), places, st.floats(0.1, 3600.0), speeds, st.floats(0, 360))
def test_whatever_came_before_one_of_three_fixes_that_can_follow_one_another_is_believed(
    before: list[Place], there: Place, every_s: float, speed: float | None, course: float
) -> None:
    track = Track()
    for one in before:
        track, _ = jump_step(track, one)
    believed = 0
    for number in range(NEW_CLUSTER_FIXES):
        at_s = there.at_s + number * every_s
        one = Place(at_s, there.latitude_deg, there.longitude_deg, there.r95_m, (speed, course))
        assert number == 0 or track.doubted is None or reachable(track.doubted, one)
        track, why = jump_step(track, one)
        believed += not why
    assert believed


def run(told: list[tuple[Epoch, Surroundings]]) -> tuple[State, list[Judgement]]:
    state, judgements = begin(), []
    for said, known in told:
        state, judged = step(state, said, known)
        judgements.append(judged)
    return state, judgements


@some
@given(st.lists(st.tuples(epochs, surroundings), max_size=8))
def test_any_words_of_a_receiver_are_judged_and_never_changed(told: list[tuple[Epoch, Surroundings]]) -> None:
    before = [tuple(repr(getattr(said, name)) for name in Epoch.__slots__) for said, _ in told]
    _, judgements = run(told)
    assert before == [tuple(repr(getattr(said, name)) for name in Epoch.__slots__) for said, _ in told]
    for (said, _), judged in zip(told, judgements, strict=True):
        assert (judged.place is None) == bool(judged.faults)
        assert set(judged.claims.values()) <= {2, 3}
        assert all(1 <= sign.grade <= 3 for sign in judged.signs)
        if judged.place is not None:
            assert (judged.place.latitude_deg, judged.place.longitude_deg) == (said.latitude_deg, said.longitude_deg)


@some
@example([])
@given(st.lists(st.tuples(epochs, surroundings), max_size=8))
def test_no_words_lock_a_good_receiver_out_for_more_than_a_few_fixes(told: list[tuple[Epoch, Surroundings]]) -> None:
    state, _ = run(told)
    judged = Judgement()
    for into_s in range(NEW_CLUSTER_FIXES + 1):
        state, judged = step(state, epoch(into_s), around(into_s))
    assert judged.faults == ()
    assert judged.place is not None


@some
@given(st.lists(st.tuples(epochs, surroundings), max_size=8), st.integers(0, 8))
def test_a_step_leaves_the_state_before_it_as_it_was(told: list[tuple[Epoch, Surroundings]], cut: int) -> None:
    middle, _ = run(told[:cut])
    ends = []
    for _ in range(2):
        state, judgements = middle, []
        for said, known in told[cut:]:
            state, judged = step(state, said, known)
            judgements.append((judged.at_s, judged.faults, judged.static, judged.moved, judged.claims))
        ends.append(repr(judgements))
    assert ends[0] == ends[1]
