"""Reading what receivers wrote down: real logs where they are at hand, and small invented ones."""

import csv
import os
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import xor
from pathlib import Path

import pytest

from baqylau.domain.observations import Fix, InUse, NoFix, Sky
from baqylau.links.tracks import Track, TrackError, read_gpx, read_nmea, read_track

GNSS = Path(os.environ.get("BAQYLAU_TESTDATA", Path(__file__).parents[4] / "shared" / "testdata")) / "gnss"
needs_logs = pytest.mark.skipif(not GNSS.is_dir(), reason="the receiver logs (BAQYLAU_TESTDATA) are not at hand")


def sentence(text: str) -> bytes:
    return f"${text}*{reduce(xor, text.encode()):02X}\r\n".encode()


RMC = sentence("GNRMC,101500.00,A,4836.0000,N,06654.0000,E,2.0,90.0,221126,,,A")
GGA = sentence("GNGGA,101500.00,4836.0000,N,06654.0000,E,1,09,0.9,345.0,M,-40.0,M,,")
GST = sentence("GNGST,101500.00,12,,,,3.0,4.0,5.0")
LOST = sentence("GNRMC,101501.00,V,4836.0000,N,06654.0000,E,,,221126,,,N")
COLD = sentence("GNRMC,000003.00,V,,,,,,,060180,,,N")


def fixes(track: Track) -> list[Fix]:
    return [body for _, bodies in track.reports for body in bodies if isinstance(body, Fix)]


def refusal(content: bytes) -> str:
    with pytest.raises(TrackError) as refused:
        read_nmea(content)
    return refused.value.key


def test_sentences_of_one_epoch_make_one_report() -> None:
    track = read_nmea(GGA + RMC + GST)
    (fix,) = fixes(track)
    assert len(track.reports) == 1
    assert (fix.latitude_deg, fix.longitude_deg) == pytest.approx((48.6, 66.9))
    assert (fix.altitude_m, fix.satellites, fix.hdop, fix.course_deg) == (345.0, 9, 0.9, 90.0)
    assert fix.speed_m_s == pytest.approx(1.029, abs=0.001)
    assert fix.accuracy_m == pytest.approx(2.4477 * 5 / 2**0.5)


SKY = sentence("GPGSV,1,1,02,03,40,083,46,17,20,308,38") + sentence("GLGSV,1,1,01,71,60,120,42")
USED = sentence("GNGSA,A,3,03,17,,,,,,,,,,,1.5,0.9,1.2,1") + sentence("GNGSA,A,3,71,,,,,,,,,,,,1.5,0.9,1.2,2")


def test_what_is_heard_of_the_satellites_is_kept_by_system() -> None:
    ((_, (_, sky)),) = read_nmea(RMC + GGA + USED + SKY).reports
    assert sky == Sky(satellites=3, mean_cn0_dbhz=42.0, used=(InUse("G", 2), InUse("R", 1)))


def test_a_round_of_satellites_with_a_sentence_missing_is_not_told() -> None:
    cut = SKY.replace(b"GPGSV,1,1", b"GPGSV,2,1")
    ((_, bodies),) = read_nmea(RMC + USED + sentence(cut.split(b"*", 1)[0][1:].decode())).reports
    assert [type(body) for body in bodies] == [Fix]


RECEIVED_AT = datetime(2026, 11, 22, 10, 15, 30, tzinfo=UTC)
ERA = timedelta(weeks=1024)


@pytest.mark.parametrize("eras", [-1, 0, 1])
def test_a_date_of_another_era_is_repaired_against_the_time_of_receipt_and_only_then(eras: int) -> None:
    told = f"{RECEIVED_AT + eras * ERA:%d%m%y}"
    log = RMC.split(b"*", 1)[0][1:].decode().replace("221126", told)
    ((repaired_at, _),) = read_nmea(sentence(log), RECEIVED_AT).reports
    assert repaired_at == RECEIVED_AT.replace(second=0)
    ((told_at, _),) = read_nmea(sentence(log)).reports
    assert told_at == repaired_at + eras * ERA


def test_a_date_that_no_era_explains_stays_as_told() -> None:
    log = RMC.split(b"*", 1)[0][1:].decode().replace("221126", "010120")
    ((at, _),) = read_nmea(sentence(log), RECEIVED_AT).reports
    assert at.date() == date(2020, 1, 1)


def test_old_coordinates_of_a_lost_fix_are_not_a_place() -> None:
    track = read_nmea(RMC + LOST)
    assert [type(bodies[0]) for _, bodies in track.reports] == [Fix, NoFix]


def test_dead_reckoning_is_not_a_fix() -> None:
    guessed = sentence("GNRMC,101500.00,A,4836.0000,N,06654.0000,E,2.0,90.0,221126,,,E")
    assert fixes(read_nmea(guessed)) == []


def test_a_wrong_checksum_a_cut_line_and_foreign_bytes_are_left_out_and_counted() -> None:
    broken = RMC.replace(b"4836", b"4936")
    track = read_nmea(b"# a comment with " + LOST + b"\xb5\x62\x01\x07" + broken + b"\x00\xff" + RMC + GGA[:30])
    assert len(track.reports) == 1
    assert (track.skipped.checksum_wrong, track.skipped.cut) == (1, 1)


def test_a_place_out_of_range_is_left_out_and_counted() -> None:
    track = read_nmea(RMC + sentence("GNRMC,101502.00,A,9936.0000,N,06654.0000,E,2.0,90.0,221126,,,A"))
    assert len(track.reports) == 1
    assert track.skipped.unreadable == 1


def test_a_log_without_dates_is_refused() -> None:
    assert refusal(GGA) == "track.no_dates"


def test_bytes_that_are_no_log_are_refused() -> None:
    assert refusal(bytes(range(256)) * 8) == "track.no_positions"
    assert refusal(b"") == "track.no_positions"
    with pytest.raises(TrackError, match="no position sentences"):
        read_nmea(b"")


def test_reports_before_the_clock_was_set_are_left_out_and_counted() -> None:
    track = read_nmea(COLD + RMC)
    assert len(track.reports) == 1
    assert track.skipped.clock_unset == 1


def test_time_that_goes_back_is_kept_and_counted() -> None:
    track = read_nmea(LOST + RMC)
    assert len(track.reports) == 2
    assert track.steps_back == 1


def gpx(points: str) -> bytes:
    return f'<?xml version="1.0"?><gpx version="1.1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def test_gpx_points_without_a_time_are_left_out_and_counted() -> None:
    track = read_gpx(
        gpx('<trkpt lat="48.6" lon="66.9"><time>2026-11-22T10:15:00Z</time></trkpt><trkpt lat="1" lon="2"/>')
    )
    assert len(fixes(track)) == 1
    assert track.skipped.undated == 1


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (gpx(""), "track.no_positions"),
        (gpx('<trkpt lat="48.6" lon="66.9"/>'), "track.no_dates"),
        (gpx('<trkpt lat="48.6" lon="66.9"><time>1901-12-13T20:45:52Z</time></trkpt>'), "track.clock_unset"),
        (gpx('<trkpt lat="nan" lon="66.9"><time>2026-11-22T10:15:00Z</time></trkpt>'), "track.no_positions"),
        (gpx('<trkpt lat="north" lon="66.9"/>'), "track.not_gpx"),
        (b"<gpx", "track.not_gpx"),
        (b"<\xff", "track.not_gpx"),
    ],
)
def test_a_gpx_file_without_a_usable_track_is_refused_with_its_reason(content: bytes, key: str) -> None:
    with pytest.raises(TrackError) as refused:
        read_gpx(content)
    assert refused.value.key == key


@needs_logs
def test_every_real_log_gives_as_many_fixes_as_it_has_valid_epochs() -> None:
    with (GNSS / "nmea" / "index.csv").open() as index:
        logs = list(csv.DictReader(index))
    positions = {log["file"]: int(log["rmc_valid"]) for log in logs if int(log["rmc"])}
    assert {name: len(fixes(read_track(GNSS / "nmea" / name))) for name in positions} == positions


@needs_logs
@pytest.mark.parametrize("name", ["bu303-nofix.log", "bu303b-nofix.log"])
def test_a_real_log_of_a_binary_that_is_not_read_is_refused(name: str) -> None:
    with pytest.raises(TrackError) as refused:
        read_track(GNSS / "nmea" / name)
    assert refused.value.key == "track.no_positions"


@needs_logs
def test_real_logs_with_a_flaw_are_read_around_it() -> None:
    assert read_track(GNSS / "nmea" / "humminbird-M37.log").steps_back == 1
    assert read_track(GNSS / "nmea" / "ublox-8.log").skipped.cut == 1


@needs_logs
def test_real_gpx_files() -> None:
    assert len(read_track(GNSS / "gpx" / "around-visnjan-with-car.gpx").reports) == 104
    hike = read_track(GNSS / "gpx" / "korita-zbevnica.gpx")
    assert (len(hike.reports), hike.skipped.undated) == (513, 358)
    with pytest.raises(TrackError) as refused:
        read_track(GNSS / "gpx" / "Mojstrovka.gpx")
    assert refused.value.key == "track.clock_unset"
