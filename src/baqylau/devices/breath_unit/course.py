"""The way of a test: how one phase follows another, when it is asked again, and how it comes to its end."""

from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace

from baqylau.devices.breath_unit import measuring
from baqylau.devices.breath_unit.acts import Photo, Photograph, Sign, ToBoard
from baqylau.devices.breath_unit.metrology.blow import BlowFault
from baqylau.devices.breath_unit.metrology.pair import APART_S
from baqylau.devices.breath_unit.metrology.result import Result
from baqylau.devices.breath_unit.state import Blown, BreathTurn, Phase, Recorded, Session
from baqylau.devices.breath_unit.trace import trace_of
from baqylau.devices.linux_unit.outputs import Do, Say
from baqylau.domain.challenge import Blow, Hum, LookAhead, Step, challenge
from baqylau.domain.checks import CheckKind, Ending, SampleState
from baqylau.domain.commands import BeginCheck
from baqylau.links.breath_lines import Heat, Pump, Stream
from baqylau.protocols.media.manifest import Mark

ATTEMPTS = 3
PUMP_MS = 3_000
PHOTOS_MIN = 3
PHOTOS_A_BLOW = 3
PHOTO_FROM_S, PHOTO_EVERY_S = 0.3, 0.9
"""Each falls at a moment of its own stretch of the breath that the server's number draws."""


def fail(turn: BreathTurn, why: str) -> None:
    """End the test by the unit's own fault."""
    finish(turn, Result(state=SampleState.SENSOR_FAULT, why=(why,)), Ending.UNIT_FAULT)


def enter(turn: BreathTurn, phase: Phase) -> None:
    """Go on to a phase: what is prompted, what the board does, and what is recorded anew."""
    session = turn.state.session
    if session is None:
        return
    marks = _closed(session, turn.ms)
    fresh = phase in {Phase.BEFORE, Phase.BLANK, Phase.BLOW, Phase.AFTER}
    recorded = Recorded(from_ms=turn.ms - session.began_ms) if fresh else session.recorded
    if phase is Phase.HUM:
        recorded = replace(recorded, hum=len(recorded.rows))
    turn.change(session=replace(session, phase=phase, phase_ms=turn.ms, marks=marks, recorded=recorded))
    match phase:
        case Phase.BEFORE | Phase.AFTER:
            _photograph(turn, blowing=False)
            say(turn, "look")
        case Phase.BLANK:
            turn.outputs.append(Do(ToBoard(Pump(PUMP_MS))))
        case Phase.BLOW:
            say(turn, "blow" if not this_try(session) else "blow_again")
        case Phase.HUM:
            say(turn, "hum", place=f"{hum_of(session.order).seconds:g}")
        case Phase.WAIT:
            say(turn, "wait")
        case _:
            pass


def _closed(session: Session, ms: int) -> tuple[Mark, ...]:
    """Give the marks with the step that ends now."""
    steps: dict[Phase, Step] = {
        Phase.BEFORE: LookAhead(),
        Phase.AFTER: LookAhead(),
        Phase.BLOW: Blow(),
        Phase.HUM: hum_of(session.order),
    }
    step = steps.get(session.phase)
    if step is None:
        return session.marks
    mark = Mark(from_ms=session.phase_ms - session.began_ms, until_ms=ms - session.began_ms, step=step)
    return (*session.marks, mark)


def try_failed(turn: BreathTurn, result: Result) -> None:
    """Ask again, with the reason, as long as there are tries left."""
    session = turn.state.session
    if session is None:
        return
    if session.attempt >= ATTEMPTS:
        nobody = result.why == (BlowFault.NONE_CAME,)
        finish(turn, result, Ending.NOBODY if nobody else Ending.POOR)
        return
    again = replace(session, attempt=session.attempt + 1, wait_ms=round(1000 * APART_S), marks=session.marks[:1])
    turn.change(session=replace(again, phase=Phase.DWELL))
    say(turn, "no_hum" if result.why == (measuring.NO_HUM,) else f"again_{result.state}")
    enter(turn, Phase.WAIT if result.state is SampleState.MOUTH_ALCOHOL else Phase.BLANK)


def finish(turn: BreathTurn, result: Result, how: Ending) -> None:
    """Have everything signed; the result is told when that is on disk."""
    session = turn.state.session
    if session is None or session.phase is Phase.SIGN:
        return
    session = replace(
        session, marks=_closed(session, turn.ms), phase=Phase.SIGN, phase_ms=turn.ms, result=result, how=how
    )
    turn.change(session=session)
    turn.outputs += [Do(ToBoard(Stream(on=False))), Do(ToBoard(Heat(None)))]
    trace = trace_of(session, turn.state.calibration, turn.state.board)
    turn.outputs.append(Do(signing(session, turn.at, trace)))


def signing(session: Session, ended_at: datetime, trace: bytes) -> Sign:
    """Give what is to be signed of a test."""
    return Sign(
        check_id=session.order.check_id,
        person_id=session.order.person_id,
        nonce=session.order.nonce,
        began_at=session.began_at,
        ended_at=max(ended_at, session.began_at),
        how=session.how,
        marks=session.marks,
        photos=session.photos,
        trace=trace,
    )


def _photograph(turn: BreathTurn, *, blowing: bool) -> None:
    session = turn.state.session
    if session is not None:
        photo = Photo(number=len(session.photos) + 1, from_ms=turn.ms - session.began_ms, blowing=blowing)
        turn.change(session=replace(session, photos=(*session.photos, photo)))
        turn.outputs.append(Do(Photograph(session.order.check_id, photo.number, photo.from_ms)))


def photograph_during(turn: BreathTurn, session: Session, blowing_s: float) -> None:
    """Take the next photograph of a breath when its moment has come."""
    began_ms = session.phase_ms - session.began_ms
    taken = sum(one.blowing and one.from_ms >= began_ms for one in session.photos)
    recorded = session.recorded
    if taken < PHOTOS_A_BLOW and recorded.over is None and blowing_s >= _photo_after_s(session, taken):
        _photograph(turn, blowing=True)


def _photo_after_s(session: Session, taken: int) -> float:
    """Give when in the breath the next photograph falls: the server's number draws it, and nobody sees it coming."""
    seed = b"photo/" + session.order.nonce + bytes([session.attempt, len(this_try(session)), taken])
    share = sha256(seed).digest()[0] / 256
    return PHOTO_FROM_S + PHOTO_EVERY_S * (taken + share)


def photographed(session: Session) -> bool:
    """Tell whether there are photographs before, after and enough of them during the breaths of this try."""
    kept = [one for one in session.photos if one.kept]
    return sum(one.blowing for one in kept) >= PHOTOS_MIN and sum(not one.blowing for one in kept) > 1


def say(turn: BreathTurn, word: str, place: str = "") -> None:
    """Tell the person, in the language of the order."""
    session = turn.state.session
    if session is not None:
        turn.say(Say(language=session.order.language, aloud=True, key=f"breath.say.{word}", place=place))


def this_try(session: Session) -> tuple[Blown, ...]:
    """Give the breaths of the present try."""
    return tuple(one for one in session.blown if one.attempt == session.attempt)


def hum_of(order: BeginCheck) -> Hum:
    """Give the hum that the server asked for."""
    return next(step for step in challenge(CheckKind.BREATH, order.nonce) if isinstance(step, Hum))


def last_word(session: Session, result: Result) -> Say:
    """Give what the person is told at the end: that it is over, and whether it was of use. No figure, no judgement."""
    word = "done" if result.state is SampleState.VALID else "over"
    return Say(language=session.order.language, aloud=True, key=f"breath.say.{word}")
