"""The bench over a serial line: a pair of terminals, with somebody, or nobody, on the other one."""

from pathlib import Path

import pytest

from baqylau.links.bench_line import NoAnswerError, asked
from tests.unit.links.contacts import contacts


def test_a_line_is_said_and_its_answer_given_whatever_the_device_prints_before() -> None:
    heard: list[str] = []

    def answer(line: str) -> str:
        heard.append(line)
        return "booting 1.24\r\nOK 1"

    with contacts(answer) as path:
        assert asked(path, "ORDER 00") == "OK 1"
    assert heard == ["ORDER 00"]


def test_a_device_that_says_nothing_and_a_line_that_is_not_there_are_told() -> None:
    with contacts(lambda _: "?") as path, pytest.raises(NoAnswerError):
        asked(path, "STATUS", within_s=0.2)
    with pytest.raises(NoAnswerError, match="No such file"):
        asked(Path("/dev/no-such-line"), "STATUS")
