"""Bluetooth LE: passive scanning for beacons in manufacturer data, through BlueZ.

BlueZ scans passively only with patterns, from version 5.56 on and with its experimental interfaces enabled. The
patterns here let through our own beacons and what most others advertise first, which shows that the receiver hears. The
library is imported when a scan begins, so that boards without Bluetooth need none.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from baqylau.links.radio.words import Clock, Frame, Said, SourceLostError

COMPANY = 0xFFFF
"""Company identifier of the manufacturer data; this one is for tests, a maker brings his own."""
WAITING_MAX = 1000
"""Advertisements that wait to be taken; more are lost, as they would be on the air."""

Heard = Callable[[bytes, float], None]


class Scanner(Protocol):
    """What listens to advertisements. `OSError` when it cannot."""

    async def start(self, heard: Heard) -> None:
        """Begin; `heard` gets the manufacturer data of our company, or nothing, and the strength in dBm."""

    async def stop(self) -> None:
        """End."""


class BleSource:
    """A Bluetooth adapter."""

    def __init__(self, scanner: Scanner, clock: Clock, name: str = "ble") -> None:
        """Take what scans, and what stamps arrivals."""
        self._scanner, self._clock, self.name = scanner, clock, name

    async def words(self) -> AsyncIterator[Said]:
        """Scan until nobody wants it any more."""
        heard: asyncio.Queue[Said] = asyncio.Queue(WAITING_MAX)

        def take(raw: bytes, rssi_dbm: float) -> None:
            if not heard.full():
                heard.put_nowait(Said(self._clock(), Frame(raw, rssi_dbm)))

        try:
            await self._scanner.start(take)
        except OSError as wrong:
            raise SourceLostError(self.name) from wrong
        try:
            while True:
                yield await heard.get()
        finally:
            await self._scanner.stop()


class BlueZ:
    """Scans through BlueZ with bleak."""

    def __init__(self, adapter: str = "hci0", company: int = COMPANY) -> None:
        """Take the adapter's name and the company whose manufacturer data holds beacons."""
        self._adapter, self._company = adapter, company
        self._end: Callable[[], Awaitable[None]] | None = None

    async def start(self, heard: Heard) -> None:
        """Begin a passive scan."""
        from bleak import BleakScanner  # noqa: PLC0415 - only boards with Bluetooth need it
        from bleak.args.bluez import BlueZScannerArgs, OrPattern  # noqa: PLC0415
        from bleak.assigned_numbers import AdvertisementDataType  # noqa: PLC0415
        from bleak.backends.device import BLEDevice  # noqa: PLC0415
        from bleak.backends.scanner import AdvertisementData  # noqa: PLC0415
        from bleak.exc import BleakError  # noqa: PLC0415

        def advertised(_device: BLEDevice, advertisement: AdvertisementData) -> None:
            heard(advertisement.manufacturer_data.get(self._company, b""), float(advertisement.rssi))

        ours = OrPattern(0, AdvertisementDataType.MANUFACTURER_SPECIFIC_DATA, self._company.to_bytes(2, "little"))
        others = [OrPattern(0, AdvertisementDataType.FLAGS, bytes([flags])) for flags in (0x02, 0x04, 0x06, 0x1A)]
        scanner = BleakScanner(
            advertised,
            scanning_mode="passive",
            bluez=BlueZScannerArgs(adapter=self._adapter, or_patterns=[ours, *others]),
        )
        try:
            await scanner.start()
        except BleakError as wrong:
            raise OSError(str(wrong)) from wrong
        self._end = scanner.stop

    async def stop(self) -> None:
        """End the scan."""
        if self._end is not None:
            await self._end()
            self._end = None
