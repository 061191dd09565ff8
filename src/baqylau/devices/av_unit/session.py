"""A check from its beginning to its end: camera open, guidance, the steps of the server's number, signed recordings.

The camera is open only between `OpenCapture` and its close, and both are here. What is the unit's own fault ends the
check as such. Quality guides and never refuses by itself: after `GUIDE_MS` the check ends as poor, or as nobody's.
"""

from typing import assert_never

from msgspec.structs import replace

from baqylau.devices.av_unit import guidance
from baqylau.devices.av_unit.acts import CloseCapture, OpenCapture, Show
from baqylau.devices.av_unit.inputs import Look, Signed
from baqylau.devices.av_unit.state import AvTurn, Phase, Session
from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Do
from baqylau.domain.challenge import Blow, Hum, LookAhead, SayDigit, ShowLight, Step, TurnHead, challenge
from baqylau.domain.checks import Begun, Ended, Ending, Lens
from baqylau.domain.commands import BeginCheck, CommandState
from baqylau.domain.observations import SelfTest
from baqylau.protocols.media.manifest import Mark

GUIDE_MS = 45_000
GOOD_LOOKS = 4
"""So many good pictures in a row, some 0.8 s, and the steps begin."""
HINT_EVERY_MS = 5_000
COVERED_MS = 3_000
SIGNED_WITHIN_MS = 60_000
TOLD_MS = 1_800
"""A prompt is spoken so long; the person's time begins after it."""
TURN_TOLD_MS = 800
"""Whoever understands where to turn begins before the words are over."""
DIGITS_TOLD_MS = 3_000
"""The first digit is shown when the words before it are over: what is shown is said at once."""
TURN_MS, DIGIT_MS = 4_000, 1_700
"""Time for one turn and back, and for one digit. [D]"""


def began(turn: AvTurn, number: int, order: BeginCheck, *, lamp: bool) -> None:
    """Begin a check."""
    session = Session(
        number=number, order=order, began_at=turn.at, began_ms=turn.ms, phase=Phase.GUIDE, phase_ms=turn.ms
    )
    turn.change(session=session, broken="")
    sources.own(turn, Begun(check_id=order.check_id))
    turn.upload()
    opened = OpenCapture(
        check_id=order.check_id,
        kind=order.kind,
        person_id=order.person_id,
        nonce=order.nonce,
        began_at=turn.at,
        lamp=lamp,
    )
    turn.outputs.append(Do(opened))
    _show(turn, session, "look")


def looked(turn: AvTurn, look: Look | None, *, lamp: bool) -> None:
    """Take what the open camera sees."""
    session = turn.state.session
    if session is None or session.phase is Phase.SIGN:
        return
    _lens(turn, session, look)
    passed(turn, look, lamp=lamp)


def passed(turn: AvTurn, look: Look | None = None, *, lamp: bool) -> None:
    """Take the passing of time, with what is seen now where the camera said it."""
    session = turn.state.session
    if session is None:
        return
    match session.phase:
        case Phase.GUIDE:
            _guide(turn, session, look, lamp=lamp)
        case Phase.STEPS:
            if turn.ms >= session.until_ms:
                _next(turn, replace(session, step=session.step + 1), lamp=lamp)
            elif session.hidden and turn.ms >= session.began_ms + session.marks[-1].from_ms:
                session = replace(session, hidden=False)
                turn.change(session=session)
                _ask(turn, session, session.marks[-1].step, first=False)
        case Phase.SIGN:
            if turn.ms - session.phase_ms >= SIGNED_WITHIN_MS:
                signed(turn, Signed(at=turn.at, monotonic_ms=turn.ms, check_id=session.order.check_id))
        case _:
            assert_never(session.phase)


def _lens(turn: AvTurn, session: Session, look: Look | None) -> None:
    """Say that the camera is covered when that lasts, and that it is free again."""
    if look is None:
        return
    since_ms = (session.covered_ms or turn.ms) if guidance.covered(look) else None
    turn.change(session=replace(session, covered_ms=since_ms))
    blocked = since_ms is not None and turn.ms - since_ms >= COVERED_MS
    if blocked != turn.state.blocked and (blocked or since_ms is None):
        turn.change(blocked=blocked)
        sources.own(turn, Lens(blocked=blocked), urgent=blocked)
        turn.upload()


def _guide(turn: AvTurn, session: Session, look: Look | None, *, lamp: bool) -> None:
    session = turn.state.session or session
    if look is not None:
        wrong = guidance.hint(look)
        seen = session.faces_seen or look.faces != 0
        session = replace(session, good=0 if wrong else session.good + 1, faces_seen=seen, pictured=True)
        if wrong and (wrong != session.hint or turn.ms - session.hint_ms >= HINT_EVERY_MS):
            session = replace(session, hint=wrong, hint_ms=turn.ms)
            _show(turn, session, wrong)
        turn.change(session=session)
    if session.good >= GOOD_LOOKS:
        _next(turn, replace(session, phase=Phase.STEPS, phase_ms=turn.ms, step=0), lamp=lamp)
    elif turn.ms - session.phase_ms >= GUIDE_MS and not session.pictured:
        failed(turn, "camera")
    elif turn.ms - session.phase_ms >= GUIDE_MS:
        finish(turn, Ending.POOR if session.faces_seen else Ending.NOBODY)


def _next(turn: AvTurn, session: Session, *, lamp: bool) -> None:
    """Ask for the step that comes; after the last one the check is done."""
    steps = challenge(session.order.kind, session.order.nonce, lamp=lamp)
    if session.step >= len(steps):
        turn.change(session=session)
        finish(turn, Ending.DONE)
        return
    step = steps[session.step]
    before = steps[session.step - 1] if session.step else None
    told_ms, lasts_ms = _times(step, before)
    from_ms = turn.ms - session.began_ms + told_ms
    mark = Mark(from_ms=from_ms, until_ms=from_ms + lasts_ms, step=step)
    session = replace(
        session,
        marks=(*session.marks, mark),
        until_ms=turn.ms + told_ms + lasts_ms,
        hidden=isinstance(step, SayDigit) and told_ms > 0,
    )
    turn.change(session=session)
    _ask(turn, session, step, first=told_ms > 0)


def _times(step: Step, before: Step | None) -> tuple[int, int]:
    """Give how long the prompt takes, and how long the person has."""
    match step:
        case LookAhead(seconds=seconds):
            return TOLD_MS, round(1000 * seconds)
        case TurnHead():
            return TURN_TOLD_MS, TURN_MS
        case SayDigit():
            return (0 if isinstance(before, SayDigit) else DIGITS_TOLD_MS), DIGIT_MS
        case ShowLight(seconds=seconds):
            return (0 if isinstance(before, ShowLight) else TOLD_MS), round(1000 * seconds)
        case Blow() | Hum():
            return TOLD_MS, TURN_MS
        case _:
            assert_never(step)


def _ask(turn: AvTurn, session: Session, step: Step, *, first: bool) -> None:
    match step:
        case LookAhead():
            _show(turn, session, "ahead")
        case TurnHead(to=side):
            # The same words twice would look as if nothing new were asked.
            again = len(session.marks) > 1 and session.marks[-2].step == step
            _show(turn, session, f"{side.value}_again" if again else side.value)
        case SayDigit(digit=digit):
            _show(turn, session, "digit", digit="" if session.hidden else str(digit), aloud=first)
        case ShowLight(colour=colour):
            _show(turn, session, "light", light=colour.value, aloud=first)
        case Blow() | Hum():
            _show(turn, session, "ahead")
        case _:
            assert_never(step)


def finish(turn: AvTurn, how: Ending) -> None:
    """End the capture, and have what was recorded signed."""
    session = turn.state.session
    if session is None or session.phase is Phase.SIGN:
        return
    marks = session.marks
    if how is not Ending.DONE and marks and session.began_ms + marks[-1].until_ms > turn.ms:
        last = marks[-1]
        until_ms = max(turn.ms - session.began_ms, last.from_ms)
        marks = (*marks[:-1], replace(last, until_ms=until_ms))
    turn.change(session=replace(session, phase=Phase.SIGN, phase_ms=turn.ms, how=how, marks=marks))
    turn.outputs.append(Do(CloseCapture(check_id=session.order.check_id, ended_at=turn.at, how=how, marks=marks)))
    _show(turn, session, "done" if how is Ending.DONE else "over")


def failed(turn: AvTurn, part: str) -> None:
    """End the check by the unit's own fault."""
    sources.own(turn, SelfTest(passed=False, part=part))
    turn.change(broken=part)
    finish(turn, Ending.UNIT_FAULT)


def cut_off(turn: AvTurn) -> None:
    """End a check that a cut of power broke off; what was recorded up to it is on disk."""
    session = turn.state.session
    if session is None:
        return
    how = session.how if session.phase is Phase.SIGN else Ending.POWER_LOST
    turn.change(session=replace(session, phase=Phase.SIGN, phase_ms=turn.ms, how=how))
    turn.outputs.append(
        Do(CloseCapture(check_id=session.order.check_id, ended_at=turn.at, how=how, marks=session.marks))
    )


def signed(turn: AvTurn, said: Signed) -> None:
    """Say that the check is over, and what belongs to it."""
    session = turn.state.session
    if session is None or session.phase is not Phase.SIGN or session.order.check_id != said.check_id:
        return
    how = session.how if said.manifest or session.how is not Ending.DONE else Ending.UNIT_FAULT
    ended = Ended(check_id=said.check_id, how=how, items=said.items, manifest=said.manifest)
    sources.own(turn, ended, urgent=True)
    telling.result(turn, session.number, CommandState.DONE if how is Ending.DONE else CommandState.FAILED, how)
    turn.change(session=None)


def _show(turn: AvTurn, session: Session, word: str, *, digit: str = "", light: str = "", aloud: bool = True) -> None:
    shown = Show(
        language=session.order.language,
        key=f"av.say.{word}",
        digit=digit,
        light=light,
        aloud=aloud,
        left_ms=max(session.until_ms - turn.ms, 0) if session.phase is Phase.STEPS else 0,
    )
    turn.outputs.append(Do(shown))
