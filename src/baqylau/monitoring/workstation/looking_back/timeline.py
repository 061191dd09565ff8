"""What was known of a person from one instant to another: the judge's own fold, drawn.

Where we did not listen the line says so; it never goes beyond the instant at which a gateway last proved that it did.
"""

from datetime import datetime, timedelta

import msgspec

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Observation
from baqylau.domain.partitions import nearness_of, ourselves, partition_of
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.workstation.messages import Segment
from baqylau.rules import fold
from baqylau.rules.clock import instant
from baqylau.rules.refold import late
from baqylau.rules.spans import fitted
from baqylau.rules.state import PersonState
from baqylau.storage.journal.journal import Journal
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live

_WARM_UP = timedelta(days=2)
"""How far before the first instant the fold begins when there is no snapshot: longer than anything it remembers."""
UNHEARD = timedelta(seconds=15)
"""A shorter stretch after the last proof that we listened is only the beat's own rhythm."""


class Timelines:
    """Draws timelines from the journal."""

    def __init__(self, journal: Journal, judge: JudgeStore, live: Live) -> None:
        self._journal = journal
        self._judge = judge
        self._live = live

    def heard(self, supervision: Supervision, from_at: datetime, until_at: datetime) -> list[Observation]:
        """Give what this person's equipment told while it was on the person, in judging order."""
        worn = {device.id: fitted(supervision, device.id) for device in supervision.devices}
        found = self._journal.of_devices(list(worn), from_at, until_at, told_of=supervision.person_id)
        return [one for one in found if any(time.holds(instant(one)) for time in worn[one.device_id])]

    def segments(self, supervision: Supervision, from_at: datetime, until_at: datetime) -> tuple[Segment, ...]:
        """Give the line from one instant to another."""
        listened_at = self._live.last_listened() or from_at
        known_until = max(from_at, min(until_at, listened_at))
        drawn = self._drawn(supervision, from_at, known_until) if known_until > from_at else ()
        if until_at - known_until <= UNHEARD:
            return drawn
        ourselves_blind = Segment(
            from_at=known_until, until_at=until_at, compliance=Compliance.UNKNOWN, blindness=Blindness.OURSELVES
        )
        return (*drawn, ourselves_blind)

    def _drawn(self, supervision: Supervision, from_at: datetime, until_at: datetime) -> tuple[Segment, ...]:
        begun = self._judge.snapshot_before(supervision.person_id, from_at)
        state = msgspec.msgpack.decode(begun[0], type=PersonState) if begun else fold.begin()
        since = begun[1] if begun else from_at - _WARM_UP
        devices: list[DeviceId] = [device.id for device in supervision.devices]
        ours = [ourselves(partition_of(supervision.person_id)), nearness_of(supervision.person_id)]
        found = self._journal.of_devices([*devices, *ours], since, until_at, told_of=supervision.person_id)
        observations = [one for one in found if not late(state, one)]
        stretches = fold.trace(supervision, state, observations, from_at, until_at)
        return tuple(msgspec.convert(stretch, Segment, from_attributes=True) for stretch in stretches)
