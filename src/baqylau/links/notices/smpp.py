"""Short messages through an SMS centre by SMPP 3.4, with its delivery receipts."""

import logging
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from smpplib import consts, gsm
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as LineBrokenError
from smpplib.exceptions import PDUError

from baqylau.domain.targets import SmppGateway
from baqylau.links.notices.way import TIMEOUT_S, Letter, NotTakenError, Receipt, TakenOver

TURN_S = 30.0
"""How long one message waits for those before it."""
_LOG_NAME = "baqylau.smpp"
_RECEIPT = re.compile(rb"id:(\S+).*?stat:(\w+)", re.DOTALL)
_DELIVERED = b"DELIVRD"
_ON_ITS_WAY = frozenset({b"ACCEPTD", b"ENROUTE"})
_IS_RECEIPT = 0x04
_OF_BYTES = frozenset({0x02, 0x04, 0xF4, 0xF5, 0xF6, 0xF7})
"""Codings of messages that are no text: trackers send these, people do not."""
_LASTING = frozenset({consts.SMPP_ESME_RINVDSTADR, consts.SMPP_ESME_RINVMSGLEN})
_NUMBER_DIGITS = re.compile(r"\+?\d+")


class _Client(Client):  # type: ignore[misc]
    """The library's client, which over TLS also asks whether the centre is the one that was called."""

    def _create_socket(self) -> socket.socket:
        line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.settimeout(self.timeout)
        context: ssl.SSLContext | None = self._ssl_context
        return line if context is None else context.wrap_socket(line, server_hostname=self.host)

    def unread(self) -> bool:
        """Whether something was deciphered that nobody has read: no wait for the line shows it."""
        return isinstance(self._socket, ssl.SSLSocket) and self._socket.pending() > 0


class Smpp:
    """One line to an SMS centre, kept open so that receipts arrive, opened anew where it broke."""

    def __init__(self, gateway: SmppGateway, bring: Callable[[bytes], bool] | None = None) -> None:
        """Join nothing yet; the line opens with the first message or the first question for receipts.

        `bring` takes a message that came and tells whether it is kept; without it none is taken.
        """
        logging.getLogger(_LOG_NAME).setLevel(logging.CRITICAL)
        self._gateway = gateway
        self._bring = bring
        self._lock = threading.Lock()
        self._client: Any = None
        self._taken: dict[int, str] = {}
        self._receipts: list[Receipt] = []

    def send(self, letter: Letter) -> TakenOver:
        """Hand the message over, in as many parts as it needs; the receipt of the last one stands for all."""
        parts, encoding, esm_class = gsm.make_parts(letter.text)
        reference = ""
        with self._line() as client:
            for number, part in enumerate(parts, 1):
                sent = client.send_message(
                    **self._from(),
                    dest_addr_ton=consts.SMPP_TON_INTL,
                    dest_addr_npi=consts.SMPP_NPI_ISDN,
                    destination_addr=letter.address.lstrip("+"),
                    short_message=part,
                    data_coding=encoding,
                    esm_class=esm_class,
                    registered_delivery=number == len(parts),
                )
                while sent.sequence not in self._taken:
                    client.read_once(auto_send_enquire_link=False)
                reference = self._taken.pop(sent.sequence)
        return TakenOver(reference=reference)

    def receipts(self) -> list[Receipt]:
        """Give the receipts that have come; `NotTakenError` when the centre cannot be reached."""
        with self._line() as client:
            client.poll()
            while client.unread():
                client.read_once()
                client.poll()
            come, self._receipts = self._receipts, []
        return come

    def close(self) -> None:
        """End the line."""
        with self._lock:
            self._hang_up()

    @contextmanager
    def _line(self) -> Iterator[Any]:
        """Give the line, which is ours alone meanwhile."""
        if not self._lock.acquire(timeout=TURN_S):
            raise NotTakenError("busy")
        try:
            if self._client is None:
                self._client = self._open()
            yield self._client
        except PDUError as refused:
            status = refused.args[1] if len(refused.args) > 1 else 0
            raise NotTakenError(f"smpp_{status}", lasting=status in _LASTING) from refused
        except TimeoutError as late:
            self._hang_up()
            raise NotTakenError("timeout") from late
        except (LineBrokenError, OSError) as broken:
            self._hang_up()
            raise NotTakenError("not_reached") from broken
        finally:
            self._lock.release()

    def _open(self) -> Any:
        gateway = self._gateway
        client = _Client(
            gateway.host,
            gateway.port,
            timeout=TIMEOUT_S,
            logger_name=_LOG_NAME,
            ssl_context=ssl.create_default_context(cafile=gateway.authority or None) if gateway.tls else None,
            allow_unknown_opt_params=True,
        )
        client.set_message_sent_handler(self._note_taken)
        client.set_message_received_handler(self._came)
        try:
            client.connect()
            client.bind_transceiver(system_id=gateway.system_id, password=gateway.password)
        except (PDUError, LineBrokenError, OSError):
            client.disconnect()
            raise
        return client

    def _hang_up(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.disconnect()

    def _from(self) -> dict[str, object]:
        source = self._gateway.source
        number = _NUMBER_DIGITS.fullmatch(source)
        return {
            "source_addr_ton": consts.SMPP_TON_INTL if number else consts.SMPP_TON_ALNUM,
            "source_addr_npi": consts.SMPP_NPI_ISDN if number else consts.SMPP_NPI_UNK,
            "source_addr": source.lstrip("+"),
        }

    def _note_taken(self, pdu: Any) -> None:
        self._taken[pdu.sequence] = pdu.message_id.decode("ascii", "replace")

    @property
    def listens(self) -> bool:
        """Whether messages are taken, so that the line is wanted without anything to send."""
        return self._bring is not None

    def _came(self, pdu: Any) -> int:
        """Take what the centre delivers; the status says whether it has to bring it again."""
        if pdu.esm_class & _IS_RECEIPT:
            self._note_receipt(pdu)
        elif self._bring is not None and pdu.data_coding in _OF_BYTES and not self._bring(pdu.short_message or b""):
            return int(consts.SMPP_ESME_RX_T_APPN)
        return int(consts.SMPP_ESME_ROK)

    def _note_receipt(self, pdu: Any) -> None:
        said = _RECEIPT.search(pdu.short_message or b"")
        if said and said[2] not in _ON_ITS_WAY:
            delivered = said[2] == _DELIVERED
            self._receipts.append(Receipt(reference=said[1].decode("ascii", "replace"), delivered=delivered))
