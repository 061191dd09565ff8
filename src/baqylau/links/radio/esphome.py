"""A second receiver elsewhere in the home: an ESPHome Bluetooth proxy, which passes on what is advertised around it.

The proxy runs firmware that is not ours; nothing it says is believed before the beacon itself proves it. Its library is
imported when listening begins, so that units without a proxy need none (`pip install baqylau[esphome]`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from baqylau.links.radio.ble import COMPANY, WAITING_MAX
from baqylau.links.radio.words import Clock, Frame, Said, SourceLostError

if TYPE_CHECKING:
    from aioesphomeapi.api_pb2 import BluetoothLERawAdvertisementsResponse

PORT = 6053
CONNECT_S = 20.0
_MANUFACTURER = 0xFF


class EsphomeSource:
    """One proxy on the network of the home."""

    def __init__(self, address: str, clock: Clock, key: str = "", company: int = COMPANY) -> None:
        """Take `HOST` or `HOST:PORT`, what stamps arrivals, and the key of the proxy's encryption if it has one."""
        host, colon, port = address.rpartition(":")
        self._host, self._port = (host, int(port)) if colon else (address, PORT)
        self._clock, self._key, self._company = clock, key, company
        self.name = f"esphome:{self._host}"

    async def words(self) -> AsyncIterator[Said]:
        """Listen until the proxy goes away."""
        heard: asyncio.Queue[Said | None] = asyncio.Queue(WAITING_MAX)
        async with self._listening(heard):
            while (said := await heard.get()) is not None:
                yield said
        raise SourceLostError(self.name)

    @asynccontextmanager
    async def _listening(self, heard: asyncio.Queue[Said | None]) -> AsyncIterator[None]:
        """Fill the queue; None in it says that the proxy is gone."""
        try:
            from aioesphomeapi.client import APIClient  # noqa: PLC0415 - only units with a proxy need it
            from aioesphomeapi.core import APIConnectionError  # noqa: PLC0415
        except ImportError as missing:
            raise SourceLostError(f"{self.name}: baqylau[esphome] is not installed") from missing

        async def gone(_expected: bool) -> None:  # noqa: FBT001 - the library calls it so
            if heard.full():
                heard.get_nowait()
            heard.put_nowait(None)

        client = APIClient(self._host, self._port, None, client_info="baqylau", noise_psk=self._key or None)
        try:
            async with asyncio.timeout(CONNECT_S):
                await client.connect(on_stop=gone, log_errors=False)
            client.subscribe_bluetooth_le_raw_advertisements(partial(self._take, heard))
            yield
        except (APIConnectionError, TimeoutError, OSError) as wrong:
            raise SourceLostError(self.name) from wrong
        finally:
            await client.disconnect(force=True)

    def _take(self, heard: asyncio.Queue[Said | None], said: "BluetoothLERawAdvertisementsResponse") -> None:
        for one in said.advertisements:
            if not heard.full():
                raw = manufacturer_data(one.data, self._company)
                heard.put_nowait(Said(self._clock(), Frame(raw, float(one.rssi))))


def manufacturer_data(advertisement: bytes, company: int) -> bytes:
    """Give what an advertisement holds for a company (Bluetooth Core Supplement, part A, 1.4), or nothing."""
    at = 0
    while at + 1 < len(advertisement):
        length = advertisement[at]
        part = advertisement[at + 1 : at + 1 + length]
        if length == 0 or len(part) < length:
            return b""
        if part[0] == _MANUFACTURER and part[1:3] == company.to_bytes(2, "little"):
            return part[3:]
        at += 1 + length
    return b""
