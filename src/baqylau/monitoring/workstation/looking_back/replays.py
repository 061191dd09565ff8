"""Any hours of one person again, and what a month was like, from the journal and the judge's own fold."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

import msgspec
from msgspec.structs import replace

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.ids import RestrictionId
from baqylau.domain.observations import Fix, Heard, NoFix, Observation
from baqylau.domain.orders import Placed
from baqylau.domain.people import Person, Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.monitoring.workstation import pages
from baqylau.monitoring.workstation.looking_back.messages import (
    PatternsPage,
    Reception,
    Replay,
    ReplayFinding,
    Smoothed,
    VerdictLane,
    ZoneTime,
)
from baqylau.monitoring.workstation.looking_back.recall import Recall
from baqylau.monitoring.workstation.looking_back.timeline import Timelines
from baqylau.monitoring.workstation.messages import Segment
from baqylau.rules.clock import instant
from baqylau.rules.equipment.hearing import believed
from baqylau.rules.fold import Turn, trace, trace_each
from baqylau.rules.gnss.plane import Place
from baqylau.rules.gnss.smoothing import smoothed
from baqylau.rules.looking_back.patterns import Patterns, Seen, patterns
from baqylau.rules.places.geometry import verdict
from baqylau.rules.places.position import accuracy_m, position
from baqylau.rules.spans import fitted, validity_of
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.live import Live

LONGEST = timedelta(hours=24)
MOST_HEARD = 6_000
"""Radio receptions that a page draws."""
MOST_SMOOTHED = 3_000
"""Positions that are smoothed for a page: of more, the line is not drawn."""


class Replays:
    """Gives hours again."""

    def __init__(self, recall: Recall, timelines: Timelines, findings: Findings, live: Live, timezone: str) -> None:
        self._recall = recall
        self._timelines = timelines
        self._findings = findings
        self._live = live
        self._timezone = timezone

    def of(self, person: Person, from_at: datetime, until_at: datetime, known_at: datetime | None) -> Replay:
        """Give what was between two instants, as known now or at `known_at`; nothing after we last listened."""
        ends = [one for one in (self._live.last_listened(), known_at) if one is not None]
        until = max(from_at, min([until_at, *ends]))
        recalled = self._recall.of(person.id, from_at, until, known_at=known_at)
        supervision = recalled.supervision
        heard = [one for one in recalled.observations if from_at <= instant(one) <= until and _worn(supervision, one)]
        receptions, thinned = _thinned([reception for one in heard for reception in _receptions(one)])
        turns = trace_each(supervision, recalled.state, recalled.observations, until)
        stretches = trace(supervision, recalled.state, recalled.observations, from_at, until)
        return Replay(
            person_id=person.id,
            person_name=person.name,
            from_at=from_at,
            until_at=until_at,
            known_at=known_at,
            receptions=tuple(receptions),
            thinned=thinned,
            smoothed=tuple(_smoothed(heard)),
            findings=tuple(self._found(person, from_at, until, known_at)),
            timeline=tuple(msgspec.convert(one, Segment, from_attributes=True) for one in stretches),
            lanes=tuple(_lanes(supervision, turns, from_at, until)),
            zones=tuple(_zones(supervision, from_at, until_at)),
        )

    def _found(
        self, person: Person, from_at: datetime, until_at: datetime, known_at: datetime | None
    ) -> Iterator[ReplayFinding]:
        for one in self._findings.standing(person.id, from_at, until_at):
            if known_at is None or one.raised_at <= known_at:
                yield ReplayFinding(
                    id=one.finding.id,
                    at=one.finding.at,
                    since=one.finding.since,
                    code=one.finding.code,
                    priority=EVENTS[one.finding.code].priority,
                    alarm_id=one.alarm_id,
                )

    def month(self, person: Person, supervision: Supervision, from_at: datetime, until_at: datetime) -> PatternsPage:
        """Describe a stretch of time from the positions of it that are believed and good enough to decide."""
        found = patterns(list(_seen(self._timelines.heard(supervision, from_at, until_at))), self._timezone)
        return PatternsPage(
            person_id=person.id,
            person_name=person.name,
            from_at=from_at,
            until_at=until_at,
            patterns=found,
            names=tuple(_named(supervision, found)),
        )


def _worn(supervision: Supervision, observation: Observation) -> bool:
    at = instant(observation)
    return any(time.holds(at) for time in fitted(supervision, observation.device_id))


def _seen(heard: Iterable[Observation]) -> Iterator[Seen]:
    for one in heard:
        if believed(one):
            for body in one.bodies:
                place = position(one.id, instant(one), body) if isinstance(body, Fix) else None
                if place is not None and place.decides:
                    yield Seen(place.at, place.fix.latitude_deg, place.fix.longitude_deg)


def _receptions(one: Observation) -> Iterator[Reception]:
    for body in one.bodies:
        match body:
            case Fix():
                yield replace(
                    _reception(one, body.source.value),
                    latitude_deg=body.latitude_deg,
                    longitude_deg=body.longitude_deg,
                    accuracy_m=accuracy_m(body),
                    satellites=body.satellites,
                    speed_m_s=body.speed_m_s,
                )
            case NoFix():
                yield replace(_reception(one, "no_fix"), satellites=body.satellites)
            case Heard():
                yield replace(_reception(one, "heard"), receiver_id=body.receiver_id, rssi_dbm=body.rssi_dbm)
            case _:
                pass


def _reception(one: Observation, source: str) -> Reception:
    return Reception(id=one.id, at=instant(one), received_at=one.received_at, device_id=one.device_id, source=source)


def _thinned(receptions: Sequence[Reception]) -> tuple[Sequence[Reception], int]:
    """Leave out radio receptions evenly where there are too many, never a position."""
    radio = [one for one in receptions if one.source == "heard"]
    if len(radio) <= MOST_HEARD:
        return receptions, 0
    every = -(-len(radio) // MOST_HEARD)
    kept = {id(one) for one in radio[::every]}
    chosen = [one for one in receptions if one.source != "heard" or id(one) in kept]
    return chosen, len(receptions) - len(chosen)


def _smoothed(heard: Sequence[Observation]) -> Iterator[Smoothed]:
    """Give the line to see by: from satellite positions in time, at most so many."""
    track: list[tuple[Place, bool]] = []
    times: list[datetime] = []
    for one in heard:
        for body in one.bodies:
            place = position(one.id, instant(one), body) if isinstance(body, Fix) else None
            if place is not None and (not times or place.at > times[-1]):
                where = (place.fix.latitude_deg, place.fix.longitude_deg, place.accuracy_m)
                track.append((Place(place.at.timestamp(), *where), False))
                times.append(place.at)
    if len(track) <= MOST_SMOOTHED:
        for at, one_place in zip(times, smoothed(track), strict=True):
            yield Smoothed(at=at, latitude_deg=one_place.latitude_deg, longitude_deg=one_place.longitude_deg)


def _lanes(
    supervision: Supervision, turns: Sequence[Turn], from_at: datetime, until_at: datetime
) -> Iterator[VerdictLane]:
    for one in supervision.restrictions:
        valid = validity_of(one, supervision.orders)
        if not isinstance(one, Placed) or valid is None or valid.from_at >= until_at or valid.until_at <= from_at:
            continue
        mine = [turn for turn in turns if (turn.restriction_id, turn.version) == (one.id, one.version)]
        yield VerdictLane(
            restriction_id=RestrictionId(one.id),
            version=one.version,
            kind=str(one.__struct_config__.tag),
            clause=one.clause,
            place=next((shape.zone.name for shape in pages.zone_shapes(supervision.person_id, one)), ""),
            segments=tuple(
                _segments(mine, max(from_at, valid.from_at), min(until_at, valid.until_at)),
            ),
        )


def _segments(turns: Sequence[Turn], from_at: datetime, until_at: datetime) -> Iterator[Segment]:
    """Give what was given between two instants; unknown where no turn says."""
    said: tuple[Compliance, Blindness | None] = (Compliance.UNKNOWN, Blindness.NO_OBSERVATION_YET)
    ordered = sorted(turns, key=attrgetter("at"))
    clipped = ((min(max(one.at, from_at), until_at), one.compliance, one.blindness) for one in ordered)
    changes = [(from_at, *said), *clipped]
    for (at, compliance, why), (end, _, _) in pairwise([*changes, (until_at, *said)]):
        if at < end:
            yield Segment(from_at=at, until_at=end, compliance=compliance, blindness=why)


def _zones(supervision: Supervision, from_at: datetime, until_at: datetime) -> Iterator[ZoneTime]:
    for one in supervision.restrictions:
        valid = validity_of(one, supervision.orders)
        if valid is not None and valid.from_at < until_at and valid.until_at > from_at:
            for shape in pages.zone_shapes(supervision.person_id, one):
                yield ZoneTime(shape=shape, version=one.version, from_at=valid.from_at, until_at=valid.until_at)


def _named(supervision: Supervision, found: Patterns) -> Iterator[str]:
    """Give for each usual place the name of the smallest thing that a court named and that it lies in."""
    shapes = [shape for one in supervision.restrictions for shape in pages.zone_shapes(supervision.person_id, one)]
    named = [shape.zone for shape in shapes if shape.kind != "territory"]
    for place in found.places:
        inside = (
            zone.name for zone in named if verdict(zone, place.latitude_deg, place.longitude_deg, 0.0).margin_m > 0
        )
        yield next(inside, "")
