"""A log of messages on a NATS server (JetStream): kept in order, acknowledged when kept, read from any place on.

A message counts as kept when the server says so, with as many copies as the stream was made with. Needs the extra
`nats`. Everything lives on one event loop.
"""

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

log = structlog.get_logger()

CONNECT_WITHIN_S = 5
"""So long a server of the cluster may take to answer; then the next one is asked."""
KEEP_WITHIN_S = 5.0
ASK_WITHIN_S = 2.0
"""A question that reached a server just when nobody led the stream is never answered: it is asked anew soon."""
READER_LIVES_S = 60.0
"""So long the server remembers where a reader stands that asks nothing."""
FULL = frozenset({10_077, 10_023, 10_047})
"""By which numbers the server says that it takes nothing more: the stream is full, or the disk."""
_LOST = (NatsError, OSError, TimeoutError)


class LogUnavailableError(Exception):
    """The log could not be reached or took nothing; what was to be kept is not known to be."""

    def __init__(self, what: str, why: BaseException | None = None) -> None:
        """Name the stream or the server, and what it said."""
        said = getattr(why, "description", None) or str(why or "") or (type(why).__name__ if why else "")
        super().__init__(f"{what}: {said}" if said else what)


class LogFullError(LogUnavailableError):
    """The log has no room."""


class Server(Struct, frozen=True, kw_only=True):
    """Where the server is, and who we are there."""

    url: str
    """`nats://` or `tls://`, with a port; of a cluster several, with a comma between."""
    credentials: str = ""
    """A file with a JWT and a seed; none where the address names a user."""
    ca: str = ""
    """A file with the certificate of who vouches for the server; the system's when empty."""
    domain: str = ""
    """Of the JetStream that is meant, where the server only leads there (leaf nodes)."""


class Message(Struct, frozen=True, gc=False):
    """One kept message."""

    seq: int
    subject: str
    payload: bytes


class Stream(Struct, frozen=True, kw_only=True):
    """What a stream should be."""

    name: str
    subjects: tuple[str, ...]
    bytes_max: int
    replicas: int = 1
    latest_only: bool = False
    """Of each subject only the last message stays."""


class Standing(Struct, frozen=True):
    """How a stream stands."""

    identity: str
    """Another when it was made anew: its numbers then begin again."""
    last_seq: int
    messages: int
    size_bytes: int


class Log:
    """A line to the server; kept up by itself."""

    def __init__(self, client: Client, domain: str) -> None:
        """Use `opened`."""
        self._client = client
        self._streams: JetStreamContext = client.jetstream(domain=domain or None, timeout=ASK_WITHIN_S)

    @property
    def version(self) -> tuple[int, int]:
        """The server's release, the first two numbers."""
        version = self._client.connected_server_version
        return version.major, version.minor

    @property
    def connected(self) -> bool:
        """Whether there is a line now."""
        return bool(self._client.is_connected)

    @property
    def payload_max_bytes(self) -> int:
        """How much the server takes in one message."""
        return int(self._client.max_payload)

    async def ensure(self, stream: Stream) -> None:
        """Make a stream, or make the one that there is as it should be. `LogUnavailableError`."""
        wanted = api.StreamConfig(
            name=stream.name,
            subjects=list(stream.subjects),
            max_bytes=stream.bytes_max,
            num_replicas=stream.replicas,
            storage=api.StorageType.FILE,
            discard=api.DiscardPolicy.OLD if stream.latest_only else api.DiscardPolicy.NEW,
            max_msgs_per_subject=1 if stream.latest_only else -1,
        )
        try:
            try:
                await self._streams.stream_info(stream.name)
            except NotFoundError:
                await self._streams.add_stream(wanted)
            else:
                await self._streams.update_stream(wanted)
        except _LOST as wrong:
            raise LogUnavailableError(stream.name, wrong) from wrong

    async def standing(self, stream: str) -> Standing:
        """Tell how a stream stands. `LogUnavailableError`, also when there is no such."""
        try:
            found = await self._streams.stream_info(stream)
        except _LOST as wrong:
            raise LogUnavailableError(stream, wrong) from wrong
        made_at = found.created or datetime.min.replace(tzinfo=UTC)
        return Standing(made_at.isoformat(), found.state.last_seq, found.state.messages, found.state.bytes)

    async def keep(self, subject: str, payload: bytes) -> int:
        """Have a message kept and give its number. `LogUnavailableError` when it is not known to be kept."""
        try:
            kept = await self._streams.publish(subject, payload, timeout=KEEP_WITHIN_S)
        except _LOST as wrong:
            if getattr(wrong, "err_code", None) in FULL:
                raise LogFullError(subject, wrong) from wrong
            raise LogUnavailableError(subject, wrong) from wrong
        return kept.seq

    async def forget_through(self, stream: str, seq: int) -> None:
        """Take away everything up to a number. `LogUnavailableError`."""
        try:
            await self._streams.purge_stream(stream, seq=seq + 1)
        except _LOST as wrong:
            raise LogUnavailableError(stream, wrong) from wrong

    async def forget_subject(self, stream: str, subject: str) -> None:
        """Take away what there is of one subject. `LogUnavailableError`."""
        try:
            await self._streams.purge_stream(stream, subject=subject)
        except _LOST as wrong:
            raise LogUnavailableError(stream, wrong) from wrong

    async def drop(self, stream: str) -> None:
        """Take away a stream with all that is in it. `LogUnavailableError`."""
        try:
            await self._streams.delete_stream(stream)
        except _LOST as wrong:
            raise LogUnavailableError(stream, wrong) from wrong

    async def leader(self, stream: str) -> str:
        """Give the name of the server that leads a stream's copies; empty for a single one. `LogUnavailableError`."""
        try:
            found = await self._streams.stream_info(stream)
        except _LOST as wrong:
            raise LogUnavailableError(stream, wrong) from wrong
        return (found.cluster.leader or "") if found.cluster is not None else ""

    def reader(self, stream: str, subject: str, after: int, *, holes: bool = False) -> "Reader":
        """Give who reads a stream from a number on; `holes`: whether messages may be missing in the middle."""
        return Reader(self._streams, stream, subject, after, holes=holes)

    async def close(self) -> None:
        """End the line."""
        await self._client.close()


class Reader:
    """Reads a stream in order. What the server does not remember of us, we do."""

    def __init__(self, streams: JetStreamContext, stream: str, subject: str, after: int, *, holes: bool) -> None:
        """Use `Log.reader`."""
        self._streams, self._stream, self._subject = streams, stream, subject
        self._after, self._holes = after, holes
        self._asking: JetStreamContext.PullSubscription | None = None
        self._begun = False
        """Whether the next message is the first one after we began to ask: what was taken away may lie before it."""

    async def next(self, most: int, wait_s: float) -> list[Message]:
        """Give what comes next, at most so many, none when nothing came meanwhile. `LogUnavailableError`."""
        try:
            asking = self._asking or await self._begin()
            found = await asking.fetch(most, timeout=wait_s)
        except TimeoutError:
            found = []
        except _LOST as wrong:
            await self.rest()
            raise LogUnavailableError(self._stream, wrong) from wrong
        if not found:
            await self._look_behind()
        taken = self._in_order(found)
        if len(taken) < len(found):
            await self.rest()
        return taken

    def _in_order(self, found: Sequence[Msg]) -> list[Message]:
        """Take what follows on each other. A hole is not passed over: it is asked for again."""
        taken: list[Message] = []
        for one in found:
            seq = one.metadata.sequence.stream
            if seq != self._after + 1 and not (self._holes or self._begun):
                break
            self._after, self._begun = seq, False
            taken.append(Message(seq, one.subject, one.data))
        return taken

    async def _look_behind(self) -> None:
        """Begin to ask anew where there is more than we were told: the server may have forgotten where we stand.

        Where there is less than we have seen, it is another stream of the same name.
        """
        try:
            state = (await self._streams.stream_info(self._stream)).state
        except _LOST as wrong:
            await self.rest()
            raise LogUnavailableError(self._stream, wrong) from wrong
        if state.last_seq < self._after:
            await self.rest()
            raise LogUnavailableError(self._stream)
        if state.last_seq > self._after and state.messages:
            await self.rest()

    async def _begin(self) -> JetStreamContext.PullSubscription:
        self._begun = True
        self._asking = await self._streams.pull_subscribe(
            self._subject,
            stream=self._stream,
            config=api.ConsumerConfig(
                deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=self._after + 1,
                ack_policy=api.AckPolicy.NONE,
                inactive_threshold=READER_LIVES_S,
                mem_storage=True,
                num_replicas=1,
            ),
        )
        return self._asking

    async def rest(self) -> None:
        """Stop asking; the next question begins where this one ended."""
        asking, self._asking = self._asking, None
        if asking is not None:
            with suppress(*_LOST):
                await asking.unsubscribe()


async def opened(server: Server, name: str) -> Log:
    """Begin to keep a line to the server, however long it is away. `LogUnavailableError` when it never answered.

    The library would try for ever, without a word: whoever mistyped a password could wait, and ask in vain to stop.
    """
    context = ssl.create_default_context(cafile=server.ca or None) if server.url.startswith("tls://") else None
    client, urls, last = Client(), server.url.split(","), _Last()

    async def away() -> None:
        if not client.is_closed:
            log.warning("nats_away")

    async def trouble(wrong: Exception) -> None:
        last.wrong = wrong
        if client.is_connected:  # while it is away, each attempt would say so again
            log.warning("nats_trouble", why=type(wrong).__name__)

    try:
        async with asyncio.timeout(CONNECT_WITHIN_S * len(urls)):
            await client.connect(
                urls,
                name=name,
                tls=context,
                user_credentials=server.credentials or None,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                connect_timeout=CONNECT_WITHIN_S,
                ping_interval=5,
                max_outstanding_pings=2,
                pending_size=-1,
                error_cb=trouble,
                disconnected_cb=away,
                reconnected_cb=_back,
            )
    except _LOST as wrong:
        with suppress(*_LOST):
            await client.close()
        raise LogUnavailableError(", ".join(url.rpartition("@")[2] for url in urls), last.wrong or wrong) from wrong
    return Log(client, server.domain)


class _Last(Struct):
    """What went wrong last on the way to the server."""

    wrong: Exception | None = None


async def _back() -> None:
    log.info("nats_back")
