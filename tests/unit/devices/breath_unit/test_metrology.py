"""From a current to milligrams in a litre, with what is not known; from a wrong trace to a word, never to a figure."""

import json
from datetime import UTC, datetime, timedelta
from math import inf, nan
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from baqylau.devices.breath_unit.metrology import gas
from baqylau.devices.breath_unit.metrology.blow import Acceptance, BlowFault, examined
from baqylau.devices.breath_unit.metrology.calibration import (
    AdjustmentError,
    Calibration,
    Gas,
    Lock,
    Point,
    adjusted,
    lock,
    verified,
)
from baqylau.devices.breath_unit.metrology.result import Result, Sample, measured
from baqylau.devices.breath_unit.metrology.transient import Trace, TraceFault, Transient, evaluated
from baqylau.domain.checks import SampleState
from baqylau.sim.breath.air import Person, Trick
from baqylau.sim.breath.cell import Cell, Drawn, trace
from baqylau.sim.breath.lungs import blown, deceived
from tests.quality.metrology import MADE_AT, calibrated, dice, honest, others, repeated

CELL = Cell()
VECTORS = json.loads(Path("tests/vectors/breath.json").read_text(encoding="utf-8"))
GAS = Gas(certificate="G-2", valid_until=MADE_AT + timedelta(days=90), uncertainty_share=0.005)


@pytest.fixture(scope="module")
def calibration() -> Calibration:
    return calibrated(CELL, dice(1))


def _trace(alcohol_mg_l: float, cell_c: float = 25.0, *, slower: float = 1.0) -> Trace:
    return trace(CELL, Drawn(alcohol_mg_l=alcohol_mg_l, cell_c=cell_c, slower=slower), dice(3))


def _seen(alcohol_mg_l: float, cell_c: float = 25.0) -> Transient:
    told = evaluated(_trace(alcohol_mg_l, cell_c))
    assert isinstance(told, Transient)
    return told


def _sample(alcohol_mg_l: float) -> Sample:
    air = blown(Person(alcohol_mg_l=alcohol_mg_l), 22.0, dice(4))
    return Sample(
        at=MADE_AT + timedelta(days=10),
        cell_c=25.0,
        breath=examined(air.blow, Acceptance()),
        blank=_seen(0.0),
        transient=_seen(air.alcohol_mg_l),
    )


@pytest.mark.parametrize("row", VECTORS["charge_of_1_ml"])
def test_a_millilitre_sets_free_what_faraday_says(row: dict[str, float]) -> None:
    assert gas.charge_uc(row["alcohol_mg_l"], 1.0) / 1000 == pytest.approx(row["charge_mc"], abs=0.0006)


@pytest.mark.parametrize("row", VECTORS["wet_bath"])
def test_a_wet_bath_gives_what_the_table_says(row: dict[str, float]) -> None:
    bath = gas.WetBath(solution_g_l=row["solution_g_l"], bath_c=row["bath_c"])
    assert bath.alcohol_mg_l(850.0) == pytest.approx(row["alcohol_mg_l"], abs=0.00002)


@pytest.mark.parametrize("row", VECTORS["dry_gas"])
def test_a_bottle_gives_less_in_the_mountains(row: dict[str, float]) -> None:
    bottle = gas.DryGas(nominal_mg_l=row["nominal_mg_l"])
    assert bottle.alcohol_mg_l(row["pressure_hpa"]) == pytest.approx(row["alcohol_mg_l"], abs=0.0005)


@pytest.mark.parametrize("row", VECTORS["breath_temperature"])
def test_a_warmer_breath_carries_more_and_is_referred_to_34_degrees(row: dict[str, float]) -> None:
    assert gas.at_breath_temperature(1.0, row["breath_c"]) == pytest.approx(row["factor"], abs=0.0001)


def test_a_figure_of_blood_is_an_estimate_with_a_factor_that_somebody_uses() -> None:
    assert gas.blood_estimate_g_l(0.40, 2100.0) == pytest.approx(0.84)
    with pytest.raises(ValueError, match="between 2000 and 2300"):
        gas.blood_estimate_g_l(0.40, 210.0)


@pytest.mark.parametrize("cell_c", [20.0, 25.0, 34.0, 40.0])
def test_the_charge_hardly_depends_on_temperature_though_the_peak_does(cell_c: float) -> None:
    cool, here = _seen(0.40), _seen(0.40, cell_c)
    assert here.charge_uc == pytest.approx(cool.charge_uc, rel=0.03)
    if cell_c == 40.0:
        assert here.peak_ua > 1.3 * cool.peak_ua


def _spoilt(told: Trace, fault: TraceFault) -> Trace:
    current, at = list(told.current_ua), 400
    match fault:
        case TraceFault.TOO_SHORT:
            return replace(told, current_ua=current[:at])
        case TraceFault.NOT_A_NUMBER:
            return replace(told, current_ua=[*current[:at], nan, *current[at + 1 :]])
        case TraceFault.SATURATED:
            return replace(told, full_scale_ua=100.0)
        case TraceFault.RESTLESS:
            return replace(told, current_ua=[one + 20 * index / 50 for index, one in enumerate(current)])
        case TraceFault.TAIL_TOO_LONG:
            return _trace(0.40, slower=3.0)
        case TraceFault.FORM_WRONG:
            risen = [one + 0.2 * max(index - 450, 0) ** 1.2 for index, one in enumerate(current)]
            return replace(told, current_ua=risen)


@pytest.mark.parametrize("fault", TraceFault)
def test_a_trace_that_is_wrong_is_a_fault_of_the_unit_and_no_figure(
    fault: TraceFault, calibration: Calibration
) -> None:
    told = evaluated(_spoilt(_trace(0.40), fault))
    assert told is fault
    result = measured(replace(_sample(0.40), transient=told), calibration)
    assert result == Result(state=SampleState.SENSOR_FAULT, why=(fault,))


def test_an_endless_current_is_a_fault_too() -> None:
    told = _trace(0.40)
    assert evaluated(replace(told, current_ua=[*told.current_ua[:-1], inf])) is TraceFault.SATURATED


def test_a_breath_gives_a_figure_with_its_uncertainty(calibration: Calibration) -> None:
    result = measured(_sample(0.40), calibration)
    assert result.state is SampleState.VALID
    assert result.alcohol_mg_l == pytest.approx(0.38, abs=0.02)
    assert result.uncertainty_mg_l is not None
    assert 0.001 < result.uncertainty_mg_l < 0.02
    assert result.surely_above(0.35)
    assert not result.surely_above(result.alcohol_mg_l or 0.0)


def test_air_that_is_not_clean_before_the_test_is_nobodys_breath(calibration: Calibration) -> None:
    assert measured(replace(_sample(0.0), blank=_seen(0.05)), calibration).state is SampleState.AMBIENT


def test_what_burns_more_slowly_than_ethanol_is_not_called_ethanol(calibration: Calibration) -> None:
    strange = evaluated(_trace(0.40, slower=1.8))
    assert measured(replace(_sample(0.40), transient=strange), calibration).state in {
        SampleState.INTERFERENT,
        SampleState.SENSOR_FAULT,
    }


def test_a_breath_of_somebody_unknown_is_no_result_about_anybody(calibration: Calibration) -> None:
    result = measured(replace(_sample(0.40), identified=False), calibration)
    assert (result.state, result.alcohol_mg_l) == (SampleState.NOT_IDENTIFIED, None)


@pytest.mark.parametrize(
    ("trick", "fault"),
    [
        (Trick.BALLOON, BlowFault.NOT_WARM),
        (Trick.FILTER, BlowFault.RESISTED),
        (Trick.SUCK_BACK, BlowFault.SUCKED_BACK),
        (Trick.SHORT_PUFFS, BlowFault.INTERRUPTED),
        (Trick.WARMED_BAG, BlowFault.NOT_WARM),
        (Trick.COMPRESSOR, BlowFault.TOO_EVEN),
        (Trick.TUBE, BlowFault.NOT_WARM),
    ],
)
def test_a_trick_is_named(trick: Trick, fault: BlowFault) -> None:
    assert fault in examined(deceived(trick, 20.0, dice(7)).blow, Acceptance()).faults


def test_no_breath_at_all_is_not_enough() -> None:
    air = blown(Person(), 22.0, dice(4)).blow
    nobody = replace(air, flow_l_s=[0.0] * len(air.flow_l_s))
    assert examined(nobody, Acceptance()).faults == (BlowFault.NONE_CAME,)
    unplugged = replace(air, temperature_c=[nan] * len(air.temperature_c))
    assert examined(unplugged, Acceptance()).faults == (BlowFault.NOT_A_NUMBER,)


def test_small_lungs_are_enough_within_three_tries() -> None:
    def passes(random: Random) -> bool:
        small = Person(capacity_l=1.8, strength_l_s=random.uniform(0.25, 0.4))
        return any(not examined(blown(small, 22.0, random).blow, Acceptance()).faults for _ in range(3))

    assert sum(passes(dice(seed)) for seed in range(200)) >= 190


def test_a_unit_measures_only_with_its_own_calibration_while_it_lasts(calibration: Calibration) -> None:
    def locked(days: float, unit: str = "unit/1", cell: str = "cell/1") -> Lock | None:
        return lock(calibration, None, unit=unit, cell=cell, at=MADE_AT + timedelta(days=days))

    assert locked(1) is None
    assert locked(181) is Lock.EXPIRED
    assert locked(-1) is Lock.FROM_THE_FUTURE
    assert locked(1, unit="unit/2") is Lock.ANOTHER_UNIT
    assert locked(1, cell="cell/2") is Lock.ANOTHER_CELL
    assert lock(None, None, unit="unit/1", cell="cell/1", at=MADE_AT) is Lock.NOT_CALIBRATED


def test_a_verification_that_fails_locks_the_unit(calibration: Calibration) -> None:
    at = MADE_AT + timedelta(days=30)
    points = [Point(alcohol_mg_l=0.40, transient=_seen(0.40), cell_c=25.0)]
    good = verified(calibration, points, at=at, by="technician", gas=GAS)
    bad = verified(calibration, [replace(points[0], alcohol_mg_l=0.50)], at=at, by="technician", gas=GAS)
    old = verified(calibration, points, at=datetime(2027, 1, 1, tzinfo=UTC), by="technician", gas=GAS)
    assert (good.passed, bad.passed, old.passed) == (True, False, False)
    assert lock(calibration, bad, unit="unit/1", cell="cell/1", at=at) is Lock.VERIFICATION_FAILED


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda points: points[:3], "too few"),
        (lambda points: [replace(one, cell_c=25.0) for one in points], "less than 10 K"),
        (lambda points: [one for one in points if one.cell_c != 30.0], "fewer than 3 temperatures"),
        (lambda points: [*points, replace(points[0], alcohol_mg_l=0.0)], "without alcohol"),
        (lambda points: [*points, replace(points[0], alcohol_mg_l=0.5)], "further from the fit"),
        (lambda points: [*points, replace(points[0], cell_c=nan)], "is no number"),
        (lambda points: [*points, replace(points[0], alcohol_mg_l=inf)], "is no number"),
    ],
)
def test_points_that_carry_no_calibration_are_refused_with_the_reason(change, why: str) -> None:  # type: ignore[no-untyped-def]
    points = [
        Point(alcohol_mg_l=level, transient=_seen(level, cell_c), cell_c=cell_c)
        for cell_c in (20.0, 30.0, 40.0)
        for level in (0.10, 0.40, 0.95)
    ]
    with pytest.raises(AdjustmentError, match=why):
        adjusted(change(points), unit="u", cell="c", version=1, made_at=MADE_AT, by="laboratory", gas=GAS)


def test_gas_with_an_expired_certificate_adjusts_nothing() -> None:
    old = replace(GAS, valid_until=MADE_AT)
    with pytest.raises(AdjustmentError, match="expired"):
        adjusted([], unit="u", cell="c", version=1, made_at=MADE_AT, by="laboratory", gas=old)


@pytest.mark.parametrize("share", [nan, inf, -0.005, 0.0, 0.2])
def test_gas_that_does_not_say_how_sure_it_is_adjusts_nothing(share: float) -> None:
    vague = replace(GAS, uncertainty_share=share)
    with pytest.raises(AdjustmentError, match="how sure"):
        adjusted([], unit="u", cell="c", version=1, made_at=MADE_AT, by="laboratory", gas=vague)


def test_nothing_that_is_no_number_becomes_a_figure(calibration: Calibration) -> None:
    unsure = replace(calibration, gas=replace(calibration.gas, uncertainty_share=nan))
    assert measured(_sample(0.40), unsure).state is SampleState.SENSOR_FAULT
    unknown = replace(calibration, sensitivity_uc_l_mg=nan)
    assert measured(_sample(0.40), unknown).alcohol_mg_l is None


def test_two_months_between_5_and_40_degrees_stay_within_the_limit_of_error() -> None:
    found = honest(range(12))
    valid = sum(one.valid for one in found)
    assert valid > 0.9 * sum(one.breaths for one in found)
    assert sum(one.beyond for one in found) == 0
    assert sum(one.covered for one in found) >= 0.95 * valid


def test_one_gas_measured_again_and_again_spreads_less_than_a_third_of_the_limit_of_error() -> None:
    assert all(one.worst_sd_mg_l <= one.allowed_sd_mg_l for one in repeated(range(2)))


def test_cells_of_other_makes_are_right_or_refused() -> None:
    found = others(range(40))
    assert found.beyond == 0
    assert found.valid > 200
    assert found.covered >= 0.95 * found.valid


def test_a_figure_less_sure_than_an_instrument_may_err_is_none(calibration: Calibration) -> None:
    loud = replace(_sample(0.10), transient=replace(_seen(0.10), noise_ua=40.0))
    assert measured(loud, calibration) == Result(state=SampleState.SENSOR_FAULT, why=("uncertain",))
    assert measured(_sample(0.10), calibration).state is SampleState.VALID
