"""Orders to a Teltonika device, byte for byte."""

from baqylau.domain.commands import CommandState, LocateMode, ReportNow, Restart, SetRate, WalkNow
from baqylau.domain.ids import DeviceId
from baqylau.protocols.session import Carried, Outcome, Ping, TakesOrders
from baqylau.protocols.teltonika import TeltonikaSession
from baqylau.protocols.teltonika.commands import answered, order_in

HELLO = b"\x00\x0f353173060000001"
REPORT = bytes.fromhex("00000000 00000011 0c 01 05 00000009") + b"getrecord" + bytes.fromhex("01")


def signed_in() -> TeltonikaSession:
    """Give a session whose device is known."""
    session = TeltonikaSession()
    [login] = session.receive(HELLO)
    session.answer(login, [Outcome.ACCEPTED])
    return session


def test_an_order_goes_out_as_text_in_codec_12() -> None:
    session = signed_in()
    assert isinstance(session, TakesOrders)
    told = session.order(7, ReportNow())
    assert told is not None
    assert told[:-4] == REPORT
    assert order_in(told[8:-4]) == "getrecord"
    assert session.order(8, Restart()) is not None


def test_a_rate_is_set_for_every_network_and_only_until_ordered_otherwise() -> None:
    told = signed_in().order(1, SetRate(fix_every_s=15))
    assert told is not None
    text = order_in(told[8:-4])
    assert text is not None
    assert text.startswith("setparam 10000:15;10050:15;10005:15;10055:15;10100:15")
    assert signed_in().order(1, SetRate(fix_every_s=15, for_s=60)) is None


def test_what_the_protocol_cannot_say_is_no_order() -> None:
    assert signed_in().order(1, LocateMode(for_s=60)) is None
    assert signed_in().order(1, WalkNow(transmitter_id=DeviceId("b"), rooms=("hall",), by="a")) is None


def test_what_the_device_answers_belongs_to_the_order_on_the_way() -> None:
    session = signed_in()
    session.order(7, ReportNow())
    answer = answered("Record\r\nsaved")
    assert session.receive(answer[:9]) == ()
    assert session.receive(answer[9:]) == (
        Carried(number=7, state=CommandState.DONE, detail="Record  saved", raw=answer),
    )


def test_an_answer_that_nobody_awaits_is_a_sign_of_life() -> None:
    answer = answered("hello")
    assert signed_in().receive(answer) == (Ping(raw=answer),)
