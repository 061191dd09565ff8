"""Real servers that take what is forwarded: each speaks its protocol on a socket and remembers what it took."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from baqylau.protocols.egts import EgtsSession
from baqylau.protocols.session import Keep, Login, Outcome, Reading
from baqylau.protocols.wialon_retranslator import TAKEN, Message, read, split


class Server(socketserver.ThreadingTCPServer):
    """A server on a port of the system's choice."""

    allow_reuse_address = True
    daemon_threads = True
    hangs_up = 0
    """So many times it takes the bytes and says nothing."""

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def takes(self) -> bool:
        """Whether it answers this time."""
        if self.hangs_up:
            self.hangs_up -= 1
            return False
        return True


@contextmanager
def _serving(talk: Callable[[Server, socketserver.StreamRequestHandler], None]) -> Iterator[Server]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            assert isinstance(self.server, Server)
            talk(self.server, self)

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(10)


@contextmanager
def egts_server() -> Iterator[tuple[Server, list[Reading], list[Login]]]:
    """A platform that takes EGTS: readings by object, and who signed in."""
    readings: list[Reading] = []
    logins: list[Login] = []

    def talk(server: Server, line: socketserver.StreamRequestHandler) -> None:
        session = EgtsSession()
        while data := line.request.recv(65_536):
            if not server.takes():
                return
            for event in session.receive(data):
                if isinstance(event, Login):
                    logins.append(event)
                    line.request.sendall(session.answer(event, [Outcome.ACCEPTED]))
                elif isinstance(event, Keep):
                    readings.extend(event.readings)
                    line.request.sendall(session.answer(event, [Outcome.ACCEPTED] * len(event.readings)))
                else:
                    line.request.sendall(session.answer(event, []))

    with _serving(talk) as server:
        yield server, readings, logins


@contextmanager
def wialon_server() -> Iterator[tuple[Server, list[Message]]]:
    """A server that takes the retranslator's packets."""
    messages: list[Message] = []

    def talk(server: Server, line: socketserver.StreamRequestHandler) -> None:
        buffer = b""
        while data := line.request.recv(65_536):
            if not server.takes():
                return
            packet, buffer = split(buffer + data)
            while packet is not None:
                messages.append(read(packet))
                line.request.sendall(TAKEN)
                packet, buffer = split(buffer)

    with _serving(talk) as server:
        yield server, messages
