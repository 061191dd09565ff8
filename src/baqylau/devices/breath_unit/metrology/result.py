"""One test of one breath: a figure with its uncertainty, or why there is none.

The unit never compares with a limit of the law by itself: the limit comes with the order, and what counts is the figure
less its expanded uncertainty (k = 2). A figure is never made up for a breath that was not accepted.
"""

from datetime import datetime
from math import hypot, isfinite, sqrt

from msgspec import Struct

from baqylau.devices.breath_unit.metrology.blow import BlowFault, Breath
from baqylau.devices.breath_unit.metrology.calibration import Calibration, Limits, quickness
from baqylau.devices.breath_unit.metrology.gas import VAPOUR_PER_K, at_breath_temperature
from baqylau.devices.breath_unit.metrology.health import CELL_C
from baqylau.devices.breath_unit.metrology.transient import WINDOW_S, TraceFault, Transient
from baqylau.domain.checks import SampleState

COVERAGE = 2.0
BLANK_MAX_MG_L = 0.010
DECAY_SHARES = (0.6, 1.6)
"""The decay of a sample against that of the calibration, both at one temperature."""
PEAK_SHARE_MAX = 0.25
"""The peak may leave what the charge foretells by so much."""
DRIFT_PER_DAY = 0.0003
"""Share by which a cell may change in a day, half the width of a rectangle [K]."""
VOLUME_SHARE = 0.004
"""Standard uncertainty of the volume that the valve takes."""
BREATH_TEMPERATURE_C = 0.1
DEPTH_SHARE = 0.006
"""By so much the air of the valve may hold less than that of the depth: 1.5 L reach 99.2 % of it [K]."""
MEMORY_SHARE = 0.04
"""Of the sample before, at most, a minute later [K]."""
UNCERTAIN = "uncertain"
"""Why there is no figure where it would be less sure than an instrument may err: a cell too weak, or too loud."""
_RECTANGLE = sqrt(3.0)


class Sample(Struct, frozen=True, kw_only=True):
    """All that is known of one test."""

    at: datetime
    cell_c: float
    breath: Breath
    blank: Transient | TraceFault
    """Of the air before it."""
    transient: Transient | TraceFault
    before_mg_l: float = 0.0
    """What the sample before this one held; the cell remembers a little."""
    identified: bool = True


class Result(Struct, frozen=True, kw_only=True):
    """What a test says."""

    state: SampleState
    alcohol_mg_l: float | None = None
    """Referred to 34 °C; None unless valid."""
    uncertainty_mg_l: float | None = None
    """Expanded, k = 2."""
    why: tuple[str, ...] = ()
    """Each thing for which it was refused."""

    def surely_above(self, limit_mg_l: float) -> bool:
        """Whether it is above a limit whatever the uncertainty."""
        if self.alcohol_mg_l is None or self.uncertainty_mg_l is None:
            return False
        return self.alcohol_mg_l - self.uncertainty_mg_l > limit_mg_l


_STATES = {
    BlowFault.NONE_CAME: SampleState.INSUFFICIENT,
    BlowFault.TOO_LITTLE: SampleState.INSUFFICIENT,
    BlowFault.TOO_SHORT: SampleState.INSUFFICIENT,
    BlowFault.INTERRUPTED: SampleState.INTERRUPTED,
    BlowFault.SUCKED_BACK: SampleState.INTERRUPTED,
    BlowFault.NOT_WARM: SampleState.INTERFERENT,
    BlowFault.NOT_A_BREATH: SampleState.INTERFERENT,
    BlowFault.RESISTED: SampleState.INTERFERENT,
    BlowFault.TOO_EVEN: SampleState.INTERFERENT,
    BlowFault.REVERSED: SampleState.SENSOR_FAULT,
    BlowFault.NOT_A_NUMBER: SampleState.SENSOR_FAULT,
}


def measured(sample: Sample, calibration: Calibration) -> Result:
    """Give what a test says. The unit's own faults come first: they are held against nobody."""
    blank, transient = sample.blank, sample.transient
    if not CELL_C[0] <= sample.cell_c <= CELL_C[1]:
        return Result(state=SampleState.SENSOR_FAULT, why=("cell_temperature",))
    if isinstance(blank, TraceFault):
        return Result(state=SampleState.SENSOR_FAULT, why=(f"blank_{blank}",))
    if not abs(calibration.alcohol_mg_l(blank.charge_uc, sample.cell_c)) <= BLANK_MAX_MG_L:
        return Result(state=SampleState.AMBIENT, why=("blank_not_empty",))
    if sample.breath.faults:
        return Result(state=_STATES[sample.breath.faults[0]], why=tuple(sample.breath.faults))
    if isinstance(transient, TraceFault):
        return Result(state=SampleState.SENSOR_FAULT, why=(transient,))
    strange = _strange(transient, sample.cell_c, calibration)
    if strange:
        return Result(state=SampleState.INTERFERENT, why=(strange,))
    if not sample.identified:
        return Result(state=SampleState.NOT_IDENTIFIED, why=("not_identified",))
    return _figure(sample, transient, blank, calibration)


def _strange(transient: Transient, cell_c: float, calibration: Calibration) -> str:
    """Give what in the form of the current is not ethanol's in this cell, or nothing."""
    if transient.decay_s is None:
        return ""
    quicker = quickness(cell_c)
    share = transient.decay_s * quicker / calibration.decay_s
    if not DECAY_SHARES[0] <= share <= DECAY_SHARES[1]:
        return "decay"
    peak_share = transient.peak_ua / transient.charge_uc / quicker / calibration.peak_per_s
    return "" if abs(peak_share - 1) <= PEAK_SHARE_MAX else "peak"


def _figure(sample: Sample, transient: Transient, blank: Transient, calibration: Calibration) -> Result:
    own_uc = transient.charge_uc - blank.charge_uc
    in_cell = max(calibration.alcohol_mg_l(own_uc, sample.cell_c), 0.0)
    alcohol_mg_l = at_breath_temperature(in_cell, sample.breath.temperature_c)
    unsure = _standard_uncertainty(sample, transient, blank, alcohol_mg_l, calibration)
    uncertainty = COVERAGE * unsure
    if not (isfinite(alcohol_mg_l) and uncertainty <= Limits().at(alcohol_mg_l)):
        return Result(state=SampleState.SENSOR_FAULT, why=(UNCERTAIN,))
    return Result(
        state=SampleState.VALID,
        alcohol_mg_l=alcohol_mg_l,
        uncertainty_mg_l=uncertainty,
    )


def _standard_uncertainty(
    sample: Sample, transient: Transient, blank: Transient, alcohol_mg_l: float, calibration: Calibration
) -> float:
    """Join what is not known, each as one standard deviation, in mg/L (GUM, 5.1.2)."""
    age_days = (sample.at - calibration.made_at).total_seconds() / 86_400
    shares = (
        calibration.gas.uncertainty_share,
        calibration.spread_share,
        DRIFT_PER_DAY * age_days / _RECTANGLE,
        VOLUME_SHARE,
        VAPOUR_PER_K * BREATH_TEMPERATURE_C,
        DEPTH_SHARE,
        transient.residual,
    )
    wandered_uc = abs(blank.charge_uc) / WINDOW_S * (transient.decay_s or 0.0)
    parts_uc = (0.05 * transient.tail_uc, transient.tail_spread_uc, wandered_uc)
    tail_mg_l = hypot(*parts_uc) / calibration.sensitivity_at(sample.cell_c)
    noise_mg_l = transient.noise_ua * 12 * 0.2 / calibration.sensitivity_at(sample.cell_c)
    memory_mg_l = MEMORY_SHARE * sample.before_mg_l / _RECTANGLE
    relative = sum((one * alcohol_mg_l) ** 2 for one in shares)
    return sqrt(relative + tail_mg_l**2 + noise_mg_l**2 + memory_mg_l**2)
