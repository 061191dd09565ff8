"""How late a machine comes to read what its receiver's board said: told by the board's own count."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from baqylau.links.radio.board_line import LATE_MAX_MS, BoardLine
from baqylau.links.radio.modem import written
from baqylau.links.radio.words import Frame, Noise, Stamp
from tests.unit.rules.stories import DAY

RAW = bytes(range(27))


def late_ms(board: BoardLine, count_ms: int | None, read_ms: int) -> int | None:
    said = board.said(written(Frame(RAW, -61.5, count_ms)), Stamp(DAY + timedelta(milliseconds=read_ms), read_ms))
    assert said is not None
    assert said.stamp.monotonic_ms == read_ms
    return said.late_ms


def test_a_word_that_is_read_late_says_by_how_much() -> None:
    board = BoardLine()
    assert [late_ms(board, 1000 * second, 70_000 + 1000 * second) for second in range(1, 60)] == [0] * 59
    assert late_ms(board, 60_000, 139_000) == 8_999
    assert late_ms(board, 69_000, 139_010) == 9


def test_a_board_without_a_count_tells_nothing_of_it() -> None:
    board = BoardLine()
    assert late_ms(board, None, 1000) is None
    said = board.said(written(Noise(-103.0)), Stamp(DAY, 0))
    assert said is not None
    assert said.late_ms is None


def test_a_garbled_line_is_nothing() -> None:
    assert BoardLine().said(b"H -61.5 00 12*00\r\n", Stamp(DAY, 0)) is None


def test_a_board_that_was_started_anew_counts_anew() -> None:
    board = BoardLine()
    late_ms(board, 5_000_000, 10_000)
    assert late_ms(board, 40, 25_000) == 0
    assert late_ms(board, 1_040, 26_300) == 300


def test_a_count_that_cannot_be_is_forgotten_with_the_next_word() -> None:
    board = BoardLine()
    late_ms(board, 1_000, 10_000)
    late_ms(board, 900_000_000, 11_000)
    assert late_ms(board, 3_000, 12_000) == 0


@settings(deadline=None)
@given(st.floats(-50e-6, 50e-6), st.lists(st.integers(0, LATE_MAX_MS // 2), min_size=1, max_size=40))
def test_crystals_that_differ_are_not_taken_for_delay(rate: float, lates_ms: list[int]) -> None:
    board, counted_ms = BoardLine(), 0
    for number, given_ms in enumerate(lates_ms):
        prompt_ms = 10_000_000 * number
        for read_ms, count_ms in ((prompt_ms, prompt_ms), (prompt_ms + 5_000_000, prompt_ms + 5_000_000 - given_ms)):
            counted_ms = round(count_ms * (1 + rate))
            told_ms = late_ms(board, counted_ms, read_ms)
            assert told_ms is not None
            assert abs(told_ms - (read_ms - count_ms)) <= 1 + 2 * 100e-6 * 5_000_000
