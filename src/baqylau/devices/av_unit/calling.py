"""A live call: the unit rings, the person answers by the button or does not, and either side hangs up.

Camera and microphone are opened for a call in `_answered` alone, and that follows a press of the person and nothing
else: a call that nobody answers ends by itself, opens nothing, and is a fact. A call is recorded only where its order
says so; the person is told so while it rings, before they answer.
"""

from typing import assert_never

from msgspec.structs import replace

from baqylau.devices.av_unit.acts import CloseCall, OpenCall, Show
from baqylau.devices.av_unit.inputs import CallKept
from baqylau.devices.av_unit.state import AvTurn, Call, CallPhase
from baqylau.devices.linux_unit import sources, telling
from baqylau.devices.linux_unit.outputs import Do
from baqylau.domain.calls import LEAST_RUNG_MS, CallAnswered, CallEnded, CallEnding, CallRang, CallRecorded
from baqylau.domain.checks import Ending
from baqylau.domain.commands import CommandState, RingCall
from baqylau.domain.ids import CallId

RING_EVERY_MS = 6_000
_MISSED = {CallEnding.UNANSWERED, CallEnding.REFUSED}
_BROKEN = {
    CallEnding.LOST: Ending.BROKEN_OFF,
    CallEnding.UNIT_FAULT: Ending.UNIT_FAULT,
    CallEnding.POWER_LOST: Ending.POWER_LOST,
}
"""What an end is to the recording; every other is its regular end."""


def rang(turn: AvTurn, number: int, order: RingCall, *, installed: bool) -> None:
    """Ring, where nothing else goes on."""
    why = None if installed else CallEnding.NOT_INSTALLED
    if turn.state.session is not None or turn.state.call is not None:
        why = CallEnding.BUSY
    if why is not None:
        _told(turn, number, order.call_id, why)
        return
    call = Call(number=number, order=order, phase=CallPhase.RING, since_ms=turn.ms, rung_ms=turn.ms)
    turn.change(call=call)
    sources.own(turn, CallRang(call_id=order.call_id), urgent=True)
    telling.result(turn, number, CommandState.ACKNOWLEDGED)
    _show(turn, call.order, _ringing(call.order), aloud=True)


def passed(turn: AvTurn) -> None:
    """Take the passing of time: nobody answers, or the call has lasted long enough."""
    call = turn.state.call
    if call is None:
        return
    lasted_ms = turn.ms - call.since_ms
    match call.phase:
        case CallPhase.RING:
            if lasted_ms >= 1000 * call.order.ring_s:
                _ended(turn, call, CallEnding.UNANSWERED)
            elif turn.ms - call.rung_ms >= RING_EVERY_MS:
                turn.change(call=replace(call, rung_ms=turn.ms))
                _show(turn, call.order, _ringing(call.order), aloud=True)
        case CallPhase.ANSWERED:
            if lasted_ms >= 1000 * call.order.lasts_s:
                _ended(turn, call, CallEnding.TOO_LONG)
        case _:
            assert_never(call.phase)


def button(turn: AvTurn) -> bool:
    """Take the button: it answers, and hangs up. Give whether there was a call that it was for."""
    call = turn.state.call
    if call is None:
        return False
    match call.phase:
        case CallPhase.RING:
            if turn.ms - call.since_ms >= LEAST_RUNG_MS:
                _answered(turn, call)
        case CallPhase.ANSWERED:
            _ended(turn, call, CallEnding.HUNG_UP)
        case _:
            assert_never(call.phase)
    return True


def refused(turn: AvTurn) -> None:
    """Take it that the person wants no call, or no longer."""
    call = turn.state.call
    if call is not None:
        _ended(turn, call, CallEnding.REFUSED if call.phase is CallPhase.RING else CallEnding.HUNG_UP)


def opened(turn: AvTurn, call_id: CallId, description: bytes) -> None:
    """Camera and microphone are open: say where the unit is reached."""
    if _goes_on(turn, call_id):
        sources.own(turn, CallAnswered(call_id=call_id, description=description), urgent=True)


def kept(turn: AvTurn, said: CallKept) -> None:
    """Say what was recorded of a call, so that it stands in the journal whether or not it ever arrives."""
    recorded = CallRecorded(call_id=said.call_id, items=said.items, manifest=said.manifest)
    sources.own(turn, recorded, urgent=True)


def over(turn: AvTurn, call_id: CallId, how: CallEnding) -> None:
    """Take it that the call is over, by the duty room's word or because it broke."""
    call = _goes_on(turn, call_id)
    if call is not None:
        _ended(turn, call, how)


def cut_off(turn: AvTurn) -> None:
    """End a call that a cut of power broke off."""
    if turn.state.call is not None:
        _ended(turn, turn.state.call, CallEnding.POWER_LOST)


def _goes_on(turn: AvTurn, call_id: CallId) -> Call | None:
    call = turn.state.call
    return call if call is not None and call.order.call_id == call_id else None


def _answered(turn: AvTurn, call: Call) -> None:
    order = call.order
    call = replace(call, phase=CallPhase.ANSWERED, since_ms=turn.ms)
    turn.change(call=call)
    _show(turn, order, "call_recorded" if order.recorded else "call", left_ms=1000 * order.lasts_s)
    turn.outputs.append(Do(OpenCall(order=order, began_at=turn.at)))


def _ended(turn: AvTurn, call: Call, how: CallEnding) -> None:
    turn.change(call=None)
    if call.phase is CallPhase.ANSWERED:
        ending = _BROKEN.get(how, Ending.DONE)
        turn.outputs.append(Do(CloseCall(call_id=call.order.call_id, ended_at=turn.at, how=ending)))
    _told(turn, call.number, call.order.call_id, how)
    _show(turn, call.order, "call_missed" if how in _MISSED else "call_over")


def _told(turn: AvTurn, number: int, call_id: CallId, how: CallEnding) -> None:
    sources.own(turn, CallEnded(call_id=call_id, how=how), urgent=True)
    done = how in {CallEnding.HUNG_UP, CallEnding.OVER, CallEnding.TOO_LONG}
    telling.result(turn, number, CommandState.DONE if done else CommandState.FAILED, how)


def _ringing(order: RingCall) -> str:
    return "ring_recorded" if order.recorded else "ring"


def _show(turn: AvTurn, order: RingCall, word: str, *, aloud: bool = False, left_ms: int = 0) -> None:
    going = "" if turn.state.call is None else turn.state.call.phase.value
    shown = Show(language=order.language, key=f"av.say.{word}", aloud=aloud, left_ms=left_ms, call=going)
    turn.outputs.append(Do(shown))
