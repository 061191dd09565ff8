"""Requests of a phone, byte for byte."""

import pytest

from baqylau.domain.observations import Battery, Enclosure, Fix, Motion, NoFix, Panic, Power, Strap
from baqylau.protocols.osmand import OsmAndSession, decode_frame
from baqylau.protocols.osmand.requests import BODY_MAX_BYTES
from baqylau.protocols.session import Fault, Hangup, Keep, Outcome, Reading, Rejected

WHERE = "id=123456&timestamp=1772353815&lat=43.24&lon=76.9"
JSON = (
    '{"device_id":"658765","location":{"timestamp":"2026-03-01T13:30:15.500+05:00","coords":{"latitude":43.24,'
    '"longitude":76.9,"accuracy":5,"speed":-1,"heading":-1,"altitude":812},"is_moving":true,'
    '"battery":{"level":0.57,"is_charging":false}}}'
)


def get(query: str) -> bytes:
    return f"GET /?{query} HTTP/1.1\r\nHost: monitoring\r\n\r\n".encode()


def post(body: str, kind: str = "application/json") -> bytes:
    return (
        f"POST / HTTP/1.1\r\nHost: monitoring\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def reading_of(raw: bytes) -> Reading:
    [keep] = OsmAndSession().receive(raw)
    assert isinstance(keep, Keep)
    [reading] = keep.readings
    return reading


def test_a_query_tells_where_and_when() -> None:
    reading = reading_of(
        get(f"{WHERE}&speed=19.438445&bearing=90&hdop=1.2&altitude=812&batt=57&charge=true&motion=false")
    )
    assert (reading.number, str(reading.observed_at)) == ("123456", "2026-03-01 08:30:15+00:00")
    fix, *states = reading.bodies
    assert isinstance(fix, Fix)
    assert (fix.latitude_deg, fix.longitude_deg, fix.course_deg, fix.hdop) == (43.24, 76.9, 90.0, 1.2)
    assert fix.speed_m_s == pytest.approx(10.0)
    assert states == [Battery(level_percent=57.0), Power(external=True), Motion(moving=False)]


def test_json_tells_the_same_and_what_is_negative_is_not_known() -> None:
    reading = reading_of(post(JSON))
    assert (reading.number, str(reading.observed_at)) == ("658765", "2026-03-01 08:30:15.500000+00:00")
    fix, *states = reading.bodies
    assert fix == Fix(latitude_deg=43.24, longitude_deg=76.9, altitude_m=812.0, accuracy_m=5.0)
    assert [type(body) for body in states] == [Battery, Power, Motion]


@pytest.mark.parametrize("told", ["1772353815", "1772353815000", "2026-03-01T08:30:15Z", "2026-03-01+13:30:15%2B05:00"])
def test_an_instant_is_told_in_several_ways(told: str) -> None:
    reading = reading_of(get(WHERE.replace("1772353815", told)))
    assert str(reading.observed_at) == "2026-03-01 08:30:15+00:00"


@pytest.mark.parametrize("query", [f"{WHERE}&valid=false", "id=1&timestamp=1772353815"])
def test_without_a_valid_place_there_is_no_position(query: str) -> None:
    assert reading_of(get(query)).bodies[0] == NoFix()


@pytest.mark.parametrize(
    ("alarm", "body"), [("sos", Panic()), ("removing", Strap(open=True)), ("tampering", Enclosure(open=True))]
)
def test_an_alarm_is_what_it_says(alarm: str, body: object) -> None:
    assert reading_of(post(f"{WHERE}&alarm={alarm}", "application/x-www-form-urlencoded")).bodies[-1] == body


@pytest.mark.parametrize(
    ("outcome", "status"),
    [(Outcome.ACCEPTED, b" 200 "), (Outcome.NOT_KEPT, b" 503 "), (Outcome.UNKNOWN_DEVICE, b" 404 ")],
)
def test_a_phone_learns_what_became_of_its_report(outcome: Outcome, status: bytes) -> None:
    session = OsmAndSession()
    [keep] = session.receive(get(WHERE))
    assert status in session.answer(keep, [outcome])


def test_a_bad_report_is_answered_and_the_next_on_the_line_is_heard() -> None:
    session = OsmAndSession()
    rejected, keep = session.receive(get("lat=1") + get(WHERE))
    assert isinstance(rejected, Rejected)
    assert b" 400 " in session.answer(rejected, ())
    assert isinstance(keep, Keep)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (b"\x78\x78\x05\x01\r\n\r\n", Fault.NOT_THIS_PROTOCOL),
        (get("timestamp=1772353815&lat=1&lon=1"), Fault.FIELD_MISSING),
        (get("id=1&lat=1&lon=1"), Fault.FIELD_MISSING),
        (get("id=1&lat=1&lon=1&timestamp=yesterday"), Fault.TIME_WRONG),
        (get(WHERE.replace("43.24", "91")), Fault.PLACE_OUT_OF_RANGE),
        (get(WHERE.replace("43.24", "nan")), Fault.FIELD_WRONG),
        (get(f"{WHERE}&speed=fast"), Fault.FIELD_WRONG),
        (get("&".join(f"f{n}=1" for n in range(200))), Fault.FIELD_WRONG),
        (post("{"), Fault.FIELD_WRONG),
        (post("x" * (BODY_MAX_BYTES + 1)), Fault.TOO_LONG),
        (get(WHERE)[:-2], Fault.TRUNCATED),
    ],
)
def test_what_is_not_understood_has_a_name(raw: bytes, fault: Fault) -> None:
    found = decode_frame(raw)[0]
    assert isinstance(found, Rejected | Hangup)
    assert (found.rejected if isinstance(found, Hangup) else found).fault is fault


def test_an_alarm_that_nobody_knows_is_named_and_its_record_is_kept() -> None:
    [keep] = OsmAndSession().receive(get(f"{WHERE}&alarm=flooding"))
    assert isinstance(keep, Keep)
    assert isinstance(keep.readings[0].bodies[0], Fix)
    assert [(one.fault, one.detail) for one in keep.rejected] == [(Fault.UNKNOWN_KIND, "alarm 'flooding'")]
    [known] = OsmAndSession().receive(get(f"{WHERE}&alarm=geofenceExit"))
    assert isinstance(known, Keep)
    assert known.rejected == ()


def test_figures_below_nothing_are_not_known_and_empty_lines_between_requests_are_nothing() -> None:
    whole = b"\r\n" + get(f"{WHERE}&speed=-1&bearing=-1&hdop=-1&accuracy=-1") + b"\r\n\n" + get(WHERE)
    session, parts = OsmAndSession(), (whole[:1], whole[1:3], whole[3:])
    told = [event.readings[0].bodies for part in parts for event in session.receive(part) if isinstance(event, Keep)]
    assert told == [(Fix(latitude_deg=43.24, longitude_deg=76.9),)] * 2
