"""Whole conversations with a device, in memory."""

import pytest

from baqylau.domain.observations import Fix, Strap
from baqylau.protocols.crc16 import crc16
from baqylau.protocols.session import Event, Fault, Hangup, Keep, Login, Outcome, Ping, Rejected
from baqylau.protocols.wialon import WialonSession

PLACE = b"5110.0200;N;07126.7600;E;36;90;347;9"
SHORT = b"#SD#010326;083015;" + PLACE
EXTENDED = b"#D#010326;083015;" + PLACE + b";1.2;NA;NA;;NA;strap:1:1"
LINE_MAX = 64 * 1024
BLACK_BOX_MAX = 1024 * 1024


def sealed(kind: bytes, text: bytes, separator: bytes = b";") -> bytes:
    covered = text + separator
    return b"#%b#%b%04X" % (kind, covered, crc16(covered))


def only(events: object) -> Event:
    assert isinstance(events, list)
    (event,) = events
    return event  # type: ignore[no-any-return]


def hear(session: WialonSession, line: bytes) -> Event:
    return only(session.receive(line + b"\r\n"))


def rejected(event: Event) -> Rejected:
    assert isinstance(event, Rejected)
    return event


def signed_in(version: str = "1.1") -> WialonSession:
    session = WialonSession()
    hello = b"#L#4711;secret" if version == "1.1" else sealed(b"L", b"2.0;4711;secret")
    event = hear(session, hello)
    assert isinstance(event, Login)
    assert session.answer(event, (Outcome.ACCEPTED,)) == b"#AL#1\r\n"
    return session


def answer_to(session: WialonSession, line: bytes, *outcomes: Outcome) -> bytes:
    return session.answer(hear(session, line), outcomes)


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_device_signs_in_and_its_number_is_on_everything_it_says(version: str) -> None:
    session = signed_in(version)
    event = hear(session, EXTENDED if version == "1.1" else sealed(b"D", EXTENDED[3:]))
    assert isinstance(event, Keep)
    assert event.readings[0].number == "4711"
    assert session.answer(event, (Outcome.ACCEPTED,)) == b"#AD#1\r\n"


@pytest.mark.parametrize(
    ("outcome", "answer"),
    [
        (Outcome.UNKNOWN_DEVICE, b"#AL#0\r\n"),
        (Outcome.WRONG_PASSWORD, b"#AL#01\r\n"),
        (Outcome.NOT_KEPT, b"#AL#0\r\n"),
    ],
)
def test_a_device_that_is_refused_is_told_why_and_is_not_heard(outcome: Outcome, answer: bytes) -> None:
    session = WialonSession()
    assert answer_to(session, b"#L#4711;guess", outcome) == answer
    assert rejected(hear(session, SHORT)).fault is Fault.NOT_SIGNED_IN


def test_nothing_is_taken_before_the_sign_in_and_the_device_is_told_so() -> None:
    session = WialonSession()
    for frame in (SHORT, EXTENDED, b"#B#" + SHORT[4:], b"#M#hello"):
        event = hear(session, frame)
        assert rejected(event).fault is Fault.NOT_SIGNED_IN
        assert session.answer(event, ()) == b"#AL#0\r\n"


def test_a_ping_is_answered_at_any_time() -> None:
    session = WialonSession()
    event = hear(session, b"#P#")
    assert isinstance(event, Ping)
    assert session.answer(event, ()) == b"#AP#\r\n"


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"#L#2.0;4711;secret;0000", b"#AL#10\r\n"),
        (b"#L#2.0;4711;secret", b"#AL#10\r\n"),
        (b"#L#", b"#AL#0\r\n"),
        (b"#L#;secret", b"#AL#0\r\n"),
        (b"#L#" + b"4" * 65, b"#AL#0\r\n"),
        (b"#L#\xff\xfe;secret", b"#AL#0\r\n"),
    ],
)
def test_a_sign_in_that_cannot_be_read_is_refused_by_code(line: bytes, answer: bytes) -> None:
    session = WialonSession()
    event = hear(session, line)
    assert isinstance(event, Rejected)
    assert session.answer(event, ()) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (b"#SD#rubbish", b"#ASD#-1\r\n"),
        (b"#SD#310226;083015;" + PLACE, b"#ASD#0\r\n"),
        (b"#SD#010326;NA;" + PLACE, b"#ASD#0\r\n"),
        (b"#SD#010326;083015;9110.0;N;07126.7;E;0;0;0;5", b"#ASD#10\r\n"),
        (b"#SD#010326;083015;5110.0;N;NA;NA;0;0;0;5", b"#ASD#10\r\n"),
        (b"#SD#010326;083015;NA;NA;NA;NA;fast;0;0;NA", b"#ASD#11\r\n"),
        (b"#SD#010326;083015;NA;NA;NA;NA;0;0;0;few", b"#ASD#12\r\n"),
        (b"#SD#010326;083015;" + PLACE + b";0000", b"#ASD#13\r\n"),
        (b"#D#rubbish", b"#AD#-1\r\n"),
        (b"#D#010326;250000;" + PLACE + b";1;NA;NA;;NA;NA", b"#AD#0\r\n"),
        (b"#D#010326;083015;5110.0;E;07126.7;E;0;0;0;5;1;NA;NA;;NA;NA", b"#AD#10\r\n"),
        (b"#D#010326;083015;NA;NA;NA;NA;0;361;0;NA;1;NA;NA;;NA;NA", b"#AD#11\r\n"),
        (b"#D#010326;083015;NA;NA;NA;NA;0;0;0;NA;x;NA;NA;;NA;NA", b"#AD#12\r\n"),
        (b"#D#010326;083015;NA;NA;NA;NA;0;0;0;NA;1;x;NA;;NA;NA", b"#AD#13\r\n"),
        (b"#D#010326;083015;NA;NA;NA;NA;0;0;0;NA;1;NA;NA;1,x;NA;NA", b"#AD#14\r\n"),
        (b"#D#010326;083015;NA;NA;NA;NA;0;0;0;NA;1;NA;NA;;NA;strap:1:9", b"#AD#15\r\n"),
        (EXTENDED + b";0000", b"#AD#16\r\n"),
        (b"#B#", b"#AB#0\r\n"),
        (b"#M#call me", b"#AM#1\r\n"),
        (b"#I#10;3;7;010326;083015;a.jpg", b"#AI#3;0\r\n"),
        (b"#I#10", b"#AI#NA;0\r\n"),
        (b"#IT#010326;083015;1;2;3", b"#AIT#0\r\n"),
        (b"#T#2;10;5", b"#AT#5;0\r\n"),
        (b"#US#10", b""),
        (b"#UC#10", b""),
        (b"#ZZ#1", b""),
        (b"hello", b""),
    ],
)
def test_what_cannot_be_used_is_answered_by_the_code_of_the_protocol(line: bytes, answer: bytes) -> None:
    assert answer_to(signed_in(), line) == answer


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        (SHORT, b"#ASD#13\r\n"),
        (EXTENDED, b"#AD#16\r\n"),
        (b"#B#" + SHORT[4:] + b"|", b"#AB#\r\n"),
        (sealed(b"B", SHORT[4:], b"|")[:-1] + b"x", b"#AB#\r\n"),
        (b"#M#call me", b"#AM#01\r\n"),
    ],
)
def test_version_two_takes_nothing_without_its_checksum(line: bytes, answer: bytes) -> None:
    session = signed_in("2.0")
    event = hear(session, line)
    assert rejected(event).fault is Fault.CHECKSUM_WRONG
    assert session.answer(event, ()) == answer


def test_what_could_not_be_kept_is_answered_so_that_the_device_sends_it_again() -> None:
    old, new = signed_in("1.1"), signed_in("2.0")
    assert answer_to(old, SHORT, Outcome.NOT_KEPT) == b"#ASD#-1\r\n"
    assert answer_to(old, EXTENDED, Outcome.NOT_KEPT) == b"#AD#-1\r\n"
    assert answer_to(new, sealed(b"SD", SHORT[4:]), Outcome.NOT_KEPT) == b"#ASD#13\r\n"
    assert answer_to(new, sealed(b"D", EXTENDED[3:]), Outcome.NOT_KEPT) == b"#AD#16\r\n"


def test_a_reading_of_an_unknown_device_is_answered_like_its_sign_in() -> None:
    assert answer_to(signed_in(), SHORT, Outcome.UNKNOWN_DEVICE) == b"#AL#0\r\n"
    assert answer_to(signed_in(), SHORT, Outcome.WRONG_PASSWORD) == b"#AL#01\r\n"


def test_a_black_box_is_confirmed_as_far_as_it_was_kept() -> None:
    session = signed_in()
    box = b"#B#" + b"|".join([SHORT[4:], EXTENDED[3:], b"rubbish", SHORT[4:]])
    kept, lost = Outcome.ACCEPTED, Outcome.NOT_KEPT
    assert answer_to(session, box, kept, kept, kept) == b"#AB#4\r\n"
    assert answer_to(session, box, kept, lost, kept) == b"#AB#1\r\n"
    assert answer_to(session, box, lost, lost, lost) == b"#AB#0\r\n"


def test_a_black_box_of_rubbish_is_set_aside_and_not_asked_for_again() -> None:
    session = signed_in()
    event = hear(session, b"#B#a|b|")
    assert isinstance(event, Keep)
    assert event.readings == ()
    assert [bad.raw for bad in event.rejected] == [b"a", b"b"]
    assert session.answer(event, ()) == b"#AB#2\r\n"


def test_a_black_box_of_too_many_records_is_refused_whole() -> None:
    event = hear(signed_in(), b"#B#" + b"x|" * 30_001)
    assert isinstance(event, Rejected)
    assert event.fault is Fault.TOO_LONG


def test_a_frame_may_end_with_a_bare_line_feed_and_empty_lines_say_nothing() -> None:
    session = signed_in()
    events = session.receive(b"\r\n\n" + SHORT + b"\n\r\n" + EXTENDED + b"\r\n")
    assert [type(event) for event in events] == [Keep, Keep]


def test_the_bytes_of_a_picture_are_passed_over() -> None:
    session = signed_in()
    header = rejected(only(session.receive(b"#I#20;0;1;010326;083015;a.jpg\r\n\x00\n#L#evil;x\n")))
    assert header.fault is Fault.UNSUPPORTED
    assert isinstance(only(session.receive(b"12345678" + SHORT + b"\r\n")), Keep)


def test_a_picture_that_is_too_large_ends_the_conversation() -> None:
    event = hear(signed_in(), b"#I#1048577;0;1;010326;083015;a.jpg")
    assert isinstance(event, Hangup)
    assert event.rejected.fault is Fault.TOO_LONG


@pytest.mark.parametrize(("kind", "limit"), [(b"#D#", LINE_MAX), (b"#B#", BLACK_BOX_MAX)])
def test_a_line_that_never_ends_is_cut_off_and_forgotten(kind: bytes, limit: int) -> None:
    session = signed_in()
    assert session.receive(kind + b"x" * (limit - 3)) == []
    event = only(session.receive(b"x"))
    assert isinstance(event, Hangup)
    assert event.rejected.fault is Fault.TOO_LONG
    assert event.rejected.raw == kind + b"x" * 253
    assert session.answer(event, ()) == b""
    assert session.receive(b"\r\n" + SHORT + b"\r\n") == []


def test_a_compressed_container_ends_the_conversation() -> None:
    event = only(signed_in().receive(b"\xff\x10\x00abc"))
    assert isinstance(event, Hangup)
    assert event.rejected.fault is Fault.UNSUPPORTED


def test_a_frame_that_names_its_device_is_taken_only_from_that_device() -> None:
    session = signed_in()
    assert isinstance(hear(session, b"4711" + SHORT), Keep)
    assert rejected(hear(session, b"4712" + SHORT)).fault is Fault.NOT_SIGNED_IN
    assert rejected(hear(WialonSession(), b"4711" + SHORT)).fault is Fault.NOT_SIGNED_IN


def test_a_second_sign_in_on_the_line_takes_its_place() -> None:
    session = signed_in("2.0")
    assert isinstance(hear(session, b"#L#4712;NA"), Login)
    event = hear(session, SHORT)
    assert isinstance(event, Keep)
    assert event.readings[0].number == "4712"


def test_an_open_strap_gets_through_whatever_else_is_wrong() -> None:
    place_wrong = hear(signed_in(), b"#D#010326;083015;x;N;y;E;z;0;0;q;1;NA;NA;;NA;battery:1:900,strap:1:1")
    time_wrong = hear(signed_in(), b"#D#999999;083015;" + PLACE + b";1;NA;NA;;NA;strap:1:1")
    for event in (place_wrong, time_wrong):
        assert isinstance(event, Keep)
        assert event.readings[0].bodies == (Strap(open=True),)
        assert event.rejected


def test_the_same_record_is_the_same_fact_in_every_frame() -> None:
    session = signed_in()
    record = SHORT[4:]
    frames = (SHORT, b"#D#" + record + b";NA;NA;NA;;NA;NA", b"#B#" + record, sealed(b"SD", record))
    identities = set()
    for frame in frames:
        event = hear(session, frame)
        assert isinstance(event, Keep)
        assert isinstance(event.readings[0].bodies[0], Fix)
        identities.add(event.readings[0].identity)
    assert identities == {record}
