"""Rows as they come: lost ones are filled when they are few, and what stands where is noted."""

from msgspec.structs import replace

from baqylau.devices.breath_unit.state import Recorded
from baqylau.links.breath_lines import RATE_HZ, SEQ_ROUND, Row

REPAIRED_MAX = 3
"""So many lost in succession are filled with the one before."""
BEGUN_L_S = 0.1
OVER_ROWS = round(0.8 * RATE_HZ)
"""A breath is over when nothing flows for so long."""


class LineBrokenError(Exception):
    """Too many rows were lost."""


def joined(recorded: Recorded, came: tuple[Row, ...]) -> Recorded:
    """Put rows behind those there are; `LineBrokenError` where too many are missing between."""
    rows, repaired = list(recorded.rows), recorded.repaired
    for row in came:
        lost = (row.seq - rows[-1].seq - 1) % SEQ_ROUND if rows else 0
        if lost > REPAIRED_MAX:
            raise LineBrokenError(lost)
        rows += [replace(one, sampled=False) for one in rows[-1:]] * lost
        repaired += lost
        rows.append(row)
    after = replace(recorded, rows=tuple(rows), repaired=repaired)
    for place in range(len(recorded.rows), len(rows)):
        after = _noted(after, place, rows[place])
    return after


def _noted(recorded: Recorded, place: int, row: Row) -> Recorded:
    if row.sampled and recorded.sample is None:
        recorded = replace(recorded, sample=place)
    if recorded.over is not None:
        return recorded
    blowing = row.flow_l_s >= BEGUN_L_S
    if recorded.first is None and blowing:
        recorded = replace(recorded, first=place)
    passed = recorded.passed.and_then(row.flow_l_s, 1 / RATE_HZ)
    recorded = replace(recorded, passed=passed)
    if recorded.first is not None and not blowing:
        quiet = recorded.rows[max(place - OVER_ROWS + 1, 0) : place + 1]
        if len(quiet) == OVER_ROWS and all(one.flow_l_s < BEGUN_L_S for one in quiet):
            recorded = replace(recorded, over=place + 1)
    return recorded
