"""The trace of a test as evidence: CBOR with every breath's measurements and the regions that were used of them.

Milliseconds count from the beginning of the list they belong to. What was not measured is null.
"""

from collections.abc import Sequence
from math import isfinite
from typing import Any

from cbor2 import dumps

from baqylau import __version__
from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.pair import allowed_mg_l
from baqylau.devices.breath_unit.metrology.result import Result
from baqylau.devices.breath_unit.metrology.transient import BASELINE_S, FIT_FROM_S, WINDOW_S
from baqylau.devices.breath_unit.state import Blown, Recorded, Session
from baqylau.links.breath_lines import RATE_HZ, Board, Row

VERSION = 1
_BOTH = 2
STEP_MS = round(1000 / RATE_HZ)


def trace_of(session: Session, file: CalibrationFile | None, board: Board | None) -> bytes:
    """Give the trace of a test that came to an end: what was measured, by what, and how both breaths agree."""
    blown = [_blown(one, session) for one in session.blown]
    judged = session.blown[-1].recorded if session.blown else None
    if session.recorded.first is not None and session.recorded is not judged:
        blown.append(_unjudged(session.recorded))
    told = {} if session.result is None else _result(session.result)
    return dumps(
        {
            "v": VERSION,
            "step_ms": STEP_MS,
            "blows": blown,
            "calibration": "" if file is None else file.name,
            "instrument": None if file is None or board is None else _instrument(file, board),
            "pair": _pair(session.blown),
            "result": told,
        },
        canonical=True,
    )


def cut_trace(rows: Sequence[Row]) -> bytes:
    """Give the trace of a test of which only the rows on disk are left."""
    result = {"state": "interrupted", "why": ["power_lost"], "alcohol_mg_l": None, "uncertainty_mg_l": None}
    return dumps(
        {"v": VERSION, "step_ms": STEP_MS, "blows": [_unjudged(Recorded(rows=tuple(rows)))], "result": result},
        canonical=True,
    )


def _instrument(file: CalibrationFile, board: Board) -> dict[str, Any]:
    adjusted, seen = file.calibration, file.last
    return {
        "program": __version__,
        "board": board.serial,
        "cell": board.cell,
        "adjusted_at": adjusted.made_at.isoformat(),
        "adjusted_by": adjusted.by,
        "gas": adjusted.gas.certificate,
        "verified_at": None if seen is None else seen.at.isoformat(),
        "verified_by": None if seen is None else seen.by,
    }


def _pair(blown: Sequence[Blown]) -> dict[str, float] | None:
    """Give by how much the two breaths that became figures differ, and how much that may be."""
    found = [one.result.alcohol_mg_l for one in blown if one.result.alcohol_mg_l is not None][-2:]
    if len(found) < _BOTH:
        return None
    return {"differ_mg_l": abs(found[0] - found[1]), "allowed_mg_l": allowed_mg_l(*found)}


def _result(result: Result) -> dict[str, Any]:
    return {
        "state": result.state.value,
        "why": [str(one) for one in result.why],
        "alcohol_mg_l": result.alcohol_mg_l,
        "uncertainty_mg_l": result.uncertainty_mg_l,
    }


def _blown(one: Blown, session: Session) -> dict[str, Any]:
    seen = one.transient
    during = [photo.from_ms - one.recorded.from_ms for photo in session.photos if photo.blowing]
    return {
        **_unjudged(one.recorded),
        "photos_ms": [ms for ms in during if 0 <= ms <= STEP_MS * len(one.recorded.rows)],
        **_result(one.result),
        "attempt": one.attempt,
        "volume_l": one.breath.volume_l,
        "duration_s": one.breath.duration_s,
        "charge_uc": None if seen is None else seen.charge_uc,
        "tail_uc": None if seen is None else seen.tail_uc,
        "baseline_ua": None if seen is None else seen.baseline_ua,
        "decay_s": None if seen is None else seen.decay_s,
        "blank_ua": _column(one.blank.rows, "current_ua"),
        "room_mg_l": one.room_mg_l,
    }


def _unjudged(recorded: Recorded) -> dict[str, Any]:
    rows = recorded.rows
    last = rows[-1] if rows else None
    taken = last if recorded.sample is None else rows[recorded.sample]
    return {
        "current_ua": _column(rows, "current_ua"),
        "pressure_pa": _column(rows, "pressure_pa"),
        "flow_ml_s": [None if one is None else round(1000 * one) for one in _column(rows, "flow_l_s")],
        "breath_c": _column(rows, "breath_c"),
        "cell_c": None if last is None else _figure(last.cell_c),
        "room_c": None if last is None else _figure(last.room_c),
        "ambient_hpa": None if last is None else _figure(last.ambient_hpa),
        "co2_percent": None if taken is None else _figure(taken.dioxide_percent),
        "repaired": recorded.repaired,
        "marks": _marks(recorded),
    }


def _column(rows: Sequence[Row], name: str) -> list[float | None]:
    return [_figure(getattr(row, name)) for row in rows]


def _figure(value: float) -> float | None:
    return round(value, 3) if isfinite(value) else None


def _marks(recorded: Recorded) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if recorded.first is not None:
        over = len(recorded.rows) if recorded.over is None else recorded.over
        found["blow"] = [recorded.first * STEP_MS, over * STEP_MS]
    if recorded.hum is not None:
        found["hum"] = [recorded.hum * STEP_MS, (recorded.hummed or len(recorded.rows)) * STEP_MS]
    if recorded.sample is not None:
        at = recorded.sample * STEP_MS
        found["sample_ms"] = at
        found["baseline"] = [at - round(1000 * BASELINE_S), at]
        found["window"] = [at, at + round(1000 * WINDOW_S)]
        found["tail"] = [at + round(1000 * FIT_FROM_S), at + round(1000 * WINDOW_S)]
    return found
