"""What is told of a test that is over: its figure or why there is none, how it ended, and what it was taken for."""

from baqylau.devices.breath_unit import course
from baqylau.devices.breath_unit.inputs import Signed
from baqylau.devices.breath_unit.metrology.blow import BlowFault
from baqylau.devices.breath_unit.metrology.calibration import VALID_FOR
from baqylau.devices.breath_unit.metrology.result import Result
from baqylau.devices.breath_unit.state import BreathTurn, Phase, Session
from baqylau.devices.linux_unit import sources, telling
from baqylau.domain.checks import NO_DIOXIDE, BreathSample, Bypass, Ended, SampleState
from baqylau.domain.commands import CommandState
from baqylau.domain.observations import Body

_BYPASSES = {
    BlowFault.SUCKED_BACK: "suck_back",
    BlowFault.RESISTED: "filter",
    BlowFault.NOT_WARM: "cold_air",
    BlowFault.NOT_A_BREATH: "cold_air",
    BlowFault.TOO_EVEN: "compressor",
}
"""What a test is refused for at last, after all tries, and what it is taken for. One strange breath is nothing."""


def signed(turn: BreathTurn, said: Signed) -> None:
    """Take it that the recordings of a test are on disk."""
    going = turn.state.session
    if going is not None and going.phase is Phase.SIGN and going.order.check_id == said.check_id:
        told(turn, going, said)


def told(turn: BreathTurn, going: Session, signed: Signed) -> None:
    """Say what came of the test, now that its recordings are on disk."""
    result = going.result
    if result is None:
        return
    bodies: tuple[Body, ...] = (
        _sample(turn, going, result, signed.trace),
        Ended(check_id=going.order.check_id, how=going.how, items=signed.items, manifest=signed.manifest),
        *(Bypass(kind=kind) for kind in dict.fromkeys(_BYPASSES[one] for one in _BYPASSES if one in result.why)),
    )
    sources.own(turn, *bodies, urgent=True)
    telling.result(turn, going.number, CommandState.DONE, result.state)
    turn.say(course.last_word(going, result))
    turn.change(session=None)


def _sample(turn: BreathTurn, going: Session, result: Result, trace: bytes) -> BreathSample:
    file = turn.state.calibration
    chosen = next((one for one in reversed(going.blown) if one.result == result), None)
    chosen = chosen or (going.blown[-1] if going.blown else None)
    breath = None if chosen is None else chosen.breath
    flow = None if breath is None or breath.duration_s <= 0 else breath.volume_l / breath.duration_s
    return BreathSample(
        check_id=going.order.check_id,
        state=result.state,
        alcohol_mg_l=result.alcohol_mg_l,
        uncertainty_mg_l=result.uncertainty_mg_l,
        volume_l=None if breath is None else breath.volume_l,
        flow_l_s=flow,
        duration_s=None if breath is None else breath.duration_s,
        why=(*(str(one) for one in result.why), *_left_open(turn, result)),
        calibration="" if file is None else file.name,
        calibrated_until_at=None if file is None else file.calibration.made_at + VALID_FOR,
        trace=trace,
    )


def _left_open(turn: BreathTurn, result: Result) -> tuple[str, ...]:
    """Give what a person has to look at, because this unit cannot tell."""
    board = turn.state.board
    told = result.state is SampleState.VALID and (board is None or not board.dioxide)
    return (NO_DIOXIDE,) if told else ()
