"""A line to a log that cannot be had is not waited for in silence."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import pytest

from baqylau.links import jetstream
from baqylau.links.jetstream import LogUnavailableError, Server, opened

Answers = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
INFO = b'INFO {"server_id":"A","version":"2.11.0","max_payload":2097152,"auth_required":true}\r\n'


async def knows_nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer as a NATS server answers a wrong password."""
    writer.write(INFO)
    with suppress(OSError):
        await reader.readline()
        writer.write(b"-ERR 'Authorization Violation'\r\n")
        await writer.drain()
        writer.close()


async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the line and leave it at that."""
    await reader.read()
    writer.close()


async def told_of(answers: Answers) -> str:
    """Give what whoever wants a line is told."""
    async with await asyncio.start_server(answers, "127.0.0.1", 0) as server:
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(LogUnavailableError) as gave_up:
            await opened(Server(url=f"nats://gateway:a-secret@{address}"), "test")
    said = str(gave_up.value)
    assert said.startswith(f"{address}: ")
    assert "a-secret" not in said
    return said.removeprefix(f"{address}: ")


@pytest.mark.parametrize(
    ("answers", "why"),
    [(knows_nobody, "authorization"), (says_nothing, "timeout")],
    ids=["a wrong password", "silence"],
)
def test_a_server_that_does_not_let_us_in_is_named_with_its_reason(
    monkeypatch: pytest.MonkeyPatch, answers: Answers, why: str
) -> None:
    monkeypatch.setattr(jetstream, "CONNECT_WITHIN_S", 0.3)
    assert why in asyncio.run(told_of(answers)).lower()


def test_of_a_cluster_that_is_away_every_server_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jetstream, "CONNECT_WITHIN_S", 0.2)
    cluster = Server(url="nats://a:b@127.0.0.1:1,nats://a:b@127.0.0.1:2")
    with pytest.raises(LogUnavailableError, match=r"^127\.0\.0\.1:1, 127\.0\.0\.1:2: .*onnect"):
        asyncio.run(opened(cluster, "test"))
