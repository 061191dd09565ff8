"""What the unit makes of the frames that its receivers hear.

- A frame of a transmitter of ours is counted. The first after a silence, and every change of what the transmitter says
  of itself, is written down at once; opened straps and cases are urgent. In between, a record a minute sums up.
- The same frame heard by a second receiver is that receiver's word, not a repetition.
- A frame that goes by an identity of ours and is not believed is written down, the first of its reason at once and then
  one count an hour: whoever floods the air fills no disk.
- What its line may have held up is not believed and nobody's doing (`held_up`).
- Frames of strangers show that the receiver hears, and are nobody's business here.
"""

from datetime import timedelta
from statistics import median

from msgspec.structs import replace

from baqylau.devices.linux_unit import arrival, sources
from baqylau.devices.linux_unit.held_up import held_up
from baqylau.devices.linux_unit.inputs import FrameHeard
from baqylau.devices.linux_unit.state import Count, Doubted, Worn
from baqylau.devices.linux_unit.turn import S, Turn
from baqylau.domain.ids import DeviceId, ObservationId
from baqylau.domain.observations import Authentication, Heard, Observation
from baqylau.protocols.batch.records import Doubt, Reception
from baqylau.protocols.beacon.frame import kind_of
from baqylau.protocols.beacon.reading import bodies_of
from baqylau.protocols.beacon.recognising import Recognised, Refusal, Refused
from baqylau.protocols.beacon.status import unpack
from baqylau.protocols.beacon.system_time import seconds_at

RELAYED = "relayed"
"""Reason of a doubt that is no refusal: the signal is carried on by somebody."""
CLONE = "clone"
"""Two frames that hold tell one second and count and not the same: two devices have one key."""
DOUBT_EVERY_MS = 3_600_000
STEADY_MS = 10.0
"""A program that comes later than this to what is due, on average, cannot tell an added delay from its own."""
_CLEAR_BYTES = 11
"""Kind, identity, second and count of a frame (`spec/beacon.md`, B2): no device sends them twice."""
_SAME_FRAME_MS = 1000
"""A receiver that hears one frame on several channels hears it within this time."""
_ALWAYS_CHANGING = 0b1000
"""The bit for motion, in the first byte of the status: the minute's record is soon enough for it."""
_URGENT = 0b11
"""The bits for strap and case."""


def heard(turn: Turn[S], said: FrameHeard) -> None:
    """Take what a receiver heard."""
    sources.heard(turn, said.source)
    assignment = turn.assignment
    if assignment is None or said.source not in turn.state.sources:
        return
    recogniser = assignment.recogniser
    recogniser.clocks = {device_id: worn.clock for device_id, worn in turn.state.worn.items()}
    result = recogniser.hear(said.frame, seconds_at(turn.at - _late(said)))
    if isinstance(result, Recognised):
        _believed(turn, said, result)
    elif result.device_id is not None:
        _refused(turn, said, result, result.device_id)


def _late(said: FrameHeard) -> timedelta:
    """Give how much later than the receiver heard it we read it, as far as anybody knows."""
    return timedelta(milliseconds=said.late_ms or 0)


def _believed(turn: Turn[S], said: FrameHeard, result: Recognised) -> None:
    assignment, device_id, before = turn.assignment, result.device_id, turn.state.worn[result.device_id]
    if assignment is None:
        return
    steady = said.late_ms is not None or turn.state.late_ms <= STEADY_MS
    arrival_s = turn.ms / 1000 - _late(said).total_seconds()
    phase, carried = arrival.step(before.phase, result.sent_s, arrival_s) if steady else (before.phase, None)
    after = replace(
        before,
        clock=assignment.recogniser.clocks[device_id],
        status=result.status,
        frame=said.frame,
        last_ms=turn.ms,
        phase=phase,
        called=False,
    )
    _counted(turn, said, device_id, after)
    sources.believed(turn, said.source, result.at_s - after.clock.offset_s)
    report_ms = 1000 * assignment.configuration.report_every_s
    back = before.last_ms is None or turn.ms - before.last_ms > report_ms
    if back or _changed(before.told, result.status):
        missed = _wearer(turn, device_id) in turn.state.missing
        told(turn, device_id, said.source, urgent=missed or _alarming(before.told, result.status))
        turn.upload()
    if carried is not None:
        _doubted(turn, device_id, RELAYED, said.frame, carried.delay_ms)


def _wearer(turn: Turn[S], device_id: DeviceId) -> str:
    watched = turn.assignment.wearers.get(device_id) if turn.assignment is not None else None
    return "" if watched is None else watched.person_id


def _changed(before: bytes, status: bytes) -> bool:
    """Whether the transmitter says something new of itself that does not wait for the minute."""
    if not before or (before[0] ^ status[0]) & ~_ALWAYS_CHANGING or before[1] != status[1]:
        return True
    return bool(status[1]) and before[4:6] != status[4:6]


def _alarming(before: bytes, status: bytes) -> bool:
    """Whether strap or case are open, or were, and nobody was told."""
    again = not before or before[4:6] != status[4:6]
    fresh = (status[1] if again else status[1] & ~before[1]) | status[0] & ~(before[0] if before else 0)
    return bool(fresh & _URGENT)


def _counted(turn: Turn[S], said: FrameHeard, device_id: DeviceId, worn: Worn) -> None:
    """Count a frame for the receiver that heard it."""
    count = worn.counts.get(said.source)
    at, ms = turn.at - _late(said), turn.ms - (said.late_ms or 0)
    first_at = at if count is None else count.first_at
    rssi_dbm = () if count is None else count.rssi_dbm
    counted = Count(first_at, at, ms, said.frame, (*rssi_dbm, said.rssi_dbm))
    turn.wear(
        device_id,
        replace(worn, counts=worn.counts | {said.source: counted}, heard_ms=worn.heard_ms | {said.source: turn.ms}),
    )
    turn.counted.append((device_id, said.source, said.rssi_dbm))


def told(turn: Turn[S], device_id: DeviceId, source: str, *, urgent: bool = False) -> None:
    """Write down what one receiver heard of one transmitter since the last record."""
    worn = turn.state.worn[device_id]
    count = worn.counts[source]
    said = Reception(
        transmitter_id=device_id,
        frame=count.frame,
        source=source,
        rssi_dbm=median(count.rssi_dbm),
        frames=len(count.rssi_dbm),
        first_at=count.first_at,
    )
    record = turn.write(said, at=count.last_at, ms=count.last_ms, urgent=urgent)
    before = unpack(worn.told) if worn.told else None
    turn.heard.append(
        Observation(
            id=ObservationId(f"{record.seq:032x}"),
            device_id=device_id,
            observed_at=count.last_at,
            received_at=turn.at,
            bodies=(
                *bodies_of(unpack(worn.status), before, kind_of(said.frame)),
                Heard(receiver_id=turn.state.device_id, rssi_dbm=said.rssi_dbm, frames=said.frames),
            ),
            authentication=Authentication.DEVICE_KEY,
        )
    )
    counts = {name: one for name, one in worn.counts.items() if name != source}
    turn.wear(device_id, replace(worn, told=worn.status, counts=counts))


def summed_up(turn: Turn[S]) -> None:
    """Write down everything that is counted."""
    for device_id, worn in turn.state.worn.items():
        for source in worn.counts:
            told(turn, device_id, source)


def _refused(turn: Turn[S], said: FrameHeard, refused: Refused, device_id: DeviceId) -> None:
    worn, waited = turn.state.worn[device_id], _waited(turn, said, refused)
    if refused.refusal is not Refusal.REPEATED or worn.last_ms is None:
        if not waited:
            _doubted(turn, device_id, refused.refusal.value, said.frame)
        return
    if said.frame != worn.frame and said.frame[:_CLEAR_BYTES] == worn.frame[:_CLEAR_BYTES]:
        _doubted(turn, device_id, CLONE, said.frame)
        return
    had_it = worn.heard_ms.get(said.source, -1) >= worn.last_ms
    if not had_it and said.frame == worn.frame:
        _counted(turn, said, device_id, worn)
    elif had_it and not waited and turn.ms - worn.last_ms > _SAME_FRAME_MS:
        _doubted(turn, device_id, refused.refusal.value, said.frame)


def _waited(turn: Turn[S], said: FrameHeard, refused: Refused) -> bool:
    """Whether the frame may only have waited in its receiver's line."""
    flow = turn.state.sources[said.source].flow
    return refused.made_s is not None and held_up(flow, refused.made_s, seconds_at(turn.at))


def _doubted(turn: Turn[S], device_id: DeviceId, reason: str, frame: bytes, delay_ms: float | None = None) -> None:
    """Write down a frame that is not believed, or only count it."""
    key = f"{reason}/{device_id}"
    known = turn.state.doubts.get(key)
    if known is not None:
        counted = Doubted(known.told_ms, known.count + 1, frame)
        turn.change(doubts=turn.state.doubts | {key: counted})
        return
    said = Doubt(transmitter_id=device_id, reason=reason, frame=frame, delay_ms=delay_ms)
    turn.write(said, urgent=True)
    turn.change(doubts=turn.state.doubts | {key: Doubted(turn.ms)})


def doubts_told(turn: Turn[S]) -> None:
    """Write down, once an hour, how many more there were."""
    for key, known in turn.state.doubts.items():
        if turn.ms - known.told_ms < DOUBT_EVERY_MS:
            continue
        doubts = {name: one for name, one in turn.state.doubts.items() if name != key}
        if known.count:
            reason, _, device_id = key.partition("/")
            turn.write(Doubt(transmitter_id=DeviceId(device_id), reason=reason, frame=known.frame, count=known.count))
            doubts[key] = Doubted(turn.ms)
        turn.change(doubts=doubts)
