"""What ties a charge to a concentration, how it is found with reference gas, and when it may no longer be used.

    charge = sensitivity (1 + linear dT + square dT^2) alcohol,   dT from 25 °C

An adjustment is fitted over the temperatures and levels that were measured; a verification only looks. Neither is
ever changed: a later one stands beside it. Limits are those of new instruments in OIML R 126:2012 as the notes give
them [K], and may be set otherwise. Source: notes on breath alcohol, 5.1, 5.4.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from math import exp, isfinite

import numpy as np
from msgspec import Struct

from baqylau.devices.breath_unit.metrology.transient import Transient

REFERENCE_C = 25.0
_KELVIN = 273.15
ACTIVATION_K = 2405.0
"""Activation energy over the gas constant, for 20 kJ/mol [K]."""
VALID_FOR = timedelta(days=180)
ERROR_MIN_MG_L = 0.020
ERROR_SHARE = 0.05
POINTS_MIN = 6
SPAN_MIN_K = 10.0
"""Temperatures that an adjustment must reach over, or it says nothing of heat and cold."""
TEMPERATURES_MIN, APART_MIN_K = 3, 2.0
"""A curve through two temperatures says anything about a third."""


class Limits(Struct, frozen=True, kw_only=True):
    """How far a result may be from the truth."""

    error_min_mg_l: float = ERROR_MIN_MG_L
    error_share: float = ERROR_SHARE

    def at(self, alcohol_mg_l: float) -> float:
        """Give the largest error at a concentration, in mg/L."""
        return max(self.error_min_mg_l, self.error_share * alcohol_mg_l)


class Point(Struct, frozen=True, kw_only=True):
    """One sample of reference gas."""

    alcohol_mg_l: float
    """What the gas held, temperature of the bath and pressure taken into account (`gas`)."""
    transient: Transient
    cell_c: float


class Gas(Struct, frozen=True, kw_only=True):
    """Where reference gas came from."""

    certificate: str
    valid_until: datetime
    uncertainty_share: float
    """Standard uncertainty of its concentration."""


class Calibration(Struct, frozen=True, kw_only=True):
    """One adjustment of one cell in one unit."""

    unit: str
    cell: str
    version: int
    made_at: datetime
    by: str
    gas: Gas
    sensitivity_uc_l_mg: float
    linear_per_k: float
    square_per_k2: float
    decay_s: float
    """Of the cell at 25 °C."""
    peak_per_s: float
    """The peak as a share of the charge, at 25 °C."""
    spread_share: float
    """How far the points lay from the fit, one standard deviation as a share."""

    def alcohol_mg_l(self, charge_uc: float, cell_c: float) -> float:
        """Give the concentration that sets free a charge."""
        return charge_uc / self.sensitivity_at(cell_c)

    def sensitivity_at(self, cell_c: float) -> float:
        """Give the charge for each mg/L at a temperature."""
        warmer_k = cell_c - REFERENCE_C
        return self.sensitivity_uc_l_mg * (1 + self.linear_per_k * warmer_k + self.square_per_k2 * warmer_k**2)


class AdjustmentError(Exception):
    """The points do not make a calibration; the argument says why."""


def adjusted(
    points: Sequence[Point], *, unit: str, cell: str, version: int, made_at: datetime, by: str, gas: Gas
) -> Calibration:
    """Fit a calibration to samples of reference gas; `AdjustmentError` where they do not carry one."""
    _usable(points, made_at, gas)
    warmer_k = np.array([one.cell_c - REFERENCE_C for one in points])
    ratio = np.array([one.transient.charge_uc / one.alcohol_mg_l for one in points])
    square, linear, level = (float(one) for one in np.polyfit(warmer_k, ratio, 2))
    left = ratio / (level + linear * warmer_k + square * warmer_k**2) - 1
    calibration = Calibration(
        unit=unit,
        cell=cell,
        version=version,
        made_at=made_at,
        by=by,
        gas=gas,
        sensitivity_uc_l_mg=level,
        linear_per_k=linear / level,
        square_per_k2=square / level,
        decay_s=_decay_s(points),
        peak_per_s=_peak_per_s(points),
        spread_share=float(np.sqrt(np.sum(left**2) / (len(points) - 3))),
    )
    if not all(_within(calibration, one, Limits()) for one in points):
        raise AdjustmentError("a point lies further from the fit than an instrument may err")
    return calibration


def _usable(points: Sequence[Point], made_at: datetime, gas: Gas) -> None:
    if gas.valid_until <= made_at:
        raise AdjustmentError(f"the certificate {gas.certificate} of the gas has expired")
    if not 0 < gas.uncertainty_share <= ERROR_SHARE:
        raise AdjustmentError(f"the certificate {gas.certificate} does not say how sure the gas is")
    if not all(
        isfinite(one) for point in points for one in (point.alcohol_mg_l, point.cell_c, point.transient.charge_uc)
    ):
        raise AdjustmentError("a point is no number: a sensor that shows nothing adjusts nothing")
    if len(points) < POINTS_MIN:
        raise AdjustmentError(f"{len(points)} points are too few; {POINTS_MIN} are needed")
    heats = [one.cell_c for one in points]
    if max(heats) - min(heats) < SPAN_MIN_K:
        raise AdjustmentError(f"the points reach over less than {SPAN_MIN_K:.0f} K")
    if sum(after - before > APART_MIN_K for before, after in pairwise(sorted(heats))) < TEMPERATURES_MIN - 1:
        raise AdjustmentError(f"the points lie at fewer than {TEMPERATURES_MIN} temperatures")
    if any(one.alcohol_mg_l <= 0 or one.transient.charge_uc <= 0 for one in points):
        raise AdjustmentError("a point without alcohol adjusts nothing")


def _decay_s(points: Sequence[Point]) -> float:
    told = [one.transient.decay_s * quickness(one.cell_c) for one in points if one.transient.decay_s is not None]
    if len(told) < POINTS_MIN:
        raise AdjustmentError("too few of the points show how the cell decays")
    return float(np.median(told))


def _peak_per_s(points: Sequence[Point]) -> float:
    told = [one.transient.peak_ua / one.transient.charge_uc / quickness(one.cell_c) for one in points]
    return float(np.median(told))


def quickness(cell_c: float) -> float:
    """Give how much faster a cell works at a temperature than at 25 °C (Arrhenius)."""
    return exp(ACTIVATION_K * (1 / (REFERENCE_C + _KELVIN) - 1 / (cell_c + _KELVIN)))


class Verified(Struct, frozen=True, kw_only=True):
    """One look at a calibration with reference gas."""

    at: datetime
    by: str
    version: int
    gas: Gas
    errors_mg_l: tuple[float, ...]
    passed: bool


def verified(calibration: Calibration, points: Sequence[Point], *, at: datetime, by: str, gas: Gas) -> Verified:
    """Hold a calibration against reference gas; expired gas proves nothing."""
    errors = tuple(calibration.alcohol_mg_l(one.transient.charge_uc, one.cell_c) - one.alcohol_mg_l for one in points)
    within = bool(points) and all(_within(calibration, one, Limits()) for one in points)
    passed = within and gas.valid_until > at
    return Verified(at=at, by=by, version=calibration.version, gas=gas, errors_mg_l=errors, passed=passed)


def _within(calibration: Calibration, point: Point, limits: Limits) -> bool:
    error = calibration.alcohol_mg_l(point.transient.charge_uc, point.cell_c) - point.alcohol_mg_l
    return abs(error) <= limits.at(point.alcohol_mg_l)


class Lock(StrEnum):
    """Why a unit may not measure. Somebody has to come; nothing is held against the person."""

    NOT_CALIBRATED = "not_calibrated"
    ANOTHER_UNIT = "another_unit"
    ANOTHER_CELL = "another_cell"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from_the_future"
    VERIFICATION_FAILED = "verification_failed"
    GAS_EXPIRED = "gas_expired"
    """The reference gas had no valid certificate when it was used."""
    NOT_READABLE = "not_readable"
    NOT_SIGNED = "not_signed"
    """By no workshop that the unit knows, or changed afterwards."""
    OLDER = "older"
    """The unit has run by a later one."""


def lock(calibration: Calibration | None, last: Verified | None, *, unit: str, cell: str, at: datetime) -> Lock | None:
    """Give why the unit may not measure now, or None."""
    if calibration is None:
        return Lock.NOT_CALIBRATED
    if calibration.unit != unit:
        return Lock.ANOTHER_UNIT
    if calibration.cell != cell:
        return Lock.ANOTHER_CELL
    if calibration.gas.valid_until <= calibration.made_at:
        return Lock.GAS_EXPIRED
    if calibration.made_at > at:
        return Lock.FROM_THE_FUTURE
    if at - calibration.made_at > VALID_FOR:
        return Lock.EXPIRED
    if last is not None and last.version == calibration.version and not last.passed:
        return Lock.VERIFICATION_FAILED
    return None
