"""What else has to hold before a figure is one: two breaths agree, somebody hums, the unit and its file are sound."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import nan, pi, sin

import pytest
from msgspec.structs import replace

from baqylau.crypto.signing import Signer
from baqylau.devices.breath_unit.calibration_file import CalibrationFile, opened_file, sealed_file
from baqylau.devices.breath_unit.metrology.blow import BlowFault
from baqylau.devices.breath_unit.metrology.calibration import Calibration, Gas, Lock, Verified
from baqylau.devices.breath_unit.metrology.health import Resting, faults
from baqylau.devices.breath_unit.metrology.hum import hummed_s
from baqylau.devices.breath_unit.metrology.pair import APART_S, apart_s, joined
from baqylau.devices.breath_unit.metrology.result import UNCERTAIN, Result
from baqylau.devices.breath_unit.metrology.transient import TraceFault
from baqylau.devices.breath_unit.metrology.trigger import Passed
from baqylau.domain.checks import NO_DIOXIDE, SampleState
from baqylau.locales import LANGUAGES, catalogue
from tests.quality.metrology import MADE_AT, dice

WORKSHOP = Signer(b"w" * 32)
GAS = Gas(certificate="G-1", valid_until=MADE_AT + timedelta(days=90), uncertainty_share=0.005)
CALIBRATION = Calibration(
    unit="unit/1",
    cell="cell/1",
    version=1,
    made_at=MADE_AT,
    by="laboratory",
    gas=GAS,
    sensitivity_uc_l_mg=7800.0,
    linear_per_k=0.001,
    square_per_k2=0.0,
    decay_s=4.0,
    peak_per_s=0.2,
    spread_share=0.003,
)
FILE = CalibrationFile(version=3, adjustments=(CALIBRATION,))
RATE_HZ, FLOW_HZ = 1000.0, 50.0


def _valid(alcohol_mg_l: float) -> Result:
    return Result(state=SampleState.VALID, alcohol_mg_l=alcohol_mg_l, uncertainty_mg_l=0.01)


def test_two_breaths_that_agree_give_the_smaller_figure() -> None:
    assert joined(_valid(0.41), _valid(0.39)).alcohol_mg_l == 0.39
    assert joined(_valid(0.0), _valid(0.019)).alcohol_mg_l == 0.0


@pytest.mark.parametrize(("first", "second"), [(0.40, 0.35), (0.05, 0.02), (1.0, 0.88)])
def test_two_breaths_that_differ_are_alcohol_of_the_mouth(first: float, second: float) -> None:
    assert joined(_valid(first), _valid(second)).state is SampleState.MOUTH_ALCOHOL


def test_a_breath_that_was_refused_stays_refused_beside_a_good_one() -> None:
    refused = Result(state=SampleState.INSUFFICIENT, why=("too_little",))
    assert joined(_valid(0.1), refused) == refused
    assert joined(refused, _valid(0.1)) == refused


def test_only_who_has_alcohol_waits_between_two_breaths() -> None:
    assert apart_s(_valid(0.0)) == 0
    assert apart_s(_valid(0.3)) == APART_S


def test_the_valve_waits_for_the_depth_of_the_lungs() -> None:
    passed = Passed()
    for _ in range(100):
        passed = passed.and_then(0.5, 0.02)
    assert not passed.deep(1.2)
    assert passed.and_then(-0.5, 0.02).volume_l == passed.volume_l
    weak = replace(passed, volume_l=1.25).and_then(0.2, 0.02)
    assert weak.deep(1.2)
    assert replace(passed, volume_l=2.0).deep(1.2)


def _tone(pitch_hz: float, seconds: float = 1.5, loud: float = 40.0) -> list[float]:
    return [
        loud * (sin(2 * pi * pitch_hz * n / RATE_HZ) + 0.4 * sin(4 * pi * pitch_hz * n / RATE_HZ))
        for n in range(round(seconds * RATE_HZ))
    ]


def _air(seconds: float = 1.5, flow_l_s: float = 0.1) -> list[float]:
    return [flow_l_s] * round(seconds * FLOW_HZ)


@pytest.mark.parametrize("pitch_hz", [85.0, 120.0, 180.0, 240.0, 290.0])
def test_a_voice_that_hums_is_heard(pitch_hz: float) -> None:
    assert hummed_s(_tone(pitch_hz), RATE_HZ, _air(), FLOW_HZ) == pytest.approx(1.5, abs=0.15)


def test_what_is_no_voice_or_no_breath_is_no_hum() -> None:
    random = dice(5)
    rush = [random.gauss(0.0, 30.0) for _ in range(1500)]
    assert hummed_s(rush, RATE_HZ, _air(), FLOW_HZ) < 0.5
    assert hummed_s(_tone(50.0), RATE_HZ, _air(), FLOW_HZ) == 0
    assert hummed_s(_tone(120.0, loud=1.0), RATE_HZ, _air(), FLOW_HZ) == 0
    assert hummed_s(_tone(120.0), RATE_HZ, _air(flow_l_s=0.0), FLOW_HZ) == 0
    assert hummed_s([nan] * 1500, RATE_HZ, _air(), FLOW_HZ) == 0


REST = Resting(
    current_ua=[2.0] * 50,
    flow_l_s=[0.0] * 50,
    pressure_pa=[0.0] * 50,
    breath_c=22.0,
    room_c=22.0,
    cell_c=34.0,
    ambient_hpa=950.0,
)


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (replace(REST, current_ua=[nan] * 50), "current"),
        (replace(REST, current_ua=[-10.0, 15.0] * 25), "noise"),
        (replace(REST, flow_l_s=[0.2] * 50), "flow"),
        (replace(REST, pressure_pa=[nan] * 50), "pressure"),
        (replace(REST, breath_c=nan), "breath_temperature"),
        (replace(REST, room_c=60.0), "room_temperature"),
        (replace(REST, cell_c=12.0), "cell_temperature"),
        (replace(REST, ambient_hpa=nan), "ambient"),
    ],
)
def test_a_unit_names_what_fails_in_it(wrong: Resting, name: str) -> None:
    assert faults(REST) == ()
    assert faults(wrong) == (name,)


def _locked(raw: bytes, unit: str = "unit/1", cell: str = "cell/1", days: float = 1.0, newest: int = 0) -> Lock | None:
    opened = opened_file(raw, {"lab": WORKSHOP.public_key})
    if isinstance(opened, Lock):
        return opened
    return opened.locked(unit=unit, cell=cell, at=MADE_AT + timedelta(days=days), newest=newest)


def _sealed(file: CalibrationFile = FILE) -> bytes:
    return sealed_file(file, "lab", WORKSHOP)


def test_a_file_comes_back_as_it_was_sealed() -> None:
    assert opened_file(_sealed(), {"lab": WORKSHOP.public_key}) == FILE
    assert _locked(_sealed(), newest=3) is None


@pytest.mark.parametrize(
    ("why", "what"),
    [
        (Lock.ANOTHER_UNIT, lambda: _locked(_sealed(), unit="unit/2")),
        (Lock.ANOTHER_CELL, lambda: _locked(_sealed(), cell="cell/2")),
        (Lock.EXPIRED, lambda: _locked(_sealed(), days=181)),
        (Lock.FROM_THE_FUTURE, lambda: _locked(_sealed(), days=-1)),
        (Lock.OLDER, lambda: _locked(_sealed(), newest=4)),
        (Lock.GAS_EXPIRED, lambda: _locked(_sealed(_with_gas(MADE_AT - timedelta(days=1))))),
        (Lock.NOT_CALIBRATED, lambda: _locked(_sealed(replace(FILE, adjustments=())))),
        (Lock.NOT_SIGNED, lambda: _locked(sealed_file(FILE, "another", WORKSHOP))),
        (Lock.NOT_SIGNED, lambda: _locked(sealed_file(FILE, "lab", Signer(b"x" * 32)))),
        (Lock.VERIFICATION_FAILED, lambda: _locked(_sealed(FILE.verified(_seen(passed=False))))),
        (None, lambda: _locked(_sealed(FILE.verified(_seen(passed=True))))),
    ],
)
def test_a_file_that_is_not_to_be_believed_locks_the_unit_and_says_why(
    why: Lock | None, what: Callable[[], Lock | None]
) -> None:
    assert what() is why


def _with_gas(until: datetime) -> CalibrationFile:
    return replace(FILE, adjustments=(replace(CALIBRATION, gas=replace(GAS, valid_until=until)),))


def _seen(*, passed: bool) -> Verified:
    return Verified(at=MADE_AT, by="technician", version=1, gas=GAS, errors_mg_l=(0.0,), passed=passed)


def test_a_byte_that_was_changed_anywhere_is_seen() -> None:
    raw = _sealed()
    for place in range(0, len(raw), 7):
        changed = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert _locked(changed) in {Lock.NOT_SIGNED, Lock.NOT_READABLE}


def test_everything_for_which_a_unit_refuses_has_words_in_every_language() -> None:
    broken = Resting(
        current_ua=[nan], flow_l_s=[nan], pressure_pa=[nan], breath_c=nan, room_c=nan, cell_c=nan, ambient_hpa=nan
    )
    said = {*map(str, BlowFault), *map(str, TraceFault), *(f"blank_{one}" for one in TraceFault)}
    said |= {*faults(broken), "noise", UNCERTAIN, "decay", "peak", "blank_not_empty", "exhalations_differ", "photos"}
    said |= {"no_hum", "board_lost", "line_broken", "line_stalled", "no_sample", "intake_off", "power_lost", NO_DIOXIDE}
    for language in LANGUAGES:
        assert not {one for one in said if f"breath.{one}" not in catalogue(language)}, language
