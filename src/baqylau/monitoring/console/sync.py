"""The console's contact with the server: it asks, then brings what waits, in order and once.

It asks first, so that the server knows how the console's clock goes before it reads a record. A record leaves the
console when the server says that it is kept, and not before.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.links.device_line import BATCHES, CONSOLE, LineError, RevokedError
from baqylau.links.radio.words import Clock, Stamp
from baqylau.monitoring.console.secrets import Officer, box_key
from baqylau.monitoring.console.store import Store
from baqylau.protocols.batch.envelope import OpenedAnswer, digest_of, opened_answer, sealed_batch
from baqylau.protocols.batch.records import Batch
from baqylau.protocols.console.envelope import opened_given, sealed_ask
from baqylau.protocols.console.words import Ask, Given

log = structlog.get_logger()

RENEWED = timedelta(minutes=30)
"""A package older than this is asked for anew [K]."""
SALT_BYTES = 16


class Line(Protocol):
    """What carries bytes to the server and back; `LineError` when it cannot."""

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Give the answer to a request."""

    async def close(self) -> None:
        """End it."""


class Identity(Struct, frozen=True, kw_only=True):
    """Which console this is, and whom it believes."""

    device_id: DeviceId
    seed: bytes
    trusted: tuple[bytes, ...]
    boot: str
    """Names this start of the machine."""


class RefusedError(Exception):
    """The server gives this officer nothing; the word says why."""


def _nobody_listens(_sealed: bytes) -> None:
    """No officer uses the console."""


class Sync:
    """Both directions. One contact at a time."""

    def __init__(self, identity: Identity, line: Line | None, store: Store, clock: Clock) -> None:
        """Take who we are, the line (None: there is never one), what is kept, and both clocks."""
        self._identity, self._line, self._store, self._clock = identity, line, store, clock
        self._signer = Signer(identity.seed)
        self.online = False
        self.synced_at: datetime | None = None
        self.news: Callable[[bytes], None] = _nobody_listens

    async def begin(self, login: str, password: str) -> Officer:
        """Let an officer begin: `LineError` without a network, `RefusedError` when the server refuses.

        What waits is brought first: the package is to be of what was done already.
        """
        if self._store.waiting():
            self._take(await self._ask(wants=False))
            await self._bring_all(news=False)
        salt = self._store.held("salt") or os.urandom(SALT_BYTES)
        officer = Officer(self._identity.seed, password, salt)
        given = await self._ask(wants=True, officer=login, password=password, officer_key=officer.public_key)
        if given.refused:
            raise RefusedError(given.refused)
        self._store.hold(salt=salt)
        self._take(given)
        return officer

    async def contact(self, *, news: bool = False, about: tuple[PersonId, ...] = ()) -> None:
        """Ask, take what is new, bring what waits, and hear what became of it. `LineError` when there is no way.

        `news`: an officer uses it; `about`: whose page they have open.
        """
        made = self._store.held("package_at")
        stale = made is None or self.right(self._clock()) - datetime.fromisoformat(made.decode()) >= RENEWED
        has_officer = self._store.held("salt") is not None
        self._take(await self._ask(wants=has_officer and stale, news=news, about=about))
        await self._bring_all(news=news)

    async def _bring_all(self, *, news: bool) -> None:
        while (batch := self._store.batch(self._identity.device_id)) is not None:
            waits = self._store.pauses(batch)
            await self._bring(batch)
            if waits:
                self._take(await self._ask(wants=False, news=news))

    async def _ask(
        self,
        *,
        wants: bool,
        news: bool = False,
        about: tuple[PersonId, ...] = (),
        officer: str = "",
        password: str = "",
        officer_key: bytes = b"",
    ) -> Given:
        line, stamp, count = self._line, self._clock(), self._store.number("count") + 1
        if line is None:
            raise LineError("no server")
        self._store.hold(count=count)
        ask = Ask(
            device_id=self._identity.device_id,
            count=count,
            at=stamp.at,
            monotonic_ms=stamp.monotonic_ms,
            boot=self._identity.boot,
            box_key=box_key(self._identity.seed).public_key,
            wants=wants,
            news=news,
            about=about,
            officer=officer,
            password=password,
            officer_key=officer_key,
        )
        try:
            raw = await line.post(CONSOLE, sealed_ask(ask, self._signer))
        except RevokedError:
            self._store.wipe("revoked")
            self.online = True
            raise
        except LineError:
            self.online = False
            raise
        given = opened_given(raw, self._identity.trusted, self._identity.device_id, count)
        if given is None:
            self.online = False
            raise LineError("not the server's word")
        self._told(given, stamp)
        return given

    def _told(self, given: Given, asked: Stamp) -> None:
        """Learn how far the own clock is wrong: half of the way there and back is taken for the server's instant."""
        now = self._clock()
        middle = asked.at + (now.at - asked.at) / 2
        ahead_ms = round((middle - given.at).total_seconds() * 1000)
        self._store.hold(ahead_ms=ahead_ms, server_key=given.server_key)
        self.online, self.synced_at = True, given.at

    def _take(self, given: Given) -> None:
        if given.news is not None:
            self._store.hold(news=given.news)
            self.news(given.news)
        if given.package is None:
            return
        self._store.hold(
            package=given.package,
            package_at=given.at.isoformat().encode(),
            package_ms=self._clock().monotonic_ms,
            package_boot=self._identity.boot.encode(),
            wiped=b"",
        )

    async def _bring(self, batch: Batch) -> None:
        if self._line is None:
            raise LineError("no server")
        raw = sealed_batch(batch, self._signer)
        self._store.made(digest_of(raw))
        opened = opened_answer(await self._line.post(BATCHES, raw), self._identity.trusted, self._identity.device_id)
        if not isinstance(opened, OpenedAnswer):
            raise LineError(opened.fault)
        self._store.kept(opened.answer.ack_through, opened.answer.also_kept)
        log.info("brought", records=len(batch.records), through=opened.answer.ack_through)

    async def close(self) -> None:
        """End the line."""
        if self._line is not None:
            await self._line.close()

    def right(self, stamp: Stamp) -> datetime:
        """Give an instant put right by what the server said last."""
        return stamp.at - timedelta(milliseconds=self._store.number("ahead_ms"))
