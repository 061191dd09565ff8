"""The ways by which people are told, each against a real server."""

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from baqylau.crypto.authentication import code
from baqylau.crypto.certificates import SEED_BYTES, chain_pem, key_pem, new_root, server_certificate
from baqylau.domain.notices import NoticeId
from baqylau.domain.targets import Email, Encoding, HttpGateway, HttpReceipts, Security, SmppGateway
from baqylau.links.notices import way
from baqylau.links.notices.http import SmsByHttp, Webhook, client
from baqylau.links.notices.mail import Mail
from baqylau.links.notices.smpp import Smpp
from baqylau.links.notices.way import Letter, NotTakenError, TakenOver
from tests.perf.installation import free_port
from tests.unit.links.receivers import (
    WebReceiver,
    mail_receiver,
    sms_centre,
    web_receiver,
)

AT = datetime(2026, 3, 10, 12, tzinfo=UTC)
LETTER = Letter(
    id=NoticeId("0123456789abcdef" * 2),
    address="duty@example.test",
    subject="Дабыл 7: қауіп аймағы",
    text="Дабыл 7 көтерілді.\nhttps://bq.example.test/alarms/7",
    facts={"alarm": 7, "code": "Z01"},
    at=AT,
)
SECRET = "between us"  # noqa: S105 - invented


@pytest.fixture
def receiver() -> Iterator[WebReceiver]:
    with web_receiver() as opened:
        yield opened


def refused(sent: "way.Way", letter: Letter = LETTER) -> tuple[str, bool]:
    with pytest.raises(NotTakenError) as why:
        sent.send(letter)
    return why.value.error, why.value.lasting


def test_a_webhook_is_signed_and_names_the_notice_so_that_a_second_one_is_known(receiver: WebReceiver) -> None:
    with client() as http:
        hook = Webhook(SECRET, http)
        to = replace(LETTER, address=receiver.address)
        assert hook.send(to) == TakenOver(delivered=True)
        assert hook.send(to) == TakenOver(delivered=True)
    first, second = receiver.next(), receiver.next()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == LETTER.id
    moment, _, given = first.headers["baqylau-signature"].partition(",v1=")
    assert moment == f"t={int(AT.timestamp())}"
    assert given == code(SECRET.encode(), moment[2:].encode() + b"." + first.body)
    assert msgspec.json.decode(first.body) == {"id": LETTER.id, "text": LETTER.text, "alarm": 7, "code": "Z01"}


@pytest.mark.parametrize(
    ("status", "lasting"),
    [(500, False), (503, False), (429, False), (404, False), (301, True), (422, True), (410, True)],
)
def test_what_a_web_server_refuses_may_pass_or_not(receiver: WebReceiver, status: int, lasting: bool) -> None:  # noqa: FBT001 - a case
    receiver.answers = [status]
    with client() as http:
        assert refused(Webhook(SECRET, http), replace(LETTER, address=receiver.address)) == (f"http_{status}", lasting)


def test_a_web_server_that_is_not_there_or_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.links.notices.http.TIMEOUT_S", 0.2)
    with client() as http, socket.create_server(("127.0.0.1", 0)) as deaf:
        nowhere = replace(LETTER, address=f"http://127.0.0.1:{free_port()}/in")
        assert refused(Webhook(SECRET, http), nowhere) == ("not_reached", False)
        silent = replace(LETTER, address=f"http://127.0.0.1:{deaf.getsockname()[1]}/in")
        assert refused(Webhook(SECRET, http), silent) == ("timeout", False)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [(Encoding.FORM, b"to=%2B77010000000&m=Z01+%26+7"), (Encoding.JSON, b'{"to":"+77010000000","m":"Z01 & 7"}')],
)
def test_an_sms_gateway_gets_the_fields_that_it_wants(receiver: WebReceiver, encoding: Encoding, body: bytes) -> None:
    gateway = HttpGateway(
        url=receiver.address,
        fields={"to": "{phone}", "m": "{text}"},
        encoding=encoding,
        headers={"Authorization": "Bearer invented"},
    )
    with client() as http:
        assert SmsByHttp(gateway, http).send(replace(LETTER, address="+77010000000", text="Z01 & 7")) == TakenOver()
    asked = receiver.next()
    assert asked.body.replace(b'": "', b'":"').replace(b'", "', b'","') == body
    assert (asked.headers["authorization"], asked.headers["idempotency-key"]) == ("Bearer invented", LETTER.id)


def told(receiver: WebReceiver, says: str, **changes: object) -> way.Receipt | None:
    """What a gateway that answers this says of a message."""
    asked = HttpReceipts(url=f"{receiver.address}?id={{reference}}&to={{phone}}", state="a.0.state", delivered=("2",))
    receipts = replace(asked, failed=("UNDELIVERED",), **changes)
    receiver.says = [says]
    with client() as http:
        ways = SmsByHttp(HttpGateway(url=receiver.address, fields={}, receipts=receipts), http)
        return ways.receipt("m/7", LETTER.id, "+7701")


def test_an_sms_gateway_names_the_message_and_is_asked_what_became_of_it(receiver: WebReceiver) -> None:
    receipts = HttpReceipts(url=receiver.address, state="state", delivered=("2",), reference="messages.0.id")
    gateway = HttpGateway(url=receiver.address, fields={"m": "{text}"}, receipts=receipts)
    receiver.says = ['{"messages": [{"id": 7}]}', '{"error": "no money"}']
    with client() as http:
        assert SmsByHttp(gateway, http).send(SMS) == TakenOver(reference="7")
        assert refused(SmsByHttp(gateway, http), SMS) == ("not_understood", False), "who names no message took none"
        by_our_name = replace(gateway, receipts=replace(receipts, reference=""))
        assert SmsByHttp(by_our_name, http).send(SMS) == TakenOver(reference=SMS.id)


def test_a_receipt_is_what_the_gateway_says_and_nothing_until_it_says_so(receiver: WebReceiver) -> None:
    assert told(receiver, '{"a": [{"state": 2}]}') == way.Receipt(reference="m/7", delivered=True)
    assert receiver.next().query == "id=m%2F7&to=%2B7701"
    assert told(receiver, '{"a": [{"state": "UNDELIVERED"}]}') == way.Receipt(reference="m/7", delivered=False)
    assert told(receiver, '{"a": [{"state": "on its way"}]}') is None
    receiver.next(), receiver.next()
    told(receiver, '{"a": [{"state": 2}]}', fields={"message": "{reference}"})
    assert receiver.next().body == b"message=m%2F7"
    for answer in ("sorry", "[]", '{"a": {}}', '{"a": [{"state": true}]}'):
        with pytest.raises(NotTakenError, match="not_understood"):
            told(receiver, answer)


def email(port: int, **changes: object) -> Email:
    plain = Email(host="127.0.0.1", sender="baqylau@example.test", port=port, security=Security.NONE)
    return replace(plain, **changes)


def test_a_letter_arrives_with_a_name_that_follows_from_the_notice() -> None:
    with mail_receiver() as (mailbox, port):
        assert Mail(email(port)).send(LETTER) == TakenOver()
        to, content = mailbox.letters.get(timeout=5)
    letter = message_from_bytes(content, policy=policy.default)
    assert to == ["duty@example.test"]
    assert (letter["Subject"], letter["Message-ID"]) == (LETTER.subject, f"<{LETTER.id}@example.test>")
    assert letter.get_content().split() == LETTER.text.split()


@pytest.mark.parametrize(("answer", "lasting"), [("450 later", False), ("550 nobody here", True)])
def test_what_a_mail_server_refuses_may_pass_or_not(answer: str, lasting: bool) -> None:  # noqa: FBT001 - a case
    with mail_receiver() as (mailbox, port):
        mailbox.refuses["duty@example.test"] = answer
        assert refused(Mail(email(port))) == (f"smtp_{answer[:3]}", lasting)


def test_a_mail_server_that_is_not_there_or_offers_no_protection_gets_nothing() -> None:
    assert refused(Mail(email(free_port()))) == ("not_reached", False)
    with mail_receiver() as (mailbox, port):
        assert refused(Mail(email(port, security=Security.STARTTLS))) == ("not_reached", False)
        assert refused(Mail(email(port, security=Security.TLS)))[1] is False
        assert mailbox.letters.empty()


def gateway(port: int, **changes: object) -> SmppGateway:
    right = SmppGateway(host="127.0.0.1", port=port, system_id="bq", password="right", source="Baqylau")  # noqa: S106 - invented
    return replace(right, **changes)


SMS = replace(LETTER, address="+77010000000", text="Құрылғыны қазір қуаттаңыз.")


def test_a_message_goes_through_an_sms_centre_and_its_receipt_comes_back() -> None:
    with sms_centre() as (centre, port):
        smpp = Smpp(gateway(port))
        centre.fates = ["DELIVRD", "UNDELIV"]
        assert [smpp.send(SMS).reference, smpp.send(SMS).reference] == ["1", "2"]
        to, text, _ = centre.messages.get(timeout=5)
        assert (to, text.decode("utf-16-be")) == ("77010000000", SMS.text)
        came: list[way.Receipt] = []
        while len(came) < 2:
            came += smpp.receipts()
        assert came == [way.Receipt(reference="1", delivered=True), way.Receipt(reference="2", delivered=False)]
        smpp.close()


def test_a_long_message_goes_in_parts_and_the_last_one_stands_for_all() -> None:
    with sms_centre() as (centre, port):
        smpp = Smpp(gateway(port))
        assert smpp.send(replace(SMS, text=SMS.text * 6)).reference == "3"
        assert centre.messages.qsize() == 3
        smpp.close()


def test_what_an_sms_centre_refuses_may_pass_or_not_and_the_line_stays() -> None:
    with sms_centre() as (centre, port):
        smpp = Smpp(gateway(port))
        centre.statuses = [0x0B, 0x58]
        assert refused(smpp, SMS) == ("smpp_11", True)
        assert refused(smpp, SMS) == ("smpp_88", False)
        assert smpp.send(SMS).reference == "3"
        smpp.close()


def test_a_line_that_broke_is_opened_anew_for_the_next_message() -> None:
    with sms_centre() as (centre, port):
        assert refused(Smpp(gateway(port, password="wrong")), SMS)[1] is False  # noqa: S106 - invented
        smpp = Smpp(gateway(port))
        centre.hangs_up_after_bind = True
        assert refused(smpp, SMS) == ("not_reached", False)
        centre.hangs_up_after_bind = False
        assert smpp.send(SMS).reference == "1"
        smpp.close()


def test_an_sms_centre_that_is_not_there_is_tried_again() -> None:
    assert refused(Smpp(gateway(free_port())), SMS) == ("not_reached", False)


def test_over_tls_a_message_goes_to_the_centre_that_was_called_and_to_no_other(tmp_path: Path) -> None:
    begun = datetime.now(UTC) - timedelta(hours=1)
    root = new_root("Invented centre", bytes(SEED_BYTES), from_at=begun, serial=1)
    chain, key, authority = (tmp_path / name for name in ("chain.pem", "key.pem", "root.pem"))
    leaf = server_certificate(root, ["smsc.example"], bytes([1] * SEED_BYTES), from_at=begun, serial=2)
    chain.write_bytes(chain_pem(leaf, root.certificate))
    key.write_bytes(key_pem(bytes([1] * SEED_BYTES)))
    authority.write_bytes(chain_pem(root.certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with sms_centre(context) as (centre, port):
        assert refused(Smpp(gateway(port, tls=True)), SMS) == ("not_reached", False), "nobody trusts its certificate"
        smpp = Smpp(gateway(port, tls=True, authority=str(authority)))
        centre.fates = ["DELIVRD"]
        assert smpp.send(SMS).reference == "1"
        came: list[way.Receipt] = []
        while not came:
            came += smpp.receipts()
        assert came == [way.Receipt(reference="1", delivered=True)]
        smpp.close()
