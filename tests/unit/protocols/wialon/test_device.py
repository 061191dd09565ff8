"""The tracker's side of the conversation, against our own server's side."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest

from baqylau.domain.observations import Blind, Body, Fix, FixSource, LinkEvent, LinkHealth, Strap
from baqylau.protocols.session import Confirmed, Keep, Login, Outcome, Refused, Welcomed
from baqylau.protocols.wialon import WialonDevice, WialonSession

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOME = Fix(latitude_deg=51.25, longitude_deg=71.5, satellites=9)
Version = Literal["1.1", "2.0"]


def reports(count: int) -> list[tuple[datetime, tuple[Body, ...]]]:
    return [(NOON + timedelta(seconds=10 * step), (HOME, Strap(open=False))) for step in range(count)]


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_whole_conversation_from_sign_in_to_backlog(version: Version) -> None:
    device, server = WialonDevice("4711", "secret", version), WialonSession()
    (login,) = server.receive(device.hello())
    assert isinstance(login, Login)
    assert (login.number, login.password) == ("4711", "secret")
    assert device.receive(server.answer(login, (Outcome.ACCEPTED,))) == [Welcomed()]
    for count in (1, 2, 50):
        (keep,) = server.receive(device.report(reports(count)))
        assert isinstance(keep, Keep)
        assert [(reading.observed_at, reading.bodies) for reading in keep.readings] == reports(count)
        answer = server.answer(keep, [Outcome.ACCEPTED] * count)
        assert device.receive(answer) == [Confirmed(count=count)]


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_what_the_server_could_not_keep_is_sent_again(version: Version) -> None:
    device, server = WialonDevice("4711", "", version), WialonSession()
    (login,) = server.receive(device.hello())
    assert isinstance(login, Login)
    assert login.password == ""
    server.answer(login, (Outcome.ACCEPTED,))
    (single,) = server.receive(device.report(reports(1)))
    (reply,) = device.receive(server.answer(single, (Outcome.NOT_KEPT,)))
    assert isinstance(reply, Refused)
    assert reply.again
    (box,) = server.receive(device.report(reports(3)))
    partly = (Outcome.ACCEPTED, Outcome.NOT_KEPT, Outcome.ACCEPTED)
    assert device.receive(server.answer(box, partly)) == [Confirmed(count=1)]
    assert device.receive(server.answer(box, (Outcome.NOT_KEPT,) * 3)) == [Refused(code="0", again=True)]


def test_a_refusal_says_whether_to_try_again() -> None:
    words = b"#AL#0\r\n#AL#01\r\n#AL#10\r\n#AD#10\r\n#ASD#13\r\n#AB#\r\n"
    again = [reply.again for reply in WialonDevice("4711").receive(words) if isinstance(reply, Refused)]
    assert again == [False, False, True, False, True, True]


def test_the_servers_words_may_come_in_any_cut_and_other_words_are_passed_over() -> None:
    device = WialonDevice("4711")
    words = b"#AP#\r\n#M#hello\r\nnoise\n#AD#1\r\n#AB#" + b"9" * 5000 + b"\r\n"
    replies = [reply for byte in words for reply in device.receive(bytes([byte]))]
    assert replies[0] == Confirmed(count=1)
    assert isinstance(replies[1], Refused)


@pytest.mark.parametrize(
    "body",
    [
        LinkHealth(event=LinkEvent.PING),
        Blind(from_at=NOON),
        Fix(latitude_deg=51.0, longitude_deg=71.0, source=FixSource.CELL),
    ],
)
def test_what_the_protocol_has_no_words_for_is_refused_loudly(body: Body) -> None:
    with pytest.raises(ValueError, match="Wialon IPS"):
        WialonDevice("4711").report([(NOON, (body,))])
