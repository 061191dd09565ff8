"""What a record says, field by field and word by word."""

from datetime import UTC, datetime

import pytest

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Strap
from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Fault, Keep, Reading
from baqylau.protocols.wialon import decode_frame

PLACE = "5110.0200;N;07126.7600;E;36;90;347;9"
NOWHERE = "NA;NA;NA;NA;NA;NA;NA;NA"


def heard(record: str) -> tuple[Reading, list[tuple[Fault, str]]]:
    (event,) = decode_frame(b"#D#" + record.encode())
    assert isinstance(event, Keep)
    return event.readings[0], [(bad.fault, bad.detail) for bad in event.rejected]


def told(params: str, place: str = NOWHERE) -> tuple[Body, ...]:
    reading, flaws = heard(f"010326;083015;{place};NA;NA;NA;;NA;{params}")
    assert flaws == []
    return reading.bodies


def test_the_checksum_is_that_of_the_published_algorithm() -> None:
    assert crc16(b"123456789") == 0xBB3D
    assert crc16(b"") == 0


@pytest.mark.parametrize(
    ("params", "body"),
    [
        ("strap:1:1", Strap(open=True)),
        ("tamper:1:0", Strap(open=False)),
        ("STRAP_OPEN:3:on", Strap(open=True)),
        ("strap:1:0,tamper:1:1", Strap(open=True)),
        ("strap:1:1,tamper:1:0", Strap(open=True)),
        ("case_open:2:1.0", Enclosure(open=True)),
        ("cover:1:0", Enclosure(open=False)),
        ("d_battr:1:94", Battery(level_percent=94)),
        ("battery:1:4", Battery(level_percent=4)),
        ("battery:2:3.9", Battery(voltage_v=3.9)),
        ("battery:1:3900", Battery(voltage_v=3.9)),
        ("battery:2:64.5", Battery(level_percent=64.5)),
        ("Батарея:3:100 %", Battery(level_percent=100)),
        ("pwr_int:2:4.1", Battery(voltage_v=4.1)),
        ("pwr_int:1:4100", Battery(voltage_v=4.1)),
        ("bat_level:1:50,batt_v:2:3.7", Battery(level_percent=50, voltage_v=3.7)),
        ("pwr_ext:2:12.4", Power(external=True)),
        ("pwr_ext:2:0.2", Power(external=False)),
        ("charging:1:1", Power(external=True)),
        ("motion:3:true", Motion(moving=True)),
    ],
)
def test_a_known_word_becomes_what_it_means(params: str, body: Body) -> None:
    assert told(params) == (body,)


def test_words_that_are_not_known_and_values_that_are_absent_say_nothing() -> None:
    assert told("lac1:1:5901,strange,,:::,hw:3:V4.5,strap:1:NA,battery:1:") == (NoFix(),)


@pytest.mark.parametrize(
    "param",
    ["strap", "strap:1:2", "strap:3:maybe", "bat_level:1:101", "bat_level:2:nan", "batt_v:2:inf", "pwr_ext:1:-1",
     "accuracy:2:-5", "strap:1:0_1"],
)  # fmt: skip
def test_a_known_word_that_cannot_be_read_is_named_and_harms_nothing_else(param: str) -> None:
    reading, flaws = heard(f"010326;083015;{PLACE};NA;NA;NA;;NA;{param},{param},case:1:1")
    assert isinstance(reading.bodies[0], Fix)
    assert reading.bodies[1:] == (Enclosure(open=True),)
    assert flaws == [(Fault.FIELD_WRONG, f"params: {param.partition(':')[0]}")]


@pytest.mark.parametrize(
    ("params", "accuracy_m"),
    [("accuracy:2:12.5", 12.5), ("acc:1:30", 30.0), ("acc:1:1", None), ("acc:1:0", None), ("accuracy:1:0", None)],
)
def test_an_accuracy_is_taken_but_never_an_ignition_for_one(params: str, accuracy_m: float | None) -> None:
    (fix,) = told(params, PLACE)
    assert isinstance(fix, Fix)
    assert fix.accuracy_m == accuracy_m


def test_a_dilution_of_zero_is_a_dilution_not_stated() -> None:
    reading, _ = heard(f"010326;083015;{PLACE};0.0;NA;NA;;NA;NA")
    assert isinstance(reading.bodies[0], Fix)
    assert reading.bodies[0].hdop is None


@pytest.mark.parametrize(
    ("place", "params", "bodies"),
    [
        (NOWHERE, "NA", (NoFix(),)),
        ("NA;NA;NA;NA;NA;NA;NA;0", "NA", (NoFix(satellites=0),)),
        ("NA;NA;NA;NA;0;NA;NA;3", "strap:1:0", (NoFix(satellites=3), Strap(open=False))),
        (NOWHERE, "strap:1:0", (Strap(open=False),)),
        (NOWHERE, "valid:1:0,strap:1:0", (NoFix(), Strap(open=False))),
        (PLACE, "valid:1:0", (NoFix(satellites=9),)),
        ("0000.0000;N;00000.0000;E;0;0;0;0", "NA", (NoFix(satellites=0),)),
    ],
)
def test_a_place_that_is_absent_or_remembered_is_no_fix(place: str, params: str, bodies: tuple[Body, ...]) -> None:
    assert told(params, place) == bodies


@pytest.mark.parametrize("field", range(4))
def test_a_wrong_figure_beside_a_good_place_is_named_and_the_place_is_kept(field: int) -> None:
    fields = PLACE.split(";")
    fields[4 + field] = "-9999999"
    reading, flaws = heard(f"010326;083015;{';'.join(fields)};NA;NA;NA;;NA;NA")
    assert isinstance(reading.bodies[0], Fix)
    assert flaws == [(Fault.FIELD_WRONG, ("speed", "course", "altitude", "satellites")[field])]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("010326;083015", datetime(2026, 3, 1, 8, 30, 15, tzinfo=UTC)),
        ("010326;083015.25", datetime(2026, 3, 1, 8, 30, 15, 250_000, tzinfo=UTC)),
        ("010326;083015.123456789", datetime(2026, 3, 1, 8, 30, 15, 123_456, tzinfo=UTC)),
        ("060180;000000", datetime(1980, 1, 6, tzinfo=UTC)),
        ("290228;235959", datetime(2028, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("NA;NA", None),
        (";", None),
    ],
)
def test_the_time_is_the_devices_own_in_utc_or_left_to_us(written: str, meant: datetime | None) -> None:
    reading, flaws = heard(f"{written};{PLACE};NA;NA;NA;;NA;NA")
    assert (reading.observed_at, flaws) == (meant, [])


def test_hours_of_a_wrong_form_are_not_guessed_at() -> None:
    for written in ("290227;000000", "010326;83015", "010326;240000", "010326;-83015", "010326;08 015", "NA;083015"):
        _, flaws = heard(f"{written};{PLACE};NA;NA;NA;;NA;tamper:1:0")
        assert flaws == [(Fault.TIME_WRONG, "time")]


@pytest.mark.parametrize(
    ("place", "degrees"),
    [
        ("5110.0200;N;07126.7600;E", (51.167, 71.446)),
        ("5110.0200;N;7126.76;E", (51.167, 71.446)),
        ("3351.5;S;00007.25;W", (-33.858333333, -0.120833333)),
        ("9000.0;N;18000.0;W", (90.0, -180.0)),
        ("0000.0;N;00007.5;e", (0.0, 0.125)),
    ],
)
def test_degrees_and_minutes_become_degrees(place: str, degrees: tuple[float, float]) -> None:
    (fix,) = told("NA", f"{place};0;0;0;5")
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg) == pytest.approx(degrees, abs=1e-8)


@pytest.mark.parametrize(
    ("place", "fault", "detail"),
    [
        ("9000.1;N;07126.7;E", Fault.PLACE_OUT_OF_RANGE, "latitude"),
        ("5160.0;N;07126.7;E", Fault.PLACE_OUT_OF_RANGE, "latitude"),
        ("-5110.0;N;07126.7;E", Fault.PLACE_OUT_OF_RANGE, "latitude"),
        ("5110.0;N;18000.1;E", Fault.PLACE_OUT_OF_RANGE, "longitude"),
        ("5110.0;E;07126.7;E", Fault.FIELD_WRONG, "latitude"),
        ("5110.0;N;07126.7;NA", Fault.FIELD_WRONG, "longitude"),
        ("nan;N;07126.7;E", Fault.FIELD_WRONG, "latitude"),
        ("5110.0;N;inf;E", Fault.FIELD_WRONG, "longitude"),
        ("5_110.0;N;07126.7;E", Fault.FIELD_WRONG, "latitude"),
        ("NA;NA;07126.7;E", Fault.FIELD_MISSING, "latitude"),
    ],
)
def test_a_place_that_cannot_be_is_named_and_never_taken(place: str, fault: Fault, detail: str) -> None:
    reading, flaws = heard(f"010326;083015;{place};0;0;0;5;NA;NA;NA;;NA;motion:1:0")
    assert reading.bodies == (Motion(moving=False),)
    assert flaws == [(fault, detail)]


def test_a_semicolon_in_a_text_does_not_hide_the_strap() -> None:
    assert told("note:3:a;b,strap:1:1") == (Strap(open=True),)


def test_a_record_of_the_short_form_may_come_in_an_extended_frame() -> None:
    reading, flaws = heard(f"010326;083015;{PLACE}")
    assert isinstance(reading.bodies[0], Fix)
    assert flaws == []
