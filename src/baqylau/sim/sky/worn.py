"""A worn device over a receiver: the satellite pipeline, and what is reported of it.

It looks at every epoch and reports once a minute, four times a minute while anything is in doubt, and at once when the
network goes or comes, the sky goes or comes, or something is claimed. When the sky is gone it tells how it was seconds
before, so that a ramp is told from a bag. The pace is that of the notes on radio and GNSS, 1.1 (one a minute, one in
15 s while a rule is in doubt).
"""

from collections import deque
from collections.abc import Iterator, Sequence
from random import Random

from msgspec import Struct

from baqylau.domain.observations import (
    Body,
    Cell,
    Fix,
    Grade,
    Interference,
    InterferenceKind,
    Motion,
    NoFix,
    Sky,
)
from baqylau.rules.gnss import pipeline
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.figures import SKY_SATELLITES
from baqylau.rules.gnss.pipeline import Judgement
from baqylau.rules.gnss.signs import JAM, SPOOF
from baqylau.rules.gnss.surroundings import Surroundings
from baqylau.sim.sky.disturbances import Disturbance
from baqylau.sim.sky.network import Network
from baqylau.sim.sky.receiver import Model, Receiver
from baqylau.sim.sky.way import Truth, Way

EVERY_S, IN_DOUBT_S = 60, 15
DOUBT_LASTS_S = 300
"""So long after the last change the pace stays fast."""
BEFORE_S = 5
"""How the sky was so long ago is told when it goes."""
SKY_LEAST = 4
"""Satellites below which there is no sky."""
_KINDS = {JAM: InterferenceKind.GNSS_JAM, SPOOF: InterferenceKind.GNSS_SPOOF}


class Told(Struct, frozen=True, kw_only=True):
    """One report, beside the truth that it was made from."""

    truth: Truth
    epoch: Epoch
    bodies: tuple[Body, ...]


class _Seen(Struct, frozen=True):
    """What brings a report forward when it changes."""

    network: bool
    sky: bool
    claims: tuple[tuple[str, int], ...]


def reports(
    way: Way, disturbances: Sequence[Disturbance], seed: int, started_at_s: float, model: Model | None = None
) -> Iterator[Told]:
    """Let somebody wear a device along a way, from its cold start."""
    receiver, network = Receiver(seed, started_at_s, model), Network(Random(seed))  # noqa: S311 - a simulated town
    state, before = pipeline.begin(), _Seen(network=True, sky=True, claims=())
    changed_s, due_s = -float(DOUBT_LASTS_S), 0.0
    recent: deque[tuple[Truth, Epoch]] = deque(maxlen=BEFORE_S)
    for into_s in range(int(way.lasts_s)):
        truth = way.at(float(into_s))
        epoch, level_dbm = receiver.epoch(truth, disturbances), network.level_dbm(truth, disturbances)
        known = Surroundings(started_at_s + into_s, moving=truth.moving, network=level_dbm is not None)
        state, judged = pipeline.step(state, epoch, known)
        seen = _Seen(level_dbm is not None, len(epoch.cn0_dbhz or ()) >= SKY_LEAST, _claims(judged))
        if before.sky and not seen.sky and recent:
            yield Told(truth=recent[0][0], epoch=recent[0][1], bodies=_sky(recent[0][1]))
        recent.append((truth, epoch))
        if seen != before:
            changed_s, due_s = float(into_s), float(into_s)
        if into_s >= due_s:
            bodies = (*_position(epoch, judged), Motion(moving=truth.moving), *_sky(epoch), _cell(level_dbm))
            yield Told(truth=truth, epoch=epoch, bodies=bodies + _interference(before.claims, seen.claims))
            due_s = into_s + (IN_DOUBT_S if into_s - changed_s < DOUBT_LASTS_S else EVERY_S)
            before = seen


def _claims(judged: Judgement) -> tuple[tuple[str, int], ...]:
    return tuple((kind, grade) for kind, grade in sorted(judged.claims.items()) if kind in _KINDS)


def _position(epoch: Epoch, judged: Judgement) -> tuple[Body, ...]:
    if not epoch.measured() or epoch.latitude_deg is None or epoch.longitude_deg is None:
        return (NoFix(satellites=epoch.satellites),)
    return (
        Fix(
            latitude_deg=epoch.latitude_deg,
            longitude_deg=epoch.longitude_deg,
            altitude_m=epoch.altitude_m,
            speed_m_s=epoch.speed_m_s,
            course_deg=epoch.course_deg,
            satellites=epoch.satellites,
            hdop=epoch.hdop,
            accuracy_m=epoch.stated_m if judged.place is None else judged.place.r95_m,
        ),
    )


def _sky(epoch: Epoch) -> tuple[Body, ...]:
    if epoch.cn0_dbhz is None:
        return ()
    strongest = sorted(epoch.cn0_dbhz, reverse=True)[:SKY_SATELLITES]
    mean_dbhz = sum(strongest) / len(strongest) if strongest else None
    return (Sky(satellites=len(epoch.cn0_dbhz), mean_cn0_dbhz=mean_dbhz),)


def _cell(level_dbm: float | None) -> Body:
    registered = level_dbm is not None
    return Cell(registered=registered, id="401-01-1-1" if registered else "", signal_dbm=level_dbm)


def _interference(before: tuple[tuple[str, int], ...], now: tuple[tuple[str, int], ...]) -> tuple[Body, ...]:
    """Say what is claimed anew, in another grade, or not any more. A claim rests on two signs and is certain."""
    said = dict.fromkeys((kind for kind, _ in before), 0) | dict(now)
    return tuple(
        Interference(kind=_KINDS[kind], grade=Grade.CERTAIN if grade else Grade.NONE, figure=float(grade))
        for kind, grade in said.items()
        if (kind, grade) not in before
    )
