"""What the receivers of a person hear: by which of them, how strongly, and what each says of the bracelet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import median

from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Heard, Observation, ReceiverHealth
from baqylau.domain.partitions import ourselves, partition_of
from baqylau.domain.people import Supervision
from baqylau.monitoring.workstation.equipment.messages import HealthTick, Lane, ReceiverPresence, Tick
from baqylau.monitoring.workstation.looking_back.timeline import UNHEARD, Timelines
from baqylau.rules.clock import instant, order_key
from baqylau.rules.plan import plan_of
from baqylau.rules.presence import radio_trace
from baqylau.rules.presence.radio import Presence
from baqylau.rules.presence.radio_plan import RadioPlan
from baqylau.rules.presence.radio_trace import WARM_UP, Spell
from baqylau.storage.journal.journal import Journal
from baqylau.storage.judging.live import Live

_MINUTE = timedelta(minutes=1)


class Hearing:
    """Reads receptions from the journal."""

    def __init__(self, journal: Journal, timelines: Timelines, live: Live) -> None:
        self._journal = journal
        self._timelines = timelines
        self._live = live

    def of(self, supervision: Supervision, from_at: datetime, until_at: datetime) -> tuple[ReceiverPresence, ...]:
        """Give what each of a person's receivers says; none where nothing listens for a bracelet.

        After the last instant at which a gateway proved that it listened nothing is known of any.
        """
        plan = plan_of(supervision).radio
        if plan is None or not plan.worn:
            return ()
        begun_at = from_at - WARM_UP
        told = self._timelines.heard(supervision, begun_at, until_at)
        gaps = self._journal.of_devices([ourselves(partition_of(supervision.person_id))], begun_at, until_at)
        listened_at = self._live.last_listened() or from_at
        known_until = until_at if until_at - listened_at <= UNHEARD else max(from_at, listened_at)
        spells = radio_trace.trace(plan, sorted([*told, *gaps], key=order_key), from_at, known_until)
        return tuple(
            _presence(plan, supervision.person_id, receiver_id, _until(drawn, known_until, until_at), told)
            for receiver_id, drawn in spells.items()
            if (own := plan.receiver(receiver_id)) is not None and own.time_at(until_at) is not None
        )


def _until(spells: tuple[Spell, ...], known_until: datetime, until_at: datetime) -> tuple[Spell, ...]:
    unknown = Spell(from_at=known_until, until_at=until_at, presence=Presence.UNKNOWN)
    return (*spells, unknown) if known_until < until_at else spells


def _presence(
    plan: RadioPlan, person_id: PersonId, receiver_id: DeviceId, spells: tuple[Spell, ...], told: Sequence[Observation]
) -> ReceiverPresence:
    kind = plan.homes[receiver_id].device.kind if receiver_id in plan.homes else plan.carried[receiver_id].device.kind
    receptions = [tick for one in told if one.device_id in plan.worn for tick in _ticks(one, receiver_id)]
    last = receptions[-1] if receptions else None
    return ReceiverPresence(
        receiver_id=receiver_id,
        person_id=person_id,
        kind=kind,
        presence=spells[-1].presence if spells else Presence.UNKNOWN,
        since=spells[-1].from_at if spells else None,
        heard_at=last.at if last is not None else None,
        rssi_dbm=last.rssi_dbm if last is not None else None,
        spells=spells,
    )


def lanes(
    told: Sequence[Observation], pairs: Iterable[tuple[DeviceId, DeviceId]], presence: Iterable[ReceiverPresence]
) -> tuple[Lane, ...]:
    """Give what was heard for each pair of receiver and transmitter; what is told is in judging order."""
    listened = {one.receiver_id: _listened(one.spells) for one in presence}
    return tuple(_lane(told, receiver, transmitter, listened.get(receiver, ())) for receiver, transmitter in pairs)


def _lane(
    told: Sequence[Observation], receiver_id: DeviceId, transmitter_id: DeviceId, listened: Sequence[Spell]
) -> Lane:
    ticks = tuple(tick for one in told if one.device_id == transmitter_id for tick in _ticks(one, receiver_id))
    from_at = told[0].observed_at if told else None
    heard = len({tick.at.replace(second=0, microsecond=0) for tick in ticks})
    spans = [one.until_at - max(one.from_at, from_at) for one in listened if from_at and one.until_at > from_at]
    return Lane(
        receiver_id=receiver_id,
        transmitter_id=transmitter_id,
        ticks=ticks,
        median_dbm=median(tick.rssi_dbm for tick in ticks) if ticks else None,
        minutes_heard=heard,
        minutes_listened=max(heard, round(sum(spans, timedelta(0)) / _MINUTE)),
    )


def _ticks(observation: Observation, receiver_id: DeviceId) -> Iterator[Tick]:
    for body in observation.bodies:
        if isinstance(body, Heard) and body.receiver_id == receiver_id:
            yield Tick(at=instant(observation), rssi_dbm=body.rssi_dbm, frames=body.frames)


def _listened(spells: Iterable[Spell]) -> tuple[Spell, ...]:
    return tuple(one for one in spells if one.presence is not Presence.UNKNOWN)


def health(told: Iterable[Observation], device_id: DeviceId) -> tuple[HealthTick, ...]:
    """Give what a receiver said of itself."""
    return tuple(
        HealthTick(at=instant(one), working=body.working, frames=body.frames, noise_dbm=body.noise_dbm)
        for one in told
        if one.device_id == device_id
        for body in one.bodies
        if isinstance(body, ReceiverHealth)
    )
