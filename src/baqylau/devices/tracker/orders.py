"""What the tracker is ordered to do: each number once, and nothing after its end. Runs in MicroPython."""

from baqylau.devices.tracker import said
from baqylau.devices.tracker.outputs import Restart, Warn
from baqylau.devices.tracker.place import sum_up
from baqylau.devices.tracker.plan import NEVER_MS
from baqylau.devices.tracker.worn import condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from baqylau.devices.tracker.inputs import Configured, Ordered
    from baqylau.devices.tracker.state import Turn

RATE_MIN_S, RATE_MAX_S, LOCATE_MAX_S = 5, 86_400, 3_600
ACKNOWLEDGED, DONE, FAILED, EXPIRED = "acknowledged", "done", "failed", "expired"


def configured(turn: "Turn", given: "Configured") -> None:
    """Run by a configuration from now on; never by an older one than before."""
    state, says = turn.state, given.says
    if says["version"] <= state.version:
        return
    state.version = says["version"]
    state.anchors.own(says)
    state.duty.own(says)


def ordered(turn: "Turn", given: "Ordered") -> None:
    """Carry a command out, once."""
    state, command = turn.state, given.command
    number: int = command["number"]
    if number <= state.number:
        return
    state.number, state.unkept = number, True
    if turn.utc_ms() >= command["expires_at"]:
        turn.write(said.result(number, EXPIRED), urgent=True)
        return
    try:
        outcome, detail = _carried_out(turn, number, command["order"])
    except (KeyError, TypeError):
        outcome, detail = FAILED, "form"
    turn.write(said.result(number, outcome, detail), urgent=True)


def _carried_out(turn: "Turn", number: int, order: "dict[str, Any]") -> "tuple[str, str]":
    kind = order["type"]
    if kind == "report":
        return _report(turn, number)
    if kind == "rate":
        return _rate(turn, int(order["fix_every_s"]), int(order["for_s"]))
    if kind == "locate":
        turn.state.plan.locate_until_ms = turn.at_ms + min(int(order["for_s"]), LOCATE_MAX_S) * 1000
        turn.state.plan.wanted = True
        return DONE, ""
    if kind == "tell":
        turn.do(Warn("message", str(order["language"]), str(order["text"]), urgent=bool(order["urgent"])))
        return DONE, ""
    if kind == "clear":
        turn.state.worn.put_on()
        return DONE, ""
    if kind == "restart":
        turn.do(Restart())
        return DONE, ""
    return FAILED, "unknown"


def _report(turn: "Turn", number: int) -> "tuple[str, str]":
    """Say everything at once, and the place as soon as it is found: indoors it is known."""
    state = turn.state
    turn.write(said.own(condition(state.worn)), urgent=True)
    state.asked += (number,)
    if state.anchors.indoors:
        sum_up(turn)
        return DONE, ""
    state.plan.wanted = True
    return ACKNOWLEDGED, ""


def _rate(turn: "Turn", every_s: int, for_s: int) -> "tuple[str, str]":
    if not RATE_MIN_S <= every_s <= RATE_MAX_S:
        return FAILED, "value"
    plan = turn.state.plan
    plan.rate_ms = every_s * 1000
    plan.rate_until_ms = turn.at_ms + for_s * 1000 if for_s else NEVER_MS
    return DONE, ""
