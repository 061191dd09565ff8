"""Real servers that receive: a web server, a mail server and an SMS centre, each with a will of its own."""

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Queue

import uvicorn
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from msgspec import Struct
from smpplib import consts, smpp
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tests.perf.installation import free_port

WITHIN_S = 10.0


class Asked(Struct, frozen=True):
    """A request as it came."""

    headers: dict[str, str]
    body: bytes
    query: str = ""


class WebReceiver:
    """Answers 200 unless told otherwise, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: Queue[Asked] = Queue()
        self.answers: list[int] = []
        """Answers to come, the next first."""
        self.says: list[str] = []
        """What the answers say, the next first; nothing when there are none left."""
        self.waits_s = 0.0
        self.address = ""

    async def answer(self, request: Request) -> Response:
        self.asked.put(Asked(dict(request.headers), await request.body(), request.url.query))
        if self.waits_s:
            await asyncio.sleep(self.waits_s)
        says = self.says.pop(0) if self.says else ""
        return PlainTextResponse(says, self.answers.pop(0) if self.answers else 200)

    def next(self) -> Asked:
        return self.asked.get(timeout=WITHIN_S)


@contextmanager
def web_receiver() -> Iterator[WebReceiver]:
    """Serve on a port of the system's choice."""
    receiver = WebReceiver()
    app = Starlette(routes=[Route("/in", receiver.answer, methods=["GET", "POST"])])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver.address = f"http://127.0.0.1:{listener.getsockname()[1]}/in"
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            until(lambda: server.started)
            yield receiver
        finally:
            server.should_exit = True
            thread.join(WITHIN_S)


class Mailbox:
    """Takes letters, but for those addresses that it refuses."""

    def __init__(self) -> None:
        self.letters: Queue[tuple[list[str], bytes]] = Queue()
        self.refuses: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802 - the server's names
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802 - the server's name
        self.letters.put((envelope.rcpt_tos, envelope.original_content or b""))
        return "250 OK"


@contextmanager
def mail_receiver() -> Iterator[tuple[Mailbox, int]]:
    """Serve on a port of the system's choice."""
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()


class Centre:
    """An SMS centre that takes messages and may tell what became of them. Speaks with one peer at a time."""

    def __init__(self, listener: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        self.messages: Queue[tuple[str, bytes, int]] = Queue()
        """Destination, text and its coding."""
        self.fates: list[str] = []
        """What becomes of messages, the next first; no receipt when nothing is said."""
        self.keeps_receipts = False
        """Hold them back until `tell_receipts`."""
        self._receipts: list[tuple[socket.socket, bytes]] = []
        self.delivered: Queue[int] = Queue()
        """With which status each message that it delivered was answered."""
        self.brings: list[bytes] = []
        """Messages of devices that it delivers to who binds next; one that is not taken it brings again then."""
        self.statuses: list[int] = []
        """Statuses of the answers to come."""
        self.hangs_up_after_bind = False
        self._listener, self._tls = listener, tls
        self._number = 0

    def _answer(self, line: socket.socket, command: str, to: object, status: int, **fields: object) -> None:
        pdu = smpp.make_pdu(command, client=self, **fields)
        pdu.status, pdu.sequence = status, to.sequence  # type: ignore[attr-defined]
        line.sendall(pdu.generate())

    def next_sequence(self) -> int:
        """Numbers of what the centre itself begins to say."""
        return self._number + 1_000

    def serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with suppress(OSError), line, self._secured(line) as secured:
                self._converse(secured)

    def _secured(self, line: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(line, server_side=True) if self._tls else line

    def _converse(self, line: socket.socket) -> None:
        while (head := _exactly(line, 4)) is not None:
            rest = _exactly(line, struct.unpack(">L", head)[0] - 4)
            if rest is None:
                return
            pdu = smpp.parse_pdu(head + rest, client=self, allow_unknown_opt_params=True)
            match pdu.command:
                case "bind_transceiver":
                    right = pdu.password == b"right"
                    self._answer(line, "bind_transceiver_resp", pdu, 0 if right else consts.SMPP_ESME_RINVPASWD)
                    if self.hangs_up_after_bind:
                        return
                    self._bring(line)
                case "submit_sm":
                    self._take(line, pdu)
                case "deliver_sm_resp":
                    self.delivered.put(pdu.status)
                case _:
                    return

    def _take(self, line: socket.socket, pdu: object) -> None:
        status = self.statuses.pop(0) if self.statuses else 0
        self._number += 1
        if not status:
            self.messages.put((pdu.destination_addr.decode(), pdu.short_message, pdu.data_coding))  # type: ignore[attr-defined]
        self._answer(line, "submit_sm_resp", pdu, status, message_id=str(self._number))
        if status:
            return
        if pdu.registered_delivery and self.fates:  # type: ignore[attr-defined]
            said = f"id:{self._number} sub:001 dlvrd:001 stat:{self.fates.pop(0)} err:000 text:".encode()
            receipt = smpp.make_pdu("deliver_sm", client=self, esm_class=0x04, short_message=said)
            self._receipts.append((line, receipt.generate()))
        if not self.keeps_receipts:
            self.tell_receipts()

    def _bring(self, line: socket.socket) -> None:
        for content in self.brings:
            message = smpp.make_pdu("deliver_sm", client=self, esm_class=0, data_coding=4, short_message=content)
            line.sendall(message.generate())

    def tell_receipts(self) -> None:
        """Say what became of the messages so far."""
        while self._receipts:
            line, receipt = self._receipts.pop(0)
            line.sendall(receipt)


def _exactly(line: socket.socket, size: int) -> bytes | None:
    heard = b""
    while len(heard) < size:
        part = line.recv(size - len(heard))
        if not part:
            return None
        heard += part
    return heard


@contextmanager
def sms_centre(tls: ssl.SSLContext | None = None) -> Iterator[tuple[Centre, int]]:
    """Serve on a port of the system's choice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        centre = Centre(listener, tls)
        thread = threading.Thread(target=centre.serve, daemon=True)
        thread.start()
        yield centre, listener.getsockname()[1]


def until(holds: Callable[[], bool], within_s: float = WITHIN_S) -> None:
    """Wait until something holds."""
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
