"""What is kept of a call at the unit: nothing, unless its order says so; then the picture and both voices."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from msgspec.structs import replace

pytest.importorskip("aiortc")

import av

from baqylau.crypto.cose import PublicKey
from baqylau.crypto.signing import Signer
from baqylau.devices.av_unit.acts import CloseCall, OpenCall
from baqylau.devices.av_unit.call_recorder import CallRecorder
from baqylau.devices.av_unit.hands import CallSigned, Equipment, Hands
from baqylau.devices.av_unit.phone_line import Reached
from baqylau.devices.av_unit.screen import Screen
from baqylau.devices.linux_unit.media_spool import MediaSpool
from baqylau.domain.checks import Ending
from baqylau.domain.commands import RingCall
from baqylau.domain.ids import CallId, CheckId
from baqylau.domain.recordings import Occasion
from baqylau.links.calls import CallDevices, Witness
from baqylau.links.camera import Pixels
from baqylau.links.clips import Clip
from baqylau.links.microphone import RATE_HZ, Samples
from baqylau.links.radio.words import Particular, Stamp
from baqylau.links.speaker import Speaker
from baqylau.locales import text
from baqylau.protocols.media.envelope import opened_manifest
from tests.unit.devices.av_unit.sitting import NOON, UNIT
from tests.unit.devices.av_unit.test_calling import OFFER

KEY = Signer(bytes(range(32)))
PICTURE = np.full((48, 64, 3), 90, dtype=np.uint8)
TENTH = RATE_HZ // 10


def tone(hz: float) -> Samples:
    """A tenth of a second."""
    return (6_000 * np.sin(2 * np.pi * hz * np.arange(TENTH) / RATE_HZ)).astype(np.int16)


class Clock:
    """Each look at it is a tenth of a second later."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> int:
        self.ms += 100
        return self.ms

    def stamp(self) -> Stamp:
        return Stamp(at=NOON, monotonic_ms=self())


def loudness(clips: Sequence[Clip], hz: float) -> float:
    """How much of the sound is of a frequency, as a share of all."""
    found = [part for clip in clips for part in sounds(clip.content)]
    spectrum = np.abs(np.fft.rfft(np.concatenate(found))) ** 2
    place = round(hz * 2 * (len(spectrum) - 1) / RATE_HZ)
    return float(spectrum[place - 20 : place + 20].sum() / spectrum.sum())


def sounds(content: bytes) -> Iterator[npt.NDArray[np.float64]]:
    with av.open(BytesIO(content), "r") as film:
        for frame in film.decode(film.streams.audio[0]):
            yield frame.to_ndarray().ravel().astype(np.float64)


@pytest.mark.parametrize("microphone", [True, False])
def test_both_voices_are_on_the_recording(*, microphone: bool) -> None:
    made: list[Clip] = []
    recorder = CallRecorder(Clock(), made.append, microphone=microphone)
    for _ in range(10):
        recorder.see(PICTURE)
        recorder.sounded(tone(2_000))
        if microphone:
            recorder.hear(tone(500))
    recorder.close()
    assert [one.from_ms for one in made] == [100]
    assert loudness(made, 2_000) > 0.2
    assert (loudness(made, 500) > 0.2) is microphone


class Line:
    """A line in place of WebRTC's, which shows a second of picture and sound to whoever records."""

    def __init__(self, devices: CallDevices, servers: object, gone: object, witness: Witness | None = None) -> None:
        del devices, servers, gone
        self._witness = witness

    async def answer(self, offer: str) -> bytes:
        if self._witness is not None:
            for _ in range(10):
                self._witness.see(PICTURE)
                self._witness.hear(tone(500))
        return offer.encode()

    async def close(self) -> None:
        """Nothing is open."""


class Devices:
    """Camera and microphone of a unit; the line of these stories opens neither."""

    def pictures(self, going: Callable[[], bool]) -> Iterator[Pixels]:
        raise AssertionError(going)

    def sounds(self, going: Callable[[], bool]) -> Iterator[Samples]:
        raise AssertionError(going)


def order(number: int, *, recorded: bool) -> RingCall:
    return replace(OFFER, call_id=CallId(f"{number:032x}"), recorded=recorded)


def called(folder: Path, orders: Sequence[RingCall]) -> tuple[MediaSpool, list[object], list[object]]:
    """Answer and end one call after another; give the spool, what the hands said, what the indicator showed."""
    spool, screen, clock = MediaSpool(folder, KEY, UNIT), Screen(folder, language="kk"), Clock()
    equipment = Equipment(camera=Devices(), microphone=Devices(), screen=screen, speaker=Speaker("none-here"))
    hands, said, shown = Hands(equipment, spool, None, clock.stamp), list[object](), list[object]()

    async def story() -> None:
        words = hands.words()
        for one in orders:
            await hands(OpenCall(order=one, began_at=NOON))
            said.append(await anext(words))
            shown.append(screen.shown()["indicator"])
            await hands(CloseCall(call_id=one.call_id, ended_at=NOON, how=Ending.DONE))
            if one.recorded:
                said.append(await anext(words))

    asyncio.run(story())
    return spool, [one.word.what for one in said if isinstance(one.word, Particular)], shown  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("baqylau.links.webrtc.LiveCall", Line)


def kept(folder: Path) -> list[str]:
    return [one.name for one in (folder / "checks").iterdir() if not one.name.startswith("checks.db")]


def test_nothing_of_a_call_is_on_the_units_disk_without_the_orders_word(tmp_path: Path) -> None:
    spool, said, shown = called(tmp_path, [order(number, recorded=False) for number in range(3)])
    assert {type(one) for one in said} == {Reached}
    assert set(shown) == {text("kk", "av.screen.call")}
    assert (kept(tmp_path), spool.unsealed(), spool.waiting()) == ([], (), None)
    spool.close()


def test_only_the_calls_that_are_to_be_recorded_are_signed_and_wait_to_be_brought(tmp_path: Path) -> None:
    orders = [order(number, recorded=number == 1) for number in range(3)]
    spool, said, shown = called(tmp_path, orders)
    (signed,) = (one for one in said if isinstance(one, CallSigned))
    assert signed.call_id == orders[1].call_id
    assert shown[1] == text("kk", "av.screen.call_recorded")
    assert shown[0] == shown[2] == text("kk", "av.screen.call")
    waits = spool.waiting()
    assert waits is not None
    assert (waits.check_id, len(kept(tmp_path))) == (CheckId(orders[1].call_id), len(waits.items))
    opened = opened_manifest(waits.raw, {UNIT: PublicKey(KEY.public_key)}.get)
    said_of_it = opened.manifest  # type: ignore[union-attr]
    assert (said_of_it.kind, said_of_it.person_id, said_of_it.marks) == (Occasion.CALL, OFFER.person_id, ())
    spool.close()


def test_a_full_disk_leaves_a_recording_that_says_that_it_holds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(MediaSpool, "add", full)
    spool, said, _ = called(tmp_path, [order(1, recorded=True)])
    (signed,) = (one for one in said if isinstance(one, CallSigned))
    assert (signed.sealed.items, kept(tmp_path)) == ((), [])
    spool.close()
