"""A proxy on a loopback socket that speaks ESPHome's own protocol, as far as a listener asks for it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from aioesphomeapi.api_pb2 import (
    BluetoothLERawAdvertisement,
    BluetoothLERawAdvertisementsResponse,
    DeviceInfoResponse,
    DisconnectResponse,
    HelloResponse,
    PingResponse,
)
from google.protobuf.message import Message

HELLO, BYE, PING, INFO, SUBSCRIBE = 1, 5, 7, 9, 66
_NUMBERS: dict[type[Message], int] = {
    HelloResponse: 2,
    DisconnectResponse: 6,
    PingResponse: 8,
    DeviceInfoResponse: 10,
    BluetoothLERawAdvertisementsResponse: 93,
}
_ANSWERS: dict[int, Message] = {
    HELLO: HelloResponse(api_version_major=1, api_version_minor=10, name="hall"),
    BYE: DisconnectResponse(),
    PING: PingResponse(),
    INFO: DeviceInfoResponse(name="hall"),
}


class Proxy:
    """What it hears is told to whoever has asked for it; then, if told to, it goes away."""

    def __init__(self, heard: Iterable[tuple[bytes, int]], *, stays: bool) -> None:
        self.heard, self.stays, self.port = tuple(heard), stays, 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                number = await _message(reader)
                if number in _ANSWERS:
                    _say(writer, _ANSWERS[number])
                if number == SUBSCRIBE:
                    _say(writer, _advertised(self.heard))
                    await writer.drain()
                    if not self.stays:
                        return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()


@asynccontextmanager
async def proxy(heard: Iterable[tuple[bytes, int]], *, stays: bool = True) -> AsyncIterator[Proxy]:
    """Give a proxy that hears these advertisements, each with its strength."""
    one = Proxy(heard, stays=stays)
    server = await asyncio.start_server(one.answer, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    try:
        yield one
    finally:
        server.close()


def _advertised(heard: Iterable[tuple[bytes, int]]) -> Message:
    return BluetoothLERawAdvertisementsResponse(
        advertisements=[
            BluetoothLERawAdvertisement(address=1, rssi=rssi_dbm, address_type=1, data=raw) for raw, rssi_dbm in heard
        ]
    )


async def _message(reader: asyncio.StreamReader) -> int:
    await reader.readexactly(1)
    length, number = await _varint(reader), await _varint(reader)
    await reader.readexactly(length)
    return number


async def _varint(reader: asyncio.StreamReader) -> int:
    value, shift = 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
        shift += 7


def _say(writer: asyncio.StreamWriter, message: Message) -> None:
    content = message.SerializeToString()
    writer.write(b"\0" + _as_varint(len(content)) + _as_varint(_NUMBERS[type(message)]) + content)


def _as_varint(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _as_varint(rest) if rest else bytes([low])
