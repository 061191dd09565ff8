"""Households' radio in real time, as a home-unit program hears it."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random

from baqylau.crypto.blocks import aes
from baqylau.domain.ids import DeviceId
from baqylau.links import wall_clock
from baqylau.links.radio.modem import read
from baqylau.links.radio.stream import SocketSource
from baqylau.links.radio.words import Frame, Noise, Sensor, Stamp, Word
from baqylau.protocols.beacon.keys import period_key
from baqylau.protocols.beacon.recognising import Clock, Recognised, Recogniser
from baqylau.protocols.beacon.status import unpack
from baqylau.protocols.beacon.system_time import seconds_at
from baqylau.sim.air.live import House, LiveHouse, Scene, Worn, run_houses
from baqylau.sim.air.worn import CUT

BEGUN_AT = datetime(2026, 5, 1, 8, 0, 0, 300_000, tzinfo=UTC)
BRACELET, RELAY = Worn(serial="BR-1", root=bytes(range(32))), Worn(serial="RL-1", root=bytes(range(32, 64)))
ROOTS = {DeviceId("bracelet"): BRACELET.root, DeviceId("relay"): RELAY.root}


def house(*plot: Scene, port: int = 0) -> House:
    return House(host="127.0.0.1", port=port, bracelet=BRACELET, relay=RELAY, plot=plot)


def lived(seconds: int, *plot: Scene) -> list[tuple[float, Word]]:
    """Give what the board of a house says in so many seconds."""
    live = LiveHouse(house(*plot), BEGUN_AT, Random(1))  # noqa: S311 - noise
    said = []
    for step in range(seconds * 20):
        for line in live.lines(step / 20):
            word = read(line)
            assert word is not None
            said.append((step / 20, word))
    return said


def recogniser() -> Recogniser:
    clocks = {device_id: Clock(learned_s=seconds_at(BEGUN_AT)) for device_id in ROOTS}
    return Recogniser(aes, lambda device_id, period: period_key(ROOTS[device_id], period), clocks)


def heard(said: list[tuple[float, Word]]) -> list[tuple[float, Recognised]]:
    """Give the beacons of the house that a receiver believes, with the seconds at which they came."""
    receiver, begun_s = recogniser(), seconds_at(BEGUN_AT)
    words = [(at_s, receiver.hear(word.raw, begun_s + at_s)) for at_s, word in said if isinstance(word, Frame)]
    return [(at_s, one) for at_s, one in words if isinstance(one, Recognised)]


def test_a_house_sends_the_beacons_of_bracelet_and_relay_at_their_instants() -> None:
    beacons = heard(lived(60))
    by = {device_id: [(at_s, one) for at_s, one in beacons if one.device_id == device_id] for device_id in ROOTS}
    assert 10 <= len(by[DeviceId("bracelet")]) <= 13
    assert 50 <= len(by[DeviceId("relay")]) <= 60
    late_s = [seconds_at(BEGUN_AT) + at_s - one.sent_s for at_s, one in by[DeviceId("relay")]]
    assert all(0 <= one <= 0.1 for one in late_s)


def test_what_the_plot_says_happens() -> None:
    cut, leaves = Scene(after_s=10, bracelet=CUT), Scene(after_s=30, away=True)
    jam, opened = Scene(after_s=40, jammed=True), Scene(after_s=20, box={"opened": 1.0})
    said = lived(60, leaves, cut, jam, opened)
    worn = [(at_s, unpack(one.status)) for at_s, one in heard(said) if one.device_id == DeviceId("bracelet")]
    assert all(("strap" in status.now) == (at_s > 10) for at_s, status in worn)
    assert 10 < min(at_s for at_s, status in worn if "strap" in status.now) < 12
    assert max(at_s for at_s, _ in worn) < 30
    assert max(at_s for at_s, word in said if isinstance(word, Frame)) < 40
    assert (20.0, Sensor("opened", 1.0)) in said
    assert [word.dbm > -80 for at_s, word in said if isinstance(word, Noise)] == [False] * 4 + [True] * 2


def test_a_unit_s_program_hears_a_house_over_a_socket() -> None:
    async def story() -> Word:
        ports: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        air = asyncio.create_task(
            run_houses(
                [house()],
                now=wall_clock.now,
                sleep=asyncio.sleep,
                random=Random(1),  # noqa: S311 - noise
                opened=lambda opened: ports.set_result(opened[0]),
            )
        )
        stamp = Stamp(BEGUN_AT + timedelta(seconds=1), 0)
        source = SocketSource(f"127.0.0.1:{await ports}", lambda: stamp)
        async with asyncio.timeout(10):
            async for said in source.words():
                if isinstance(said.word, Frame) and said.word.raw:
                    air.cancel()
                    return said.word
        raise AssertionError

    word = asyncio.run(story())
    assert isinstance(word, Frame)
    assert len(word.raw) == 27
