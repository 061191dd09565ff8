"""Where the unit is: what the satellite receiver says, written down as it came and as often as it is needed.

| when | how often |
|---|---|
| somebody is missed, or a rule is in doubt | 15 s |
| ordinary | 1 min |
| nobody has carried it for 10 min | 1 h |
| by order of the server | as ordered |

The first position after none is written at once. A receiver that says nothing for 90 s has failed. Jamming and
deception are told when their grade changes; what the signs rest on begins anew with each start.
Source: notes on radio and GNSS, 1.1 and 4.
"""

from datetime import datetime

from msgspec.structs import replace

from baqylau.devices.linux_unit import sources
from baqylau.devices.mobile_unit import motion, tether
from baqylau.devices.mobile_unit.inputs import SkySeen
from baqylau.devices.mobile_unit.state import MobileTurn, Places, Seen
from baqylau.domain.observations import Body, Fix, Grade, Interference, InterferenceKind, NoFix, SelfTest, Sky
from baqylau.protocols.batch.records import ClockQuality
from baqylau.rules.gnss import pipeline
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.signs import JAM, SPOOF
from baqylau.rules.gnss.sky import mean_dbhz
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.rules.settings import RECEIVER_FAULT_AFTER_S

USUAL_MS, DOUBT_MS, REST_MS = 60_000, 15_000, 3_600_000
LOCATE_MS = 5_000
"""How often in locate mode."""
FRESH_MS = 10_000
"""A word of the receiver is of now for so long."""
_SILENT_MS = 1000 * RECEIVER_FAULT_AFTER_S
_KINDS = {JAM: InterferenceKind.GNSS_JAM, SPOOF: InterferenceKind.GNSS_SPOOF}
_GRADES = (Grade.NONE, Grade.SUSPECTED, Grade.SUSPECTED, Grade.CERTAIN)


class Judge:
    """The satellite pipeline of one run."""

    __slots__ = ("_state",)

    def __init__(self) -> None:
        """Begin with nothing thought."""
        self._state = pipeline.begin()

    def claims(self, turn: MobileTurn, epoch: Epoch) -> dict[str, int]:
        """Give what the signs come to with this epoch."""
        known = turn.state.clock not in {ClockQuality.UNSET, ClockQuality.GNSS}
        around = Surroundings(_unix_s(turn.at) if known else None, moving=turn.state.motion.told)
        self._state, judged = pipeline.step(self._state, epoch, around)
        return judged.claims


def seen(turn: MobileTurn, said: SkySeen, judge: Judge) -> None:
    """Take a word of the receiver."""
    epoch = said.epoch
    strengths = epoch.cn0_dbhz or ()
    word = Seen(
        ms=turn.ms,
        fix=_fix(epoch),
        used=epoch.satellites,
        heard=len(strengths) or None,
        cn0_dbhz=mean_dbhz(strengths),
    )
    returned = not turn.state.places.failed
    _change(turn, seen=word, since_ms=turn.ms, failed=False)
    if not returned:
        sources.own(turn, SelfTest(passed=True, part="gnss"))
    _graded(turn, judge.claims(turn, epoch))
    known = turn.state.places
    if known.written_ms is None or (word.fix is not None and not known.fixed) or _due(turn):
        written(turn)


def passed(turn: MobileTurn) -> None:
    """Take the passing of time: the receiver's silence is written down, too."""
    known = turn.state.places
    if not known.failed and turn.ms - known.since_ms >= _SILENT_MS:
        _change(turn, failed=True)
        sources.own(turn, SelfTest(passed=False, part="gnss"))
    if known.written_ms is not None and _due(turn):
        written(turn)


def written(turn: MobileTurn) -> None:
    """Write down the place as it is known now."""
    word = turn.state.places.seen
    fresh = word if word is not None and turn.ms - word.ms <= FRESH_MS else None
    bodies: list[Body] = [NoFix() if fresh is None or fresh.fix is None else fresh.fix]
    if fresh is not None and fresh.fix is None:
        bodies = [NoFix(satellites=fresh.used)]
    if fresh is not None and fresh.heard is not None:
        bodies.append(Sky(satellites=fresh.heard, mean_cn0_dbhz=fresh.cn0_dbhz))
    _change(turn, written_ms=turn.ms, fixed=isinstance(bodies[0], Fix))
    sources.own(turn, *bodies)
    turn.upload()


def asked(turn: MobileTurn) -> None:
    """Write the place down at once, or as soon as the receiver says something."""
    word = turn.state.places.seen
    if word is not None and turn.ms - word.ms <= FRESH_MS:
        written(turn)
    else:
        _change(turn, written_ms=None)


def ordered(turn: MobileTurn, every_ms: int, for_ms: int) -> None:
    """Go by the server's rate; for ever where `for_ms` is 0."""
    until_ms = turn.ms + for_ms if for_ms else 1 << 52
    _change(turn, ordered_every_ms=every_ms, ordered_until_ms=until_ms)
    asked(turn)


def begun(turn: MobileTurn) -> None:
    """Begin anew: time before the start means nothing."""
    _change(turn, seen=None, written_ms=None, since_ms=turn.ms, ordered_until_ms=0, grades={})


def _due(turn: MobileTurn) -> bool:
    at_ms = turn.state.places.written_ms
    return at_ms is not None and turn.ms - at_ms >= every_ms(turn)


def every_ms(turn: MobileTurn) -> int:
    """Give how often the place is written down now."""
    known = turn.state.places
    if turn.ms < known.ordered_until_ms:
        return known.ordered_every_ms
    if tether.in_doubt(turn):
        return DOUBT_MS
    return REST_MS if motion.at_rest(turn) else USUAL_MS


def _graded(turn: MobileTurn, claims: dict[str, int]) -> None:
    before = turn.state.places.grades
    grades = {kind: _GRADES[claims.get(kind, 0)] for kind in _KINDS}
    changed = [kind for kind in _KINDS if grades[kind] is not before.get(kind, Grade.NONE)]
    if changed:
        _change(turn, grades=grades)
        bodies = [
            Interference(kind=_KINDS[one], grade=grades[one], figure=float(claims.get(one, 0))) for one in changed
        ]
        sources.own(turn, *bodies, urgent=any(grades[one] is Grade.CERTAIN for one in changed))
        turn.upload()


def _fix(epoch: Epoch) -> Fix | None:
    latitude_deg, longitude_deg = epoch.latitude_deg, epoch.longitude_deg
    if not epoch.measured() or latitude_deg is None or longitude_deg is None:
        return None
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=epoch.altitude_m,
        speed_m_s=epoch.speed_m_s,
        course_deg=epoch.course_deg,
        satellites=epoch.satellites,
        hdop=epoch.hdop,
        accuracy_m=epoch.stated_m,
    )


def _unix_s(at: datetime) -> float:
    return at.timestamp()


def _change(turn: MobileTurn, **fields: object) -> None:
    known: Places = turn.state.places
    turn.change(places=replace(known, **fields))
