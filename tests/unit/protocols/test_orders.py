"""Orders in the own bytes of each protocol that has words for them, and what became of them."""

import pytest

from baqylau.domain.commands import (
    ClearLatches,
    CommandState,
    LocateMode,
    Order,
    ReportNow,
    Restart,
    SetRate,
    TellPerson,
    WalkNow,
)
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Language
from baqylau.protocols.fleet import FLEET, has_words
from baqylau.protocols.gt06 import Gt06Session
from baqylau.protocols.gt06.commands import asked
from baqylau.protocols.gt06.frames import frame
from baqylau.protocols.session import Carried, Keep, Outcome, Rejected
from baqylau.protocols.watch import WatchSession
from baqylau.protocols.wialon import WialonSession

HELLO = TellPerson(message_id="m", text="Charge; it\nnow", language=Language.EN)
ORDERS: dict[str, Order] = {
    "report": ReportNow(),
    "restart": Restart(),
    "rate": SetRate(fix_every_s=60),
    "rate for a time": SetRate(fix_every_s=60, for_s=600),
    "locate": LocateMode(for_s=120),
    "tell": HELLO,
    "clear": ClearLatches(),
    "walk": WalkNow(transmitter_id=DeviceId("b"), rooms=("hall",), by="dana"),
}


@pytest.mark.parametrize(
    ("protocol", "spoken"),
    [
        ("teltonika", {"report", "restart", "rate"}),
        ("gt06", {"report", "restart", "rate"}),
        ("watch", {"report", "restart", "rate", "locate", "tell"}),
        ("wialon", {"tell"}),
        ("osmand", set()),
        ("egts", set()),
    ],
)
def test_each_protocol_says_which_orders_it_has_words_for(protocol: str, spoken: set[str]) -> None:
    assert {name for name, order in ORDERS.items() if has_words(protocol, order)} == spoken


def test_no_protocol_has_words_for_what_only_our_own_units_do() -> None:
    assert not any(has_words(protocol, ORDERS[name]) for protocol in FLEET for name in ("walk", "clear"))


def test_gt06_gives_our_number_back_with_its_answer() -> None:
    session = Gt06Session(number="1")
    assert session.order(7, ReportNow()) == frame(0x80, bytes.fromhex("0a 00000007") + b"WHERE#" + b"\0\2", 7)
    other = frame(0x15, asked(8, "late"), 1)
    assert isinstance(session.receive(other)[0], Rejected), "nobody asked for that"
    answer = frame(0x15, asked(7, "Lat:N43"), 2)
    assert session.receive(answer) == (Carried(number=7, state=CommandState.DONE, detail="Lat:N43", raw=answer),)
    session.order(9, Restart())
    wide = frame(0x21, bytes.fromhex("00000009 02") + "ОК".encode("utf-16-be"), 3, long=True)
    assert session.receive(wide) == (Carried(number=9, state=CommandState.DONE, detail="ОК", raw=wide),)
    assert isinstance(session.receive(answer)[0], Rejected), "an answer counts once"


def test_a_watch_is_told_in_its_own_manner_and_answers_by_the_word() -> None:
    session = WatchSession()
    session.receive(b"[SG*8800000015*0002*LK]")
    assert session.order(3, ReportNow()) == b"[SG*8800000015*0002*CR]"
    answer = b"[SG*8800000015*0002*CR]"
    assert session.receive(answer) == (Carried(number=3, state=CommandState.DONE, raw=answer),)
    assert isinstance(session.receive(answer)[0], Rejected), "an answer that nobody awaits is unsupported as before"
    assert session.order(4, SetRate(fix_every_s=60)) == b"[SG*8800000015*0009*UPLOAD,60]"
    told = session.order(5, TellPerson(message_id="m", text="Иә", language=Language.KK))
    assert told == b"[SG*8800000015*0010*MESSAGE,041804D9]"


def test_wialon_carries_a_message_to_the_person_on_one_line() -> None:
    session = WialonSession()
    [login] = session.receive(b"#L#1;NA\r\n")
    session.answer(login, [Outcome.ACCEPTED])
    assert session.order(2, HELLO) == b"#M#Charge it now\r\n"
    assert session.receive(b"#AM#1\r\n") == [Carried(number=2, state=CommandState.DONE, raw=b"#AM#1")]
    assert isinstance(session.receive(b"#AM#1\r\n")[0], Rejected)
    session.order(3, HELLO)
    assert session.receive(b"#AM#0\r\n") == [Carried(number=3, state=CommandState.FAILED, raw=b"#AM#0")]


def test_a_message_in_version_2_has_its_checksum() -> None:
    session = WialonSession()
    device = FLEET["wialon"].device("1", "")
    [login] = session.receive(device.hello())
    session.answer(login, [Outcome.ACCEPTED])
    line = session.order(2, HELLO)
    assert line is not None
    assert line.startswith(b"#M#Charge it now;")
    other = WialonSession()
    other.receive(device.hello())
    assert isinstance(other.receive(line)[0], Rejected), "a driver's message is set aside, with its checksum right"


def test_records_go_on_while_an_answer_is_awaited() -> None:
    session = Gt06Session(number="1")
    session.order(7, ReportNow())
    place = bytes.fromhex("1a03010c1e1e c9 04a5e0f2 08459e7e 1e 145a")
    assert isinstance(session.receive(frame(0x22, place + bytes(11), 5))[0], Keep)
