"""Stories of tests at home: who means it honestly, who deceives, and what breaks. Nothing waits."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from msgspec.structs import replace

from baqylau.devices.breath_unit.inputs import BoardSaid, CalibrationRead, RowsCame
from baqylau.devices.breath_unit.metrology.calibration import Lock
from baqylau.devices.linux_unit.inputs import Ordered, SourceState, Tick
from baqylau.domain.checks import NO_DIOXIDE, BreathSample, Bypass, Calibrated, Ended, Ending, SampleState
from baqylau.domain.commands import Command, CommandState, WithdrawCheck
from baqylau.domain.ids import CheckId
from baqylau.domain.observations import Body, Enclosure, SelfTest
from baqylau.links.breath_lines import Board, Switch, Switched
from baqylau.protocols.batch.records import CommandResult, Own
from baqylau.sim.breath.air import Air, Person, Trick
from baqylau.sim.breath.board import ModelBoard, Room
from baqylau.sim.breath.cell import FULL_SCALE_UA, Cell
from baqylau.sim.breath.home import UNIT, Home, Somebody, Told
from baqylau.sim.breath.laboratory import file

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
NONCE = b"n" * 16
SOBER = Person()


def dice(seed: int = 1) -> Random:
    return Random(seed)  # noqa: S311 - an invented home


def home(room: Room | None = None, *, dioxide: bool = False, lines: bool = False, age_days: float = 1.0) -> Home:
    random, cell = dice(), Cell()
    board = Board(serial="model", cell="cell/1", full_scale_ua=FULL_SCALE_UA, dioxide=dioxide)
    model = ModelBoard(cell, random, room, board=board)
    return Home(model, file(cell, random, BEGIN - timedelta(days=age_days)), random, BEGIN, lines=lines)


def outcome(at: Home, person: Person = SOBER, trick: Trick | None = None, minutes_after: float = 60.0) -> Told:
    return at.test(Somebody(person, dice(3), trick=trick, minutes_after=minutes_after), NONCE)


def sample(told: Told) -> BreathSample:
    assert told.sample is not None
    return told.sample


def bodies(at: Home) -> list[Body]:
    return [body for one in at.records if isinstance(one.said, Own) for body in one.said.bodies]


def results(at: Home) -> list[CommandResult]:
    return [one.said for one in at.records if isinstance(one.said, CommandResult)]


def test_a_sober_person_is_done_in_two_minutes() -> None:
    told = outcome(home(lines=True))
    assert sample(told).state is SampleState.VALID
    assert sample(told).alcohol_mg_l == pytest.approx(0.0, abs=0.003)
    assert told.seconds < 120
    assert told.said == ("due", "ready", "look", "blow", "hum", "blow_again", "look", "done")
    assert told.photos == 8


def test_who_drank_gets_a_figure_with_its_uncertainty_and_a_wait_between_the_breaths() -> None:
    told = outcome(home(), replace(SOBER, alcohol_mg_l=0.40))
    found = sample(told)
    assert "wait" in told.said
    assert found.alcohol_mg_l == pytest.approx(0.385, abs=0.02)
    assert 0.0 < (found.uncertainty_mg_l or 0.0) < 0.02
    assert found.calibrated_until_at == BEGIN + timedelta(days=179)


def test_alcohol_of_the_mouth_alone_is_never_a_figure_of_the_blood() -> None:
    told = outcome(home(), replace(SOBER, mouth_mg_l=3.0), minutes_after=3.0)
    assert "again_mouth_alcohol" in told.said
    found = sample(told)
    assert found.state is SampleState.MOUTH_ALCOHOL or (found.alcohol_mg_l or 0.0) < 0.02


@pytest.mark.parametrize("trick", [one for one in Trick if one is not Trick.WARM_PUMP])
def test_no_trick_passes_for_a_breath(trick: Trick) -> None:
    told = outcome(home(), trick=trick)
    assert sample(told).alcohol_mg_l is None
    assert told.ended is not None
    assert told.ended.how is Ending.POOR


def test_air_as_warm_as_a_breath_with_a_hum_from_a_loudspeaker_is_found_by_its_carbon_dioxide() -> None:
    assert sample(outcome(home(dioxide=True))).state is SampleState.VALID
    assert sample(outcome(home(dioxide=True), trick=Trick.WARM_PUMP)).state is SampleState.INTERFERENT


def test_a_unit_that_measures_no_carbon_dioxide_says_what_every_figure_of_it_leaves_open() -> None:
    assert sample(outcome(home())).why == sample(outcome(home(), trick=Trick.WARM_PUMP)).why == (NO_DIOXIDE,)
    assert sample(outcome(home(dioxide=True))).why == ()


@pytest.mark.parametrize("shown", ["unplugged", "beyond its range"])
def test_a_sensor_of_carbon_dioxide_that_shows_nothing_is_a_fault_and_no_way_around_it(shown: str) -> None:
    at = home(dioxide=True)
    if shown == "unplugged":
        at.board.broken = frozenset({"dioxide_percent"})
    else:
        at.board.overrun = frozenset({"dioxide_percent"})
    told = outcome(at, trick=Trick.WARM_PUMP)
    assert (sample(told).state, told.ended and told.ended.how) == (SampleState.SENSOR_FAULT, Ending.UNIT_FAULT)


def test_a_bypass_is_named_once_all_tries_are_over() -> None:
    told = outcome(home(), trick=Trick.SUCK_BACK)
    assert [one.kind for one in told.bodies if isinstance(one, Bypass)] == ["suck_back"]
    assert not [one for one in outcome(home()).bodies if isinstance(one, Bypass)]


def test_alcohol_in_the_room_is_nobodys() -> None:
    told = outcome(home(Room(alcohol_mg_l=0.05)))
    assert sample(told).state is SampleState.AMBIENT
    assert "blow" not in told.said


class _Breaks(Somebody):
    """Something breaks when the person is told a word."""

    def __init__(self, word: str, act: Callable[[], None]) -> None:
        super().__init__(SOBER, dice(3))
        self._word, self._act = word, act

    def told(self, word: str, place: str, room_c: float, ms: int) -> Air | None:
        if word == self._word:
            self._act()
        return super().told(word, place, room_c, ms)


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        *(
            ("ready", {field})
            for field in ("breath_c", "current_ua", "flow_l_s", "pressure_pa", "cell_c", "ambient_hpa")
        ),
        *(("blow", {field}) for field in ("flow_l_s", "pressure_pa", "breath_c", "cell_c")),
        *((word, {"current_ua"}) for word in ("look", "hum")),
        ("look", {"cell_c"}),
    ],
)
def test_a_sensor_that_is_unplugged_is_the_units_fault(word: str, fields: set[str]) -> None:
    at = home()
    told = at.test(_Breaks(word, lambda: setattr(at.board, "broken", frozenset(fields))), NONCE)
    assert (sample(told).state, told.ended and told.ended.how) == (SampleState.SENSOR_FAULT, Ending.UNIT_FAULT)


def test_a_flow_sensor_that_is_the_wrong_way_round_accuses_nobody() -> None:
    class Backwards(Somebody):
        def told(self, word: str, place: str, room_c: float, ms: int) -> Air | None:
            air = super().told(word, place, room_c, ms)
            return None if air is None else replace(air, flow_l_s=-air.flow_l_s)

    told = home().test(Backwards(SOBER, dice(3)), NONCE)
    assert (sample(told).state, sample(told).why) == (SampleState.SENSOR_FAULT, ("reversed",))
    assert not [one for one in told.bodies if isinstance(one, Bypass)]


def test_a_converter_at_its_end_is_the_units_fault() -> None:
    at = home()
    at.board.board = replace(at.board.board, full_scale_ua=100.0)
    told = outcome(at, replace(SOBER, alcohol_mg_l=1.0))
    assert sample(told).state is SampleState.SENSOR_FAULT
    assert sample(told).why == ("saturated",)


def test_a_line_that_loses_too_much_or_stops_is_the_units_fault() -> None:
    def lost(at: Home) -> None:
        rows = at.kept[-1:]
        gap = tuple(replace(one, seq=(one.seq + 9) % 65_536) for one in rows)
        at.take(RowsCame(rows=gap, at=BEGIN, monotonic_ms=60_000 + at.board.ms))

    def stalled(at: Home) -> None:
        at.take(Tick(at=BEGIN, monotonic_ms=64_000 + at.board.ms))

    def gone(at: Home) -> None:
        at.take(SourceState(source="breath:x", working=False, at=BEGIN, monotonic_ms=60_000 + at.board.ms))

    for act, why in ((lost, "line_broken"), (stalled, "line_stalled"), (gone, "board_lost")):
        at = home()
        told = at.test(_Breaks("blow", lambda act=act, at=at: act(at)), NONCE)  # type: ignore[misc]
        assert (told.ended and told.ended.how, sample(told).why) == (Ending.UNIT_FAULT, (why,))


def test_a_row_that_is_lost_now_and_then_harms_nothing() -> None:
    at = home()
    plain = at.take

    def with_loss(said: object) -> None:
        if isinstance(said, RowsCame) and said.rows[0].seq % 100 < 5 and not any(one.sampled for one in said.rows):
            said = replace(said, rows=(said.rows[0], *said.rows[3:]))
        plain(said)  # type: ignore[arg-type]

    at.take = with_loss  # type: ignore[method-assign]
    assert sample(outcome(at)).state is SampleState.VALID


def test_a_clock_that_jumps_in_the_middle_changes_no_test() -> None:
    at = home()
    told = at.test(_Breaks("hum", lambda: setattr(at, "begun_at", BEGIN - timedelta(days=3))), NONCE)
    assert sample(told).state is SampleState.VALID


def test_taking_the_intake_off_or_the_case_open_is_told_at_once() -> None:
    at = home()

    def off() -> None:
        at.take(BoardSaid(what=Switched(switch=Switch.INTAKE, on=True), at=BEGIN, monotonic_ms=60_000 + at.board.ms))

    told = at.test(_Breaks("blow", off), NONCE)
    assert told.ended is not None
    assert told.ended.how is Ending.BROKEN_OFF
    assert Bypass(kind="intake") in told.bodies
    at.take(BoardSaid(what=Switched(switch=Switch.CASE, on=True), at=BEGIN, monotonic_ms=70_000 + at.board.ms))
    assert Enclosure(open=True) in bodies(at)


def test_a_calibration_that_ran_out_locks_the_unit_and_nobody_is_asked() -> None:
    at = home(age_days=181)
    at.order("check-1", NONCE)
    assert Ended(check_id=CheckId("check-1"), how=Ending.UNIT_FAULT) in bodies(at)
    told = [one for one in bodies(at) if isinstance(one, Calibrated)]
    assert (told[-1].locked, told[-1].why) == (True, "expired")
    assert at.state.waiting == ()


def test_an_older_calibration_is_not_gone_back_to() -> None:
    at = home()
    assert at.state.calibration is not None
    newer = replace(at.state.calibration, version=5)
    for made in (newer, at.state.calibration):
        at.take(CalibrationRead(file=made, at=BEGIN, monotonic_ms=61_000))
    assert at.state.refused is Lock.OLDER
    assert [one.why for one in bodies(at) if isinstance(one, Calibrated)][-1] == "older"


def test_who_never_comes_is_reminded_and_then_left_alone() -> None:
    at = home()
    at.order("check-1", NONCE)
    for minute in range(20):
        at.take(Tick(at=BEGIN, monotonic_ms=60_000 + 60_000 * minute))
    said = [one.key for one in at.outputs if hasattr(one, "key")]
    assert said == ["breath.say.due", "breath.say.remind", "breath.say.late"]
    assert [one.state for one in results(at)] == [CommandState.ACKNOWLEDGED, CommandState.EXPIRED]
    assert not [one for one in bodies(at) if isinstance(one, Ended)]


def test_who_begins_and_does_not_blow_is_nobody() -> None:
    at = home()
    told = at.test(Somebody(replace(SOBER, strength_l_s=0.02), dice(3)), NONCE)
    assert told.ended is not None
    assert told.ended.how is Ending.NOBODY
    assert sample(told).state is SampleState.INSUFFICIENT


def test_a_check_that_is_withdrawn_is_asked_for_no_more() -> None:
    at = home()
    at.order("check-1", NONCE)
    order = WithdrawCheck(check_id=CheckId("check-1"))
    until = BEGIN + timedelta(minutes=5)
    command = Command(device_id=UNIT, number=9, issued_at=BEGIN, expires_at=until, order=order)
    at.take(Ordered(command=command, at=BEGIN, monotonic_ms=61_000))
    assert at.state.waiting == ()
    assert [one.state for one in results(at)][-2:] == [CommandState.FAILED, CommandState.DONE]


@settings(max_examples=15, deadline=None)
@given(some.integers(0, 10_000), some.sampled_from([None, *Trick]), some.sampled_from([0.0, 0.3]))
def test_whatever_somebody_does_a_test_ends_once_and_only_a_valid_one_has_a_figure(
    seed: int, trick: Trick | None, alcohol_mg_l: float
) -> None:
    at = home(Room(room_c=5 + seed % 34))
    person = Person(alcohol_mg_l=alcohol_mg_l, capacity_l=1.0 + seed % 5, strength_l_s=0.2 + seed % 3 / 5)
    told = at.test(Somebody(person, dice(seed), trick=trick, minutes_after=seed % 30), bytes([seed % 256]) * 16)
    ended = [one for one in told.bodies if isinstance(one, Ended)]
    assert len(ended) == 1
    assert (sample(told).alcohol_mg_l is not None) == (sample(told).state is SampleState.VALID)
    assert at.state.session is None


def test_a_board_that_comes_late_is_no_fault_and_says_nothing_of_its_calibration() -> None:
    at = home()

    def source(ms: int, *, working: bool) -> None:
        at.take(SourceState(source="breath:x", working=working, at=BEGIN, monotonic_ms=ms))

    def told_since(records: int) -> list[Body]:
        said = [one.said for one in at.records[records:] if isinstance(one.said, Own)]
        return [body for one in said for body in one.bodies if isinstance(body, SelfTest | Calibrated)]

    before, ms = len(at.records), 60_000 + at.board.ms
    source(ms, working=False)
    at.take(Tick(at=BEGIN, monotonic_ms=ms + 2_000))
    at.take(BoardSaid(what=at.board.board, at=BEGIN, monotonic_ms=ms + 3_000))
    assert told_since(before) == [], "it was there again soon"
    source(ms + 4_000, working=False)
    at.take(Tick(at=BEGIN, monotonic_ms=ms + 15_000))
    at.take(Tick(at=BEGIN, monotonic_ms=ms + 16_000))
    assert told_since(before) == [SelfTest(passed=False, part="breath board")], "once, and nothing of the calibration"
    at.take(BoardSaid(what=at.board.board, at=BEGIN, monotonic_ms=ms + 20_000))
    assert told_since(before)[1:] == [SelfTest(passed=True, part="breath board")]
