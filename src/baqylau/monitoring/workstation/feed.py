"""The feed as server-sent events: everything after the listener's cursor, then what comes, until somebody leaves.

A listener that does not read is cut off and comes back with its cursor; one that is too far behind is told to load the
page's content anew (`reload`). An open feed keeps its session alive until the absolute end of it.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import assert_never

import anyio
from anyio.abc import TaskGroup
from msgspec.structs import replace
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.access.duty import alarm_for, people_for
from baqylau.monitoring.workstation.access.gate import still_signed_in
from baqylau.monitoring.workstation.broadcast import READ_AT_ONCE, FellBehindError, Told, event
from baqylau.monitoring.workstation.desk import Desk
from baqylau.monitoring.workstation.messages import FeedAlarm, FeedBeat, FeedPeople
from baqylau.storage.access.accounts import Account
from baqylau.storage.database import StorageUnavailableError

BACKLOG = 10_000
"""Rows after which loading everything anew is cheaper than telling each."""
SEND_WITHIN_S = 10.0
STILL_SIGNED_IN_S = 15.0
RELOAD = b"event: reload\ndata: {}\n\n"
_HELLO = b": listening\n\n"


class Listener:
    """One listener's way: what it missed from the database, then along the broadcaster's ring."""

    def __init__(self, desk: Desk, after: int, account: Account) -> None:
        self._desk = desk
        self._account = account
        self._after = after
        self._left = False
        self._crowded = False
        """Those within the bounds are too many to be told of each that moves: the screen asks for what it shows."""

    def leave(self) -> None:
        """Let nothing more be told."""
        self._left = True

    async def events(self) -> AsyncGenerator[bytes]:
        """Give everything after the cursor in its order, without end; or `reload` and end."""
        broadcaster = self._desk.broadcaster
        position, upto = broadcaster.position, broadcaster.cursor
        self._crowded = await self._desk.do(self._desk.live.crowded, self._account)
        yield _HELLO
        if await self._desk.do(self._desk.watching.too_far, self._after, BACKLOG):
            yield RELOAD
            return
        async for missed in self._missed(upto):
            yield missed
        while not self._over():
            try:
                told = await broadcaster.told(position)
            except FellBehindError:
                yield RELOAD
                return
            if self._over():
                return
            position += len(told)
            yield b"".join(self._shown(one) for one in told if one.cursor is None or one.cursor > self._after)

    def _over(self) -> bool:
        return self._left or self._desk.broadcaster.closed

    def _shown(self, told: Told) -> bytes:
        """Give an event as this listener may read it; nothing of those beyond the bounds."""
        if self._crowded and isinstance(told.message, FeedPeople):
            return b""
        if self._account.bounds.everybody and may(self._account.role, Action.LOOK_IDENTITY):
            return told.data
        match told.message:
            case FeedAlarm(row=row) as message:
                shown = alarm_for(self._account, row)
                return b"" if shown is None else event(replace(message, row=shown)).data
            case FeedPeople(people=people) as message:
                return event(replace(message, people=people_for(self._account, people))).data
            case FeedBeat():
                return told.data
            case _:
                assert_never(told.message)

    async def _missed(self, upto: int) -> AsyncGenerator[bytes]:
        watching, at = self._desk.watching, self._after
        while at < upto:
            news = await self._desk.do(watching.news, at, READ_AT_ONCE)
            if news.cursor == at:
                break
            at = self._after = news.cursor
            yield b"".join(self._shown(event(alarm)) for alarm in news.alarms)
        yield self._shown(event(await self._desk.do(watching.lately_moved)))


class EventStream(Response):
    """Sends a listener's events until it leaves, does not read, is signed out or the server stops."""

    media_type = "text/event-stream"

    def __init__(self, desk: Desk, listener: Listener, token: str) -> None:
        self._desk = desk
        self._listener = listener
        self._token = token
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the first reason to end."""
        self._desk.broadcaster.listeners += 1
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_gone, receive, group)
                group.start_soon(self._while_signed_in)
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                if scope["method"] == "HEAD" or await self._sent(send):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                group.cancel_scope.cancel()
        finally:
            self._desk.broadcaster.listeners -= 1

    async def _sent(self, send: Send) -> bool:
        """Tell whether everything went out until the events ended; not, when the listener did not read.

        While the database is away nobody can know what a listener missed: the feed ends and the listener comes back.
        """
        with suppress(StorageUnavailableError):
            async with aclosing(self._listener.events()) as events:
                async for data in events:
                    with anyio.move_on_after(SEND_WITHIN_S) as patience:
                        await send({"type": "http.response.body", "body": data, "more_body": True})
                    if patience.cancelled_caught:
                        self._desk.metrics.cut_off.inc()
                        return False
        return True

    async def _until_gone(self, receive: Receive, group: TaskGroup) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        group.cancel_scope.cancel()

    async def _while_signed_in(self) -> None:
        while True:
            leaving = self._desk.broadcaster.leaving
            with suppress(StorageUnavailableError):
                if await still_signed_in(self._desk, self._token) is None:
                    break
            with anyio.move_on_after(STILL_SIGNED_IN_S):
                await leaving.wait()
        self._listener.leave()
