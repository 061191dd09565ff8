"""The ring: nothing that was written is lost, whatever happens to the power; nothing that is kept is sent again."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.devices.tracker.ring import A_FILE, BATCH_MAX, FILES_MAX, LIVE_MAX, RESERVED, Ring
from baqylau.protocols.batch.on_device import record_bytes


class PowerLostError(Exception):
    """The battery was pulled."""


class Flash:
    """A disk in memory that loses power in the middle of a write, after so many."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fuse = -1

    def names(self) -> list[str]:
        return list(self.files)

    def read(self, name: str) -> bytes:
        return self.files.get(name, b"")

    def add(self, name: str, content: bytes) -> None:
        cut = self._burnt()
        self.files[name] = self.read(name) + (content[: len(content) // 2] if cut else content)
        if cut:
            raise PowerLostError

    def write(self, name: str, content: bytes) -> None:
        if self._burnt():
            raise PowerLostError
        self.files[name] = content

    def remove(self, name: str) -> None:
        self.files.pop(name)

    def _burnt(self) -> bool:
        self.fuse -= self.fuse >= 0
        return self.fuse == 0


def content(number: int, *, urgent: bool = False) -> bytes:
    return record_bytes(1_790_000_000_000 + number, number, 0, ["alive"], urgent=urgent)


def sent(ring: Ring) -> list[int]:
    """Send everything that waits; give the first number of each batch."""
    begun = []
    while (batch := ring.batch()) is not None:
        first, records = batch
        begun.append(first)
        ring.kept(0, [[first, first + len(records) - 1]])
    return begun


def test_alarms_go_first_then_now_then_the_past_from_its_oldest() -> None:
    ring = Ring(Flash())
    for number in range(1, 1001):
        ring.write(content(number, urgent=number == 400), urgent=number == 400)
    assert sent(ring)[:4] == [400, 1001 - LIVE_MAX, 1, 251]
    assert ring.waiting() == 0


def test_what_is_kept_is_forgotten_file_by_file_and_numbers_go_on() -> None:
    flash = Flash()
    ring = Ring(flash)
    for number in range(1, 3 * A_FILE + 1):
        ring.write(content(number), urgent=False)
    ring.kept(2 * A_FILE + 10, [])
    assert [name for name in flash.names() if name[0] == "r"] == [f"r{2 * A_FILE + 1}"]
    again = Ring(flash)
    assert again.last == 3 * A_FILE
    assert again.waiting() == A_FILE - 10
    assert again.write(content(1), urgent=False) == 3 * A_FILE + 1


def test_thirty_days_fit_and_then_the_oldest_goes() -> None:
    assert FILES_MAX * A_FILE >= 30 * 24 * 60
    flash = Flash()
    ring = Ring(flash)
    for first in range(FILES_MAX + 5):
        ring._begin(1 + first * A_FILE)  # noqa: SLF001 - files alone, without sixty thousand records
        flash.files[f"r{1 + first * A_FILE}"] = b""
    assert len([name for name in flash.names() if name[0] == "r"]) == FILES_MAX


def test_a_lost_disk_uses_no_number_twice() -> None:
    flash = Flash()
    ring = Ring(flash)
    for number in range(10):
        ring.write(content(number), urgent=False)
    flash.files = {"numbers": flash.files["numbers"]}
    assert Ring(flash).write(content(1), urgent=False) > RESERVED


def test_batches_are_bounded() -> None:
    ring = Ring(Flash())
    for number in range(1, 2 * A_FILE + 1):
        ring.write(content(number), urgent=False)
    ring.kept(0, [[2 * A_FILE - LIVE_MAX, 2 * A_FILE]])
    batch = ring.batch()
    assert batch is not None
    assert len(batch[1]) <= BATCH_MAX


def test_a_file_that_was_torn_in_its_first_record_takes_no_other_record_with_it() -> None:
    for numbered_before in (0, 3):
        flash = Flash()
        ring = Ring(flash)
        for number in range(numbered_before):
            ring.write(content(number), urgent=False)
        ring = Ring(flash)
        flash.fuse = 1 if numbered_before else 2
        with pytest.raises(PowerLostError):
            ring.write(content(10), urgent=False)
        again = Ring(flash)
        written = {again.write(content(number), urgent=False): content(number) for number in range(20, 25)}
        arrived: dict[int, bytes] = {}
        after = Ring(flash)
        while arrives(after, arrived):
            pass
        assert {seq: arrived.get(seq) for seq in written} == written


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 1 << 32), fuse=st.integers(1, 400))
def test_whenever_the_battery_is_pulled_everything_that_was_written_is_sent_as_it_was(seed: int, fuse: int) -> None:
    random, flash = Random(seed), Flash()  # noqa: S311 - a story
    written: dict[int, bytes] = {}
    arrived: dict[int, bytes] = {}
    flash.fuse = fuse
    ring = Ring(flash)
    for number in range(300):
        try:
            urgent = random.random() < 0.1
            said = content(number, urgent=urgent)
            written[ring.write(said, urgent=urgent)] = said
            if random.random() < 0.05:
                arrives(ring, arrived)
        except PowerLostError:
            ring = Ring(flash)
    flash.fuse = -1
    while arrives(ring, arrived):
        pass
    assert {seq: arrived.get(seq) for seq in written} == written


def arrives(ring: Ring, arrived: dict[int, bytes]) -> bool:
    """Send one batch; tell whether there was one."""
    batch = ring.batch()
    if batch is None:
        return False
    first, records = batch
    for at, one in enumerate(records):
        assert arrived.setdefault(first + at, one) == one, "one number, two contents"
    ring.kept(0, [[first, first + len(records) - 1]])
    return True
