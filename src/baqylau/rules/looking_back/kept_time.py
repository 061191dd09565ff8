"""How one restriction was kept from one instant to another, as parts of the hours that it asks for.

The hours come from the registers, what was given in them from what was judged. Two things are set right afterwards: a
finding that stands says since when its condition was so, and that was before it was sure of it; and what nobody judged
is unknown, never a gap. So inside, outside, unknown and excused add up to the duty; with what the order itself spares
(a grace, a stay that may be at any time) to the hours.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.orders import Permission, Placed
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Blindness, Compliance
from baqylau.rules.fold import Stretch, Turn
from baqylau.rules.places.watch import watches
from baqylau.rules.spans import Duty, Span, Validity, span_at, validity_of


class Shares(Struct, frozen=True, kw_only=True):
    """Seconds of the hours that a restriction asks for."""

    inside_s: float = 0.0
    outside_s: float = 0.0
    unknown_s: float = 0.0
    excused_s: float = 0.0
    spared_s: float = 0.0
    """Hours in which the order itself asks for nothing yet: a grace, or a stay at any time within them."""

    @property
    def duty_s(self) -> float:
        """The duty: what was as prescribed, was not, is not known, or was permitted."""
        return self.inside_s + self.outside_s + self.unknown_s + self.excused_s


class Hours(Struct, frozen=True, kw_only=True):
    """One version of a restriction at its hours."""

    version: int
    span: Span


def hours_of(
    versions: Iterable[Placed], supervision: Supervision, from_at: datetime, until_at: datetime
) -> tuple[Hours, ...]:
    """Give the hours of a restriction in all its versions between two instants, in order."""
    valid = [(one, time) for one in versions if (time := validity_of(one, supervision.orders)) is not None]
    found = (
        Hours(version=one.version, span=span)
        for one, time in valid
        for span in _spans(one, time, supervision.permissions, from_at, until_at)
    )
    return tuple(sorted(found, key=lambda one: (one.span.from_at, one.version)))


def _spans(
    restriction: Placed, time: Validity, permissions: Sequence[Permission], from_at: datetime, until_at: datetime
) -> Iterator[Span]:
    at, end = max(from_at, time.from_at), min(until_at, time.until_at)
    while at < end:
        span = span_at(restriction, time, permissions, at)
        until = min(span.until_at, end)
        if span.duty is not Duty.FREE:
            yield Span(duty=span.duty, from_at=at, until_at=until)
        at = until


def against(versions: Iterable[Placed], findings: Iterable[Finding]) -> tuple[tuple[datetime, datetime], ...]:
    """Give the times before findings that stand, in which what they found was so already."""
    codes = {
        code
        for one in versions
        for watch in watches(one)
        if watch.kind.breach
        for code in (watch.kind.left, watch.kind.late, watch.kind.seen)
    }
    return tuple((one.since, one.at) for one in findings if one.code in codes and one.since and one.since < one.at)


def stretches(
    hours: Sequence[Hours],
    turns: Sequence[Turn],
    known_until: datetime,
    was_so: Sequence[tuple[datetime, datetime]] = (),
) -> tuple[Stretch, ...]:
    """Give what the restriction gave within its hours, in order, up to the last instant of which anything is known.

    Nothing is said of the time between the hours, nor of what the order spares: a part with `FREE` lies within them.
    """
    found: list[Stretch] = []
    by_version: dict[int, list[Turn]] = {}
    for turn in turns:
        by_version.setdefault(turn.version, []).append(turn)
    for one in hours:
        until_at = min(one.span.until_at, known_until)
        begun = found[-1].until_at if found else one.span.from_at
        from_at = max(one.span.from_at, begun)
        if from_at >= until_at:
            continue
        if one.span.duty is Duty.EXCUSED:
            found.append(Stretch(from_at=from_at, until_at=until_at, compliance=Compliance.EXCUSED))
            continue
        mine = by_version.get(one.version, [])
        first = bisect_right(mine, from_at, key=lambda turn: turn.at) - 1
        found += _judged(mine[max(first, 0) :], from_at, until_at)
    return tuple(_joined(_corrected(found, sorted(was_so))))


def _judged(turns: Sequence[Turn], from_at: datetime, until_at: datetime) -> Iterator[Stretch]:
    """Give what was given from one instant to another; before the first turn nothing was."""
    at, said, why = from_at, Compliance.UNKNOWN, Blindness.NO_OBSERVATION_YET
    shown: tuple[Compliance, Blindness | None] = (said, why)
    for turn in turns:
        if turn.at >= until_at:
            break
        if turn.at > at:
            yield Stretch(from_at=at, until_at=turn.at, compliance=shown[0], blindness=shown[1])
            at = turn.at
        shown = (turn.compliance, turn.blindness)
    yield Stretch(from_at=at, until_at=until_at, compliance=shown[0], blindness=shown[1])


def _corrected(found: Iterable[Stretch], was_so: Sequence[tuple[datetime, datetime]]) -> Iterator[Stretch]:
    """Say of the time before a finding what the finding says of it."""
    for one in found:
        if one.compliance is Compliance.EXCUSED:
            yield one
            continue
        cuts = {one.from_at, one.until_at}
        cuts |= {min(max(edge, one.from_at), one.until_at) for pair in was_so for edge in pair}
        for from_at, until_at in pairwise(sorted(cuts)):
            so = any(begin <= from_at and until_at <= end for begin, end in was_so)
            yield Stretch(
                from_at=from_at,
                until_at=until_at,
                compliance=Compliance.NOT_AS_PRESCRIBED if so else one.compliance,
                blindness=None if so else one.blindness,
            )


def _joined(found: Iterable[Stretch]) -> Iterator[Stretch]:
    last: Stretch | None = None
    for one in found:
        if last is None:
            last = one
        elif (last.until_at, last.compliance, last.blindness) == (one.from_at, one.compliance, one.blindness):
            last = Stretch(
                from_at=last.from_at, until_at=one.until_at, compliance=one.compliance, blindness=one.blindness
            )
        else:
            yield last
            last = one
    if last is not None:
        yield last


_NAMES = {
    Compliance.AS_PRESCRIBED: "inside_s",
    Compliance.NOT_AS_PRESCRIBED: "outside_s",
    Compliance.UNKNOWN: "unknown_s",
    Compliance.EXCUSED: "excused_s",
    Compliance.FREE: "spared_s",
}


def shares_of(parts: Iterable[Stretch]) -> Shares:
    """Add up."""
    seconds = dict.fromkeys(_NAMES.values(), 0.0)
    for one in parts:
        seconds[_NAMES[one.compliance]] += (one.until_at - one.from_at).total_seconds()
    return Shares(**seconds)


def cut(parts: Sequence[Stretch], edges: Sequence[datetime]) -> tuple[tuple[Stretch, ...], ...]:
    """Give the parts that lie between each two edges, cut there. Both in order."""
    rows: list[tuple[Stretch, ...]] = []
    place = 0
    for from_at, until_at in pairwise(edges):
        while place < len(parts) and parts[place].until_at <= from_at:
            place += 1
        row: list[Stretch] = []
        for one in parts[place:]:
            if one.from_at >= until_at:
                break
            row.append(
                Stretch(
                    from_at=max(one.from_at, from_at),
                    until_at=min(one.until_at, until_at),
                    compliance=one.compliance,
                    blindness=one.blindness,
                )
            )
        rows.append(tuple(row))
    return tuple(rows)
