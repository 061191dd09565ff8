"""What the sky and the mobile network do makes a tracker look closer, and tell it at once. Runs in MicroPython.

    usual --a new sign, the sky or the network goes or comes--> in doubt (five minutes from the last of them)

In doubt a place is due four times a minute and the receiver stays on. When the network goes, the sky is looked at
at once: both gone together is what the server calls shielding, and it asks how both were shortly before, so the
network's strength is told with each place. The rules are the server's; here only is decided when to look and what to
tell. Source: notes on radio and GNSS, 1.1 and 4.4.
"""

from baqylau.devices.tracker import said

TYPE_CHECKING = False
if TYPE_CHECKING:
    from baqylau.devices.tracker.state import State, Turn
    from baqylau.rules.gnss.epoch import Epoch
    from baqylau.rules.gnss.pipeline import Judgement

LASTS_MS = 300_000
WAKES_MS = 5000
"""A receiver that was just switched on hears nothing yet."""
SKY_LEAST = 4
"""Satellites below which there is no sky."""
WEAK_DBM = -95.0
"""A network weaker than this is lost by walking on [K]; what the server calls strong, too."""
BEFORE_MS = 5000
"""How the sky was so long ago is told when it goes."""


class Air:
    """What was last seen of both."""

    FIELDS = ("until_ms", "sky", "signs", "recent")

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self.until_ms = 0
        """So long there is doubt."""
        self.sky: bool | None = None
        self.signs: tuple[str, ...] = ()
        self.recent: tuple[tuple[int, int, said.Said], ...] = ()
        """Of the last seconds: the count, UTC, and how the sky was."""

    def copy(self) -> "Air":
        """Give another one that is the same."""
        other = Air()
        for name in Air.FIELDS:
            setattr(other, name, getattr(self, name))
        return other


def there(state: "State", at_ms: int) -> bool:
    """Tell whether a place is due more often than usual."""
    return state.duty.doubt or at_ms < state.air.until_ms


def seen(turn: "Turn", epoch: "Epoch", judged: "Judgement") -> None:
    """Take what an epoch shows: doubt begins with what is new, and a sky that goes is told at once."""
    air = turn.state.air
    signs = tuple(sorted([sign.name for sign in judged.signs]))
    if [one for one in signs if one not in air.signs]:
        air.until_ms = turn.at_ms + LASTS_MS
    air.signs = signs
    if epoch.cn0_dbhz is not None:
        _sky(turn, epoch)


def _sky(turn: "Turn", epoch: "Epoch") -> None:
    air, heard = turn.state.air, epoch.cn0_dbhz or ()
    is_there = len(heard) >= SKY_LEAST or epoch.measured()
    if not is_there and turn.at_ms - turn.state.plan.on_ms < WAKES_MS:
        return
    now = said.sky(heard, epoch.systems)
    if air.sky is not None and is_there != air.sky:
        air.until_ms = turn.at_ms + LASTS_MS
        if not is_there:
            _gone(turn, epoch, now)
    air.sky = is_there
    air.recent = tuple(
        [one for one in air.recent if turn.at_ms - one[0] <= BEFORE_MS] + [(turn.at_ms, turn.utc_ms(), now)]
    )


def _gone(turn: "Turn", epoch: "Epoch", now: "said.Said") -> None:
    """Say that the sky is gone, and how it was seconds before, where somebody looked."""
    recent = [one for one in turn.state.air.recent if turn.at_ms - one[0] <= BEFORE_MS]
    if recent:
        turn.write(said.own([recent[0][2]]), urgent=True, utc_ms=recent[0][1])
    bodies = [now] if epoch.measured() else [said.no_fix(epoch.satellites), now]
    turn.write(said.own(bodies + network(turn.state)), urgent=True)


def network(state: "State") -> "list[said.Said]":
    """Say how the network is, where that is known: that it stays lost is worth as much as that it went."""
    return [] if state.network is None else [said.cell(there=state.network, signal_dbm=state.network_dbm)]


def fades(state: "State", signal_dbm: "float | None") -> bool:
    """Tell whether the network just grew weak: told at once, a ramp into the ground is no bag."""
    before_dbm = state.network_dbm
    return before_dbm is not None and signal_dbm is not None and signal_dbm < WEAK_DBM <= before_dbm


def network_turned(turn: "Turn", *, there: bool) -> None:
    """Take it that the network went or came: look at the sky at once when it went."""
    state = turn.state
    if state.network is not None:
        state.air.until_ms = turn.at_ms + LASTS_MS
    if not there and not state.anchors.indoors:
        state.plan.wanted = True
