"""The loop that joins a core to its board, with a board of our own."""

from collections.abc import Callable

from baqylau.crypto.blocks import aes
from baqylau.devices.bracelet import core
from baqylau.devices.strap import Sample
from baqylau.protocols.beacon.status import unpack
from firmware.runner import started, turn
from tests.micropython.table import BEGIN_S, ROOT, SITTING


class OurBoard:
    """A board whose time goes by while it rests, and whose radio can refuse."""

    def __init__(self) -> None:
        self.at_ms = 0
        self.flash: dict[str, bytes] = {}
        self.air: list[bytes] = []
        self.bench = [f"PROVISION B-17 {ROOT.hex()} {BEGIN_S}"]
        self.said: list[str] = []
        self.slept = 0
        self.radio_works = True

    def aes(self, key: bytes) -> Callable[[bytes], bytes]:
        return aes(key)

    def count_ms(self) -> int:
        return self.at_ms

    def rest(self, milliseconds: int) -> None:
        self.at_ms += milliseconds

    def sleep(self) -> None:
        self.slept += 1

    def advertise(self, frame: bytes) -> None:
        if not self.radio_works:
            raise OSError
        self.air.append(frame)

    def line(self) -> str | None:
        return self.bench.pop(0) if self.bench else None

    def say(self, line: str) -> None:
        self.said.append(line)

    def kept(self, name: str) -> bytes:
        return self.flash.get(name, b"")

    def keep(self, name: str, value: bytes) -> None:
        self.flash[name] = value


def sample(at_ms: int) -> Sample:
    return Sample(at_ms, **SITTING)


def turns(board: OurBoard, state: core.State, until_ms: int) -> core.State:
    while board.at_ms < until_ms:
        state = turn(core, board, sample, state)
    return state


def test_a_board_is_provisioned_and_sends_and_keeps() -> None:
    board = OurBoard()
    turns(board, started(core, board), 60_000)
    assert board.slept == 1
    assert board.said == ["OK B-17"]
    assert set(board.flash) == {"serial", "root", "record"}
    assert 12 <= len(board.air) <= 13
    assert {len(frame) for frame in board.air} == {27}


def test_a_board_that_starts_again_goes_on_with_what_it_kept() -> None:
    board = OurBoard()
    turns(board, started(core, board), 20_000)
    sent = len(board.air)
    state = started(core, board)
    assert state.sender.serial == "B-17"
    turns(board, state, 40_000)
    assert len(board.air) > sent
    assert len(set(board.air)) == len(board.air)


def test_a_radio_that_refuses_is_told_as_soon_as_it_works_again() -> None:
    board = OurBoard()
    state = turns(board, started(core, board), 10_000)
    board.radio_works = False
    state = turns(board, state, 20_000)
    board.radio_works = True
    state = turns(board, state, 30_000)
    assert "radio_fault" in unpack(state.sender.status).latched
    assert board.air


def test_a_root_whose_record_is_lost_waits_for_a_bench() -> None:
    board = OurBoard()
    turns(board, started(core, board), 10_000)
    del board.flash["record"]
    assert started(core, board).sender.asleep
