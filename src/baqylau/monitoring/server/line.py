"""HEAR: one connection of one device. Bytes to the session, events to the keeper, answers back in order.

A frame with records is answered when they are committed and not before. While it waits, later frames of the same line
wait behind it, so that a device's facts stay in order and a fast sender is slowed down instead of filling the memory.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Protocol, assert_never, cast

import structlog

from baqylau.domain.commands import Order
from baqylau.domain.observations import LinkEvent
from baqylau.domain.people import Device
from baqylau.monitoring.server.fleet import Fleet
from baqylau.monitoring.server.keeper import Keeps
from baqylau.monitoring.server.reading import read, sign_of_life
from baqylau.monitoring.server.settings import Limits
from baqylau.protocols.openings import AnySession
from baqylau.protocols.session import (
    Carried,
    Event,
    Fault,
    Hangup,
    Keep,
    Login,
    Outcome,
    Ping,
    Reading,
    Rejected,
    Session,
    TakesOrders,
)
from baqylau.storage.journal.journal import Entry
from baqylau.storage.journal.quarantine import Item

log = structlog.get_logger()

EVENTS_WAITING_MAX = 64
NO_PASSWORD = frozenset({"", "NA"})
"""What registers hold of a device without a password: makers' forms write NA, as Wialon IPS does on the wire."""


class Switchboard(Protocol):
    """What a line needs of whoever holds all lines."""

    fleet: Fleet
    keeper: Keeps
    limits: Limits
    now: Callable[[], datetime]
    time_s: Callable[[], float]
    carried: Callable[["Line", Carried], None]
    """Called with what a device says of an order."""

    def admit(self, line: "Line") -> bool:
        """Take a new line, or say that there are too many."""
        ...

    def forget(self, line: "Line") -> None:
        """Drop a line that ended."""
        ...

    def signed_in(self, line: "Line", device: Device) -> None:
        """Note who is on the line."""
        ...

    def spoke(self, line: "Line", device: Device) -> None:
        """Note of whom a record came on a line on which nobody signed in."""
        ...


class Line(asyncio.Protocol):
    """The server's end of one connection."""

    def __init__(self, gateway: Switchboard, protocol: str, session: Session) -> None:
        """Join a gateway with a fresh session of the protocol."""
        self._gateway = gateway
        self._door = protocol
        self._session = session
        self._events: deque[Event] = deque()
        self._waiting = False
        self._faults = 0
        self._pinged_at_s = float("-inf")
        self.device: Device | None = None
        self._speaker: Device | None = None
        self.peer = ""
        self.opened_at = gateway.now()
        self.opened_at_s = self.heard_at_s = gateway.time_s()
        self.unfinished_since_s: float | None = None

    @property
    def _protocol(self) -> str:
        """Give the protocol of the door, or that which the line turned out to speak."""
        return self._session.protocol if isinstance(self._session, AnySession) else self._door

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start, or close at once when there are too many lines."""
        self._transport = cast("asyncio.Transport", transport)
        peer = self._transport.get_extra_info("peername")
        self.peer = f"{peer[0]}:{peer[1]}" if peer else ""
        if not self._gateway.admit(self):
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the line. What it has handed over is kept all the same; a frame that was cut off is set aside."""
        if undecided := self._session.undecided:
            self._set_aside(Rejected(fault=Fault.TRUNCATED, raw=undecided))
        self._gateway.forget(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes in any cut."""
        self.heard_at_s = self._gateway.time_s()
        events = self._session.receive(data)
        if events:
            self.unfinished_since_s = None
            self._events.extend(events)
            self._advance()
        elif not self._session.undecided:
            self.unfinished_since_s = None
        elif self.unfinished_since_s is None:
            self.unfinished_since_s = self.heard_at_s

    def close(self, why: str) -> None:
        """End the conversation for a reason of ours."""
        log.info("line_closed", protocol=self._protocol, why=why, device=self.device.id if self.device else None)
        self._transport.close()

    def order(self, number: int, order: Order) -> bytes | None:
        """Give the bytes that order the device something, None when its protocol has no words for it."""
        return self._session.order(number, order) if isinstance(self._session, TakesOrders) else None

    def tell(self, words: bytes) -> None:
        """Send what is no answer. On a line that ended it is lost, as on the way."""
        if not self._transport.is_closing():
            self._transport.write(words)

    def _advance(self) -> None:
        while self._events and not self._waiting and not self._transport.is_closing():
            self._handle(self._events.popleft())
        if len(self._events) > EVENTS_WAITING_MAX:
            self._transport.pause_reading()
        elif not self._transport.is_closing():
            self._transport.resume_reading()

    def _handle(self, event: Event) -> None:
        match event:
            case Keep():
                self._keep(event)
            case Login():
                self._sign_in(event)
            case Ping():
                self._ping(event)
            case Carried():
                self._gateway.carried(self, event)
                self._ping(event)
            case Rejected():
                self._set_aside(event)
                self._answer(event, ())
                self._fault()
            case Hangup(rejected=rejected):
                self._set_aside(rejected)
                self._answer(event, ())
                self.close(rejected.fault)
            case _:
                assert_never(event)

    def _answer(self, event: Event, outcomes: tuple[Outcome, ...]) -> None:
        answer = self._session.answer(event, outcomes)
        if answer and not self._transport.is_closing():
            self._transport.write(answer)

    def _sign_in(self, login: Login) -> None:
        device = self._gateway.fleet.find(self._protocol, login.number)
        if device is None or device.password not in NO_PASSWORD | {login.password}:
            outcome = Outcome.UNKNOWN_DEVICE if device is None else Outcome.WRONG_PASSWORD
            self._set_aside(Rejected(fault=Fault.NOT_SIGNED_IN, raw=login.raw, detail=outcome), number=login.number)
            self._answer(login, (outcome,))
            self._events.clear()
            self.close("the sign-in was refused")
            return
        self.device = device
        self._gateway.signed_in(self, device)
        self._sign_of_life(LinkEvent.LOGIN, login.raw)
        self._answer(login, (Outcome.ACCEPTED,))

    def _ping(self, ping: Ping | Carried) -> None:
        now_s = self._gateway.time_s()
        if now_s - self._pinged_at_s >= self._gateway.limits.ping_kept_s:
            self._pinged_at_s = now_s
            self._sign_of_life(LinkEvent.PING, ping.raw)
        self._answer(ping, ())

    def _sign_of_life(self, event: LinkEvent, raw: bytes) -> None:
        device = self.device or self._speaker
        if device is not None:
            fact = sign_of_life(self._gateway.fleet, device, event, raw, now=self._gateway.now())
            if fact:
                self._gateway.keeper.submit(fact, None)

    def _keep(self, keep: Keep) -> None:
        for rejected in keep.rejected:
            self._set_aside(rejected)
        facts: list[Entry] = []
        outcomes = tuple(self._take(reading, facts) for reading in keep.readings)
        if facts:
            self._waiting = True
            self._gateway.keeper.submit(facts, partial(self._kept, keep, outcomes))
        else:
            self._answer(keep, outcomes)

    def _take(self, reading: Reading, facts: list[Entry]) -> Outcome:
        device = self._gateway.fleet.find(self._protocol, reading.number)
        if device is None:
            unknown = Rejected(fault=Fault.NOT_SIGNED_IN, raw=reading.raw, detail=Outcome.UNKNOWN_DEVICE)
            self._set_aside(unknown, number=reading.number)
            self._fault()
            return Outcome.UNKNOWN_DEVICE
        if self.device is None:
            self._speaker = device
            self._gateway.spoke(self, device)
        fact = read(self._gateway.fleet, device, reading, now=self._gateway.now())
        if not fact:
            self._gateway.keeper.refuse(device.id)
        facts += fact
        return Outcome.ACCEPTED

    def _kept(self, keep: Keep, outcomes: tuple[Outcome, ...], committed: bool) -> None:  # noqa: FBT001 - a callback's word
        if not committed:
            outcomes = tuple(Outcome.NOT_KEPT if one is Outcome.ACCEPTED else one for one in outcomes)
        self._waiting = False
        self._answer(keep, outcomes)
        self._advance()

    def _set_aside(self, rejected: Rejected, number: str | None = None) -> None:
        self._gateway.keeper.set_aside(
            Item(
                protocol=self._protocol,
                peer=self.peer,
                number=number or (self.device.number if self.device else None),
                fault=rejected.fault,
                detail=rejected.detail,
                raw=rejected.raw,
            )
        )

    def _fault(self) -> None:
        """Count a frame that could not be taken at all; a peer that sends little else is cut off."""
        self._faults += 1
        if self._faults >= self._gateway.limits.faults_per_line:
            self.close("too many rejected frames")
