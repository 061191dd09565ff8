"""Two Bluetooth controllers that exist in memory only, and between them an air that weakens and loses."""

import asyncio
from random import Random

from bumble import hci, ll
from bumble.controller import Controller
from bumble.core import AdvertisingData
from bumble.device import Advertisement, AdvertisingType, Device
from bumble.hci import HCI_LE_Extended_Advertising_Report_Event as ReportEvent
from bumble.host import Host
from bumble.link import LocalLink
from bumble.transport.common import AsyncPipeSink

from baqylau.links.radio.ble import COMPANY, Heard

LEGACY_NOT_CONNECTABLE = 0x10
ONCE_MS = 10_000.0
"""Long enough that each frame goes out at once, and once."""


class WeakLink(LocalLink):
    """Delivers what is advertised once, as one report of a legacy beacon, with a strength of our own; or loses it."""

    def __init__(self, random: Random, rssi_dbm: float, spread_db: float, loss: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._random, self._rssi_dbm, self._spread_db, self._loss = random, rssi_dbm, spread_db, loss
        self.on_air = asyncio.Event()

    def send_advertising_pdu(self, sender_controller: Controller, packet: ll.AdvertisingPdu) -> None:
        self.on_air.set()
        for one in self.controllers:
            listens = one is not sender_controller and one.le_scan_enable
            if listens and isinstance(packet, ll.AdvInd | ll.AdvExtInd) and self._random.random() >= self._loss:
                rssi_dbm = round(self._random.gauss(self._rssi_dbm, self._spread_db))
                one.send_hci_packet(ReportEvent([_report(packet, rssi_dbm)]))


def _report(packet: ll.AdvInd | ll.AdvExtInd, rssi_dbm: int) -> ReportEvent.Report:
    return ReportEvent.Report(
        event_type=LEGACY_NOT_CONNECTABLE,
        address_type=packet.advertiser_address.address_type,
        address=packet.advertiser_address,
        primary_phy=hci.Phy.LE_1M,
        secondary_phy=0,
        advertising_sid=0xFF,
        tx_power=0x7F,
        rssi=rssi_dbm,
        periodic_advertising_interval=0,
        direct_address_type=0,
        direct_address=hci.Address.ANY,
        data=packet.data,
    )


def device(name: str, address: str, link: LocalLink) -> Device:
    """Give a Bluetooth device with a controller of its own on the link."""
    controller = Controller(name, link=link)
    host = Host()
    host.controller = controller
    controller.host = AsyncPipeSink(host)
    return Device(name=name, address=hci.Address(address), host=host)


async def advertise(sender: Device, link: WeakLink, frame: bytes) -> None:
    """Send one beacon, as the bracelet does: manufacturer data and nothing else."""
    body = bytes([AdvertisingData.MANUFACTURER_SPECIFIC_DATA]) + COMPANY.to_bytes(2, "little") + frame
    link.on_air.clear()
    await sender.start_advertising(
        AdvertisingType.UNDIRECTED,
        advertising_data=bytes([len(body)]) + body,
        advertising_interval_min=ONCE_MS,
        advertising_interval_max=ONCE_MS,
    )
    await link.on_air.wait()
    await sender.stop_advertising()


class BumbleScanner:
    """What the unit's Bluetooth source scans with, over a controller in memory."""

    def __init__(self, receiver: Device) -> None:
        self._receiver = receiver
        self.reports: list[Advertisement] = []
        self.listening = asyncio.Event()

    async def start(self, heard: Heard) -> None:
        def advertised(one: Advertisement) -> None:
            self.reports.append(one)
            for company, raw in one.data.get_all(AdvertisingData.MANUFACTURER_SPECIFIC_DATA):
                heard(raw if company == COMPANY else b"", float(one.rssi))

        self._receiver.on("advertisement", advertised)
        await self._receiver.start_scanning(active=False)
        self.listening.set()

    async def stop(self) -> None:
        await self._receiver.stop_scanning()
