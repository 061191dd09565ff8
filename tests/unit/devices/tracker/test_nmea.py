"""A receiver's own words: what real ones say, and what garbles."""

from pathlib import Path

import pytest

from baqylau.devices.tracker.nmea import NmeaReader
from baqylau.rules.gnss.epoch import FULL_FIX, NO_FIX, Epoch
from tests.micropython.tracker_life import LOGS, nmea


def epochs(lines: list[str]) -> list[Epoch]:
    reader = NmeaReader()
    return [one for one in [*(reader.take(line) for line in lines), reader.end()] if one is not None]


def test_the_sentences_of_an_instant_are_one_epoch() -> None:
    [epoch] = epochs(
        [
            nmea("GNRMC,120000.00,A,4314.3340,N,07653.3820,W,10.0,90.0,220326,,,A"),
            nmea("GNGGA,120000.00,4314.3340,N,07653.3820,W,1,11,0.8,700.5,M,0,M,,"),
            nmea("GNGSA,A,3,01,02,12,,,,,,,,,,1.5,0.8,1.2,1"),
            nmea("GNGSA,A,3,65,66,,,,,,,,,,,1.5,0.8,1.2,2"),
            nmea("GPGSV,1,1,03,01,40,083,46,02,17,308,41,12,07,344,"),
            nmea("GNGST,120000.00,1.0,,,,3.0,4.0,9.0"),
            nmea("PMTKSPF,2"),
        ]
    )
    assert (epoch.mode, epoch.satellites, epoch.hdop, epoch.altitude_m) == (FULL_FIX, 11, 0.8, 700.5)
    assert epoch.latitude_deg == pytest.approx(43.2389)
    assert epoch.longitude_deg == pytest.approx(-76.8897)
    assert epoch.at_s == 1_774_180_800
    assert epoch.speed_m_s == pytest.approx(5.144, abs=0.001)
    assert epoch.systems == {"G": 3, "R": 2}
    assert epoch.cn0_dbhz == (46.0, 41.0)
    assert epoch.receiver_jam == 2
    assert epoch.stated_m == pytest.approx(8.65, abs=0.01)


def test_a_wrong_check_and_half_a_line_say_nothing() -> None:
    line = nmea("GNGGA,120000.00,4314.3340,N,07653.3820,E,1,11,0.8,700.5,M,0,M,,")
    assert epochs([line[:-1] + "g", line[:30], "", "$", "*00", "x" * 500]) == []


@pytest.mark.parametrize("name", ["nl2008u", "neo-m8n", "quectel-l76k-nmea", "bu353-glonass"])
def test_real_logs_are_read(name: str) -> None:
    log = Path(LOGS, f"{name}.log")
    if not log.exists():
        pytest.skip("the real logs are not there")
    found = epochs(log.read_text(encoding="ascii", errors="replace").splitlines())
    measured = [one for one in found if one.measured()]
    if name == "bu353-glonass":
        assert len(measured) == 9, "a fix for nine epochs, and then a place from memory"
        assert {one.mode for one in found[10:]} == {NO_FIX}
    else:
        assert len(measured) >= 9
        assert all(one.at_s is not None for one in measured[2:])
