"""From rows of the board to what a breath says: pure, and the same on the unit, in the model and long afterwards."""

from math import fsum, nan

from msgspec.structs import replace

from baqylau.devices.breath_unit.calibration_file import CalibrationFile
from baqylau.devices.breath_unit.metrology.blow import Acceptance, Blow, Breath, examined
from baqylau.devices.breath_unit.metrology.health import Resting
from baqylau.devices.breath_unit.metrology.hum import hummed_s
from baqylau.devices.breath_unit.metrology.result import Result, Sample, measured
from baqylau.devices.breath_unit.metrology.transient import (
    BASELINE_S,
    WINDOW_S,
    Trace,
    TraceFault,
    Transient,
    evaluated,
)
from baqylau.devices.breath_unit.state import Recorded, Session
from baqylau.domain.checks import SampleState
from baqylau.links.breath_lines import RATE_HZ, SOUND_RATE_HZ, Board, Row

ACCEPTANCE = Acceptance()
BEFORE_ROWS = round((BASELINE_S + 0.1) * RATE_HZ)
AFTER_ROWS = round((WINDOW_S + 0.1) * RATE_HZ)
NO_HUM = "no_hum"
SETTLED_UA = 0.4
"""A baseline that moves less within two seconds is one."""
_SILENT = bytes([128] * 20)


def whole(recorded: Recorded) -> bool:
    """Tell whether the cell has worked long enough after the sample."""
    return recorded.sample is not None and len(recorded.rows) > recorded.sample + AFTER_ROWS


def settled(rows: tuple[Row, ...]) -> bool:
    """Tell whether the cell has come to rest after whatever was in it before."""
    half = BEFORE_ROWS // 2
    before, after = rows[-2 * half : -half], rows[-half:]
    if len(before) < half:
        return False
    moved_ua = fsum(row.current_ua for row in after) / half - fsum(row.current_ua for row in before) / half
    return abs(moved_ua) < SETTLED_UA


def transient(recorded: Recorded, full_scale_ua: float) -> Transient | TraceFault:
    """Evaluate the cell's current around the sample."""
    sample = recorded.sample or 0
    begin = max(sample - BEFORE_ROWS, 0)
    rows = recorded.rows[begin : sample + AFTER_ROWS + 1]
    trace = Trace(
        current_ua=[row.current_ua for row in rows],
        rate_hz=RATE_HZ,
        sampled_at_s=(sample - begin) / RATE_HZ,
        full_scale_ua=full_scale_ua,
    )
    return evaluated(trace)


def breath(recorded: Recorded, room_c: float, *, dioxide: bool) -> Breath:
    """Examine the breath; one that ended before the valve took anything is examined up to its end.

    `dioxide`: the board measures carbon dioxide, and must then have done so.
    """
    begin = max((recorded.first or 0) - round(RATE_HZ / 5), 0)
    end = len(recorded.rows) if recorded.over is None else recorded.over
    rows = recorded.rows[begin:end]
    sample = recorded.sample if recorded.sample is not None else recorded.over
    blow = Blow(
        flow_l_s=[row.flow_l_s for row in rows],
        temperature_c=[row.breath_c for row in rows],
        pressure_pa=[row.pressure_pa for row in rows],
        rate_hz=RATE_HZ,
        room_c=room_c,
        sampled_at_s=None if sample is None else (sample - begin) / RATE_HZ,
        carbon_dioxide_percent=_dioxide(recorded, sample) if dioxide else None,
    )
    return examined(blow, ACCEPTANCE)


def _dioxide(recorded: Recorded, sample: int | None) -> float | None:
    if sample is None:
        return None
    return recorded.rows[min(sample, len(recorded.rows) - 1)].dioxide_percent


def hum_s(rows: tuple[Row, ...]) -> float:
    """Give how long somebody hummed."""
    sound = [one - 128.0 for row in rows for one in (row.sound or _SILENT)]
    return hummed_s(sound, SOUND_RATE_HZ, [row.flow_l_s for row in rows], RATE_HZ)


def resting(rows: tuple[Row, ...]) -> Resting:
    """Give what the sensors show while nobody blows."""
    last = rows[-1] if rows else None
    return Resting(
        current_ua=[row.current_ua for row in rows],
        flow_l_s=[row.flow_l_s for row in rows],
        pressure_pa=[row.pressure_pa for row in rows],
        breath_c=nan if last is None else last.breath_c,
        room_c=nan if last is None else last.room_c,
        cell_c=nan if last is None else last.cell_c,
        ambient_hpa=nan if last is None else last.ambient_hpa,
    )


def blank_mg_l(session: Session, file: CalibrationFile, full_scale_ua: float) -> float | TraceFault:
    """Give what the room's air seems to hold."""
    seen = transient(session.recorded, full_scale_ua)
    if isinstance(seen, TraceFault):
        return seen
    return file.calibration.alcohol_mg_l(seen.charge_uc, _cell_c(session.recorded))


def judged(session: Session, file: CalibrationFile, board: Board) -> tuple[Breath, Transient | TraceFault, Result]:
    """Say what the breath in the session's rows is."""
    recorded = session.recorded
    first = recorded.rows[0]
    breathed = breath(recorded, first.room_c, dioxide=board.dioxide)
    seen: Transient | TraceFault = TraceFault.TOO_SHORT
    if whole(recorded):
        seen = transient(recorded, board.full_scale_ua)
    sample = Sample(
        at=session.began_at,
        cell_c=_cell_c(recorded),
        breath=breathed,
        blank=transient(session.blank, board.full_scale_ua),
        transient=seen,
    )
    return breathed, seen, measured(sample, file.calibration)


def room_mg_l(session: Session, file: CalibrationFile, board: Board) -> float | None:
    """Give what the room's air before a breath seemed to hold; None where that cannot be said."""
    seen = transient(session.blank, board.full_scale_ua)
    if isinstance(seen, TraceFault):
        return None
    return file.calibration.alcohol_mg_l(seen.charge_uc, _cell_c(session.recorded))


def without_hum(result: Result) -> Result:
    """Say of a breath that nobody hummed after it; what else was wrong with it comes first."""
    if result.alcohol_mg_l is None:
        return replace(result, why=(*result.why, NO_HUM))
    return Result(state=SampleState.INTERFERENT, why=(NO_HUM,))


def _cell_c(recorded: Recorded) -> float:
    return recorded.rows[min(recorded.sample or 0, len(recorded.rows) - 1)].cell_c
