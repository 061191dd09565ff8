"""A test from its beginning to its end: ready, look, empty air, blow, hum, blow, look; again up to three times.

The steps follow from the server's number (`domain.challenge`), and so do the moments of the photographs. What is the
unit's own fault ends the test as such. What a person can do better is asked for again, with the reason.
"""

from collections.abc import Callable
from math import isfinite

from msgspec.structs import replace

from baqylau.devices.breath_unit import course, measuring
from baqylau.devices.breath_unit.acts import KeepRows, Open, ToBoard
from baqylau.devices.breath_unit.metrology.health import faults
from baqylau.devices.breath_unit.metrology.pair import apart_s, joined
from baqylau.devices.breath_unit.metrology.result import BLANK_MAX_MG_L, Result
from baqylau.devices.breath_unit.metrology.transient import TraceFault
from baqylau.devices.breath_unit.recording import LineBrokenError
from baqylau.devices.breath_unit.recording import joined as recorded_with
from baqylau.devices.breath_unit.state import Blown, BreathTurn, Phase, Session
from baqylau.devices.breath_unit.trace import trace_of
from baqylau.devices.linux_unit.media_spool import BegunRecording
from baqylau.devices.linux_unit.outputs import Do
from baqylau.domain.checks import Ending, SampleState
from baqylau.domain.commands import BeginCheck
from baqylau.domain.recordings import Occasion
from baqylau.links.breath_lines import RATE_HZ, Heat, Row, Stream, TakeSample

HEATED_C = 34.0
READY_MS, READY_WITHIN_MS = 2_000, 180_000
LOOK_MS = 2_000
SETTLE_MS = course.PUMP_MS + 2_300
BLANKS = 3
SETTLED_WITHIN_MS = 120_000
BLOW_WITHIN_MS, HUM_WITHIN_MS = 30_000, 15_000
HUM_LEAST_S = 1.0
HUM_LOOKED_AT_ROWS = round(RATE_HZ / 2)
STALLED_MS = 2_000
SIGNED_WITHIN_MS = 60_000
_BROKEN = frozenset({TraceFault.TOO_SHORT, TraceFault.NOT_A_NUMBER, TraceFault.SATURATED})
"""Of a blank: nothing that a second one would mend, as it mends a cell that still works on the last breath."""
_AGAIN = frozenset(
    {SampleState.INSUFFICIENT, SampleState.INTERRUPTED, SampleState.INTERFERENT, SampleState.MOUTH_ALCOHOL}
)


def began(turn: BreathTurn, number: int, order: BeginCheck) -> None:
    """Begin a test."""
    session = Session(
        number=number,
        order=order,
        began_at=turn.at,
        began_ms=turn.ms,
        phase=Phase.READY,
        phase_ms=turn.ms,
        rows_ms=turn.ms,
    )
    turn.change(session=session)
    begun = BegunRecording(
        check_id=order.check_id,
        kind=Occasion(order.kind),
        person_id=order.person_id,
        nonce=order.nonce,
        began_at=turn.at,
    )
    turn.outputs += [Do(Open(begun)), Do(ToBoard(Stream(on=True))), Do(ToBoard(Heat(HEATED_C)))]
    course.say(turn, "ready")


def rows_came(turn: BreathTurn, came: tuple[Row, ...]) -> None:
    """Take measurements; outside a test they are nobody's."""
    session = turn.state.session
    if session is None or session.phase is Phase.SIGN:
        return
    session = replace(session, rows_ms=turn.ms)
    if session.phase is not Phase.WAIT:
        turn.outputs.append(Do(KeepRows(session.order.check_id, came)))
        try:
            session = replace(session, recorded=recorded_with(session.recorded, came))
        except LineBrokenError:
            course.fail(turn, "line_broken")
            return
    turn.change(session=session)
    _PHASES[session.phase](turn, session)


def passed(turn: BreathTurn) -> None:
    """Take the passing of time."""
    session = turn.state.session
    if session is None:
        return
    if session.phase is not Phase.SIGN and turn.ms - session.rows_ms >= STALLED_MS:
        course.fail(turn, "line_stalled")


def photo_taken(turn: BreathTurn, number: int, *, kept: bool) -> None:
    """Take it that a photograph is on disk, or that there is none."""
    session = turn.state.session
    if session is not None:
        photos = tuple(replace(one, kept=kept) if one.number == number else one for one in session.photos)
        turn.change(session=replace(session, photos=photos))


def broken_off(turn: BreathTurn, why: str) -> None:
    """End the test because somebody took the way of the air apart."""
    course.finish(turn, Result(state=SampleState.INTERRUPTED, why=(why,)), Ending.BROKEN_OFF)


def cut_off(turn: BreathTurn) -> None:
    """End a test that a cut of power broke off; what was measured up to it is on disk."""
    session = turn.state.session
    if session is None:
        return
    trace = b""
    if session.result is None:
        result = Result(state=SampleState.INTERRUPTED, why=("power_lost",))
        session = replace(session, result=result, how=Ending.POWER_LOST)
    else:
        trace = trace_of(session, turn.state.calibration, turn.state.board)
    turn.change(session=replace(session, phase=Phase.SIGN, phase_ms=turn.ms))
    turn.outputs.append(Do(course.signing(session, turn.at, trace)))


# --- phases -----------------------------------------------------------------------------------------------------------


def _ready(turn: BreathTurn, session: Session) -> None:
    waited_ms = turn.ms - session.phase_ms
    rows = session.recorded.rows[-round(RATE_HZ) :]
    wrong = faults(measuring.resting(rows))
    if waited_ms >= READY_MS and not wrong:
        course.enter(turn, Phase.BEFORE)
    elif waited_ms >= (READY_WITHIN_MS if wrong == ("cell_temperature",) else 5 * READY_MS) and wrong:
        course.fail(turn, wrong[0])


def _before(turn: BreathTurn, session: Session) -> None:
    if turn.ms - session.phase_ms >= LOOK_MS:
        course.enter(turn, Phase.BLANK)


def _blank(turn: BreathTurn, session: Session) -> None:
    recorded = session.recorded
    settled = turn.ms - session.phase_ms >= SETTLE_MS and measuring.settled(recorded.rows)
    if not recorded.asked and settled:
        turn.change(session=replace(session, recorded=replace(recorded, asked=True)))
        turn.outputs.append(Do(ToBoard(TakeSample())))
    elif measuring.whole(recorded):
        _blank_seen(turn, session)
    elif turn.ms - session.phase_ms >= SETTLED_WITHIN_MS:
        course.fail(turn, "no_sample")


def _blank_seen(turn: BreathTurn, session: Session) -> None:
    file = turn.state.calibration
    held = TraceFault.NOT_A_NUMBER if file is None else measuring.blank_mg_l(session, file, _full_scale_ua(turn))
    if isinstance(held, TraceFault) and (held in _BROKEN or session.blanks + 1 >= BLANKS):
        course.fail(turn, f"blank_{held}")
    elif isinstance(held, float) and not isfinite(held):
        course.fail(turn, "cell_temperature")
    elif isinstance(held, TraceFault) or abs(held) > BLANK_MAX_MG_L:
        _not_empty(turn, session)
    else:
        turn.change(session=replace(session, blank=session.recorded, blanks=0))
        course.enter(turn, Phase.BLOW)


def _not_empty(turn: BreathTurn, session: Session) -> None:
    if session.blanks + 1 >= BLANKS:
        course.finish(turn, Result(state=SampleState.AMBIENT, why=("blank_not_empty",)), Ending.POOR)
        return
    turn.change(session=replace(session, blanks=session.blanks + 1))
    course.enter(turn, Phase.BLANK)


def _blow(turn: BreathTurn, session: Session) -> None:
    recorded = session.recorded
    if recorded.first is not None:
        course.photograph_during(turn, session, (len(recorded.rows) - recorded.first) / RATE_HZ)
    deep = recorded.passed.deep(measuring.ACCEPTANCE.volume_min_l)
    if deep and not recorded.asked and recorded.over is None:
        session = turn.state.session or session
        turn.change(session=replace(session, recorded=replace(recorded, asked=True)))
        turn.outputs.append(Do(ToBoard(TakeSample())))
    elif recorded.over is not None and recorded.sample is not None:
        course.enter(turn, Phase.DWELL if course.this_try(session) else Phase.HUM)
    elif (recorded.over is not None and not recorded.asked) or turn.ms - session.phase_ms >= BLOW_WITHIN_MS:
        _judge(turn)


def _hum(turn: BreathTurn, session: Session) -> None:
    recorded = session.recorded
    since = len(recorded.rows) - (recorded.hum or 0)
    if since % HUM_LOOKED_AT_ROWS < len(recorded.rows) and since // HUM_LOOKED_AT_ROWS > 0 and _half_second(since):
        given_s = measuring.hum_s(recorded.rows[recorded.hum :])
        if given_s >= max(0.8 * course.hum_of(session.order).seconds, HUM_LEAST_S):
            turn.change(session=replace(session, recorded=replace(recorded, hummed=len(recorded.rows))))
            course.enter(turn, Phase.DWELL)
            return
    if turn.ms - session.phase_ms >= HUM_WITHIN_MS:
        _judge(turn, hummed=False)


def _half_second(rows: int) -> bool:
    return rows % HUM_LOOKED_AT_ROWS < 5  # noqa: PLR2004 - rows come five at a time


def _dwell(turn: BreathTurn, session: Session) -> None:
    if measuring.whole(session.recorded):
        _judge(turn)


def _wait(turn: BreathTurn, session: Session) -> None:
    if turn.ms - session.phase_ms >= session.wait_ms:
        course.enter(turn, Phase.BLANK)


def _after(turn: BreathTurn, session: Session) -> None:
    waited_ms = turn.ms - session.phase_ms
    taken = all(one.kept is not None for one in session.photos)
    if waited_ms < LOOK_MS or (not taken and waited_ms < 10 * LOOK_MS):
        return
    first, second = session.blown[-2:]
    result = joined(first.result, second.result)
    if result.state is SampleState.VALID and not course.photographed(session):
        course.finish(turn, Result(state=SampleState.NOT_IDENTIFIED, why=("photos",)), Ending.UNIT_FAULT)
    else:
        course.finish(turn, result, Ending.DONE)


_PHASES: dict[Phase, Callable[[BreathTurn, Session], None]] = {
    Phase.READY: _ready,
    Phase.BEFORE: _before,
    Phase.BLANK: _blank,
    Phase.BLOW: _blow,
    Phase.HUM: _hum,
    Phase.DWELL: _dwell,
    Phase.WAIT: _wait,
    Phase.AFTER: _after,
}


# --- judging ----------------------------------------------------------------------------------------------------------


def _judge(turn: BreathTurn, *, hummed: bool = True) -> None:
    """Evaluate the breath that is over."""
    session, file, board = turn.state.session, turn.state.calibration, turn.state.board
    if session is None or file is None or board is None:
        return
    breath, transient, result = measuring.judged(session, file, board)
    result = result if hummed else measuring.without_hum(result)
    blown = Blown(
        attempt=session.attempt,
        recorded=session.recorded,
        blank=session.blank,
        breath=breath,
        transient=None if isinstance(transient, TraceFault) else transient,
        result=result,
        room_mg_l=measuring.room_mg_l(session, file, board),
    )
    session = replace(session, blown=(*session.blown, blown))
    turn.change(session=session)
    if result.alcohol_mg_l is None:
        _refused(turn, result)
        return
    mine = course.this_try(session)
    if len(mine) == 1:
        _second_breath(turn, apart_s(result))
    elif joined(mine[0].result, result).state is SampleState.VALID:
        course.enter(turn, Phase.AFTER)
    else:
        course.try_failed(turn, joined(mine[0].result, result))


def _second_breath(turn: BreathTurn, apart: float) -> None:
    session = turn.state.session
    if session is not None and apart:
        turn.change(session=replace(session, wait_ms=round(1000 * apart)))
        course.enter(turn, Phase.WAIT)
    else:
        course.enter(turn, Phase.BLANK)


def _refused(turn: BreathTurn, result: Result) -> None:
    if result.state is SampleState.SENSOR_FAULT:
        course.fail(turn, result.why[0])
    elif result.state in _AGAIN:
        course.try_failed(turn, result)
    else:
        course.finish(turn, result, Ending.POOR)


# --- words ------------------------------------------------------------------------------------------------------------


def _full_scale_ua(turn: BreathTurn) -> float:
    return turn.state.board.full_scale_ua if turn.state.board is not None else 0.0
