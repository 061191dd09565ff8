"""A real frame from the bracelet's core over Bluetooth controllers in memory to the unit's Bluetooth source."""

import asyncio
from datetime import UTC, datetime
from itertools import islice
from random import Random

from baqylau.crypto.blocks import aes
from baqylau.links.radio.ble import BleSource
from baqylau.links.radio.words import Frame, Stamp
from baqylau.protocols.beacon.keys import period_key
from baqylau.protocols.beacon.recognising import Clock, Recognised, Recogniser
from baqylau.sim.air.household import BEGUN_S
from baqylau.sim.air.prescribed import BRACELET
from baqylau.sim.air.worn import ROOT, Bracelet, Crystal
from tests.sim.bumble_air import BumbleScanner, WeakLink, advertise, device

FRAMES = 200
DICE = Random(1)  # noqa: S311 - an air needs no secrets
STAMP = Stamp(datetime(2025, 3, 10, tzinfo=UTC), 0)


async def carried(loss: float) -> tuple[list[Frame], BumbleScanner, list[bytes]]:
    """Send the frames of a quarter of an hour, and give what the source heard."""
    link = WeakLink(DICE, rssi_dbm=-70.0, spread_db=8.0, loss=loss)
    sender, receiver = device("bracelet", "F0:F1:F2:F3:F4:F5", link), device("unit", "E0:E1:E2:E3:E4:E5", link)
    await sender.power_on()
    await receiver.power_on()
    scanner = BumbleScanner(receiver)
    heard: list[Frame] = []

    async def listen() -> None:
        words = BleSource(scanner, lambda: STAMP).words()
        async for said in words:
            assert isinstance(said.word, Frame)
            heard.append(said.word)

    listening = asyncio.create_task(listen())
    frames = [one.beacon.frame() for one in islice(Bracelet(BEGUN_S, Crystal()).until(1200.0), FRAMES)]
    await scanner.listening.wait()
    for frame in frames:
        await advertise(sender, link, frame)
    await asyncio.sleep(0.05)
    listening.cancel()
    return heard, scanner, frames


def test_what_the_bracelet_sends_is_recognised_after_the_bluetooth_air() -> None:
    heard, scanner, frames = asyncio.run(carried(loss=0.0))
    assert [one.raw for one in heard] == frames
    assert not any(one.is_connectable or one.is_scannable or one.is_scan_response for one in scanner.reports)
    assert all(one.is_legacy for one in scanner.reports)
    recogniser = Recogniser(aes, lambda _, period: period_key(ROOT, period), {BRACELET: Clock(learned_s=BEGUN_S)})
    said = [recogniser.hear(one.raw, BEGUN_S + 5.0 * number + 0.5) for number, one in enumerate(heard)]
    assert all(isinstance(one, Recognised) and one.device_id == BRACELET for one in said)


def test_the_bluetooth_air_weakens_and_loses_as_it_is_told() -> None:
    heard, _, frames = asyncio.run(carried(loss=0.3))
    assert 0.6 < len(heard) / len(frames) < 0.8
    levels = sorted(one.rssi_dbm for one in heard)
    assert abs(levels[len(levels) // 2] + 70) < 3
    assert levels[-1] - levels[0] > 20
