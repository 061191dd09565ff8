"""Digits are told apart by how the same voice said them before, at any speed; rotated templates change nothing."""

import numpy as np
import pytest

from baqylau.domain.ids import PersonId
from baqylau.monitoring.av_server.digits import FEATURES, distances, features, heard, nearest, resampled
from baqylau.monitoring.av_server.presence import installed
from baqylau.monitoring.av_server.recording import Reals
from baqylau.monitoring.av_server.rotation import rotation
from baqylau.monitoring.av_server.speech import signal_to_noise_db, speaking, utterance
from tests.unit.av.vectors import drawn
from tests.unit.av.voicing import digit, within

needs_extra = pytest.mark.skipif(not installed(), reason="the extra `av` is not installed")
EVERY = [(number, take) for number in range(10) for take in range(2)]
TAKES = [features(digit(number, take=take)) for number, take in EVERY]
NUMBERS = [number for number, _ in EVERY]


def straight(one: Reals, other: Reals) -> float:
    """The same by the book: cell after cell."""
    cost = np.linalg.norm(one[:, None] - other[None], axis=2)
    total = np.full((len(one) + 1, len(other) + 1), np.inf)
    total[0, 0] = 0
    for row in range(len(one)):
        for column in range(len(other)):
            ways = (total[row, column] + 2 * cost[row, column], total[row, column + 1], total[row + 1, column])
            total[row + 1, column + 1] = min(ways[0], min(ways[1:]) + cost[row, column])
    return float(total[-1, -1] / sum(cost.shape))


@pytest.mark.parametrize("number", range(10))
def test_each_digit_is_recognised_in_another_take(number: int) -> None:
    assert heard(digit(number, take=9), TAKES, NUMBERS).digit == number


def test_the_way_through_time_is_the_cheapest_there_is() -> None:
    said, takes = drawn(1, 9, 3), [drawn(2, 7, 3), drawn(3, 12, 3), drawn(4, 2, 3)]
    assert distances(said, takes) == pytest.approx([straight(said, take) for take in takes])


def test_a_rotation_leaves_every_distance_as_it_was() -> None:
    turn = rotation(bytes(32), PersonId("p-1"), "dtw", 1, FEATURES)
    said = digit(4, take=9)
    plain, turned = heard(said, TAKES, NUMBERS), heard(said, [take @ turn.T for take in TAKES], NUMBERS, turn)
    assert turned.digit == plain.digit
    assert turned.distance == pytest.approx(plain.distance)


def test_two_versions_of_a_persons_template_are_unlike() -> None:
    one, other, again = (rotation(bytes(32), PersonId("p-1"), "m", version, 64) for version in (1, 2, 1))
    vector = drawn(1, 64) / 8
    assert np.linalg.norm(one @ vector - other @ vector) > 0.8
    assert (one == again).all()
    assert one @ one.T == pytest.approx(np.eye(64), abs=1e-12)


def test_nothing_said_is_no_digit() -> None:
    assert heard(np.zeros(0, dtype=np.float32), TAKES, NUMBERS).digit is None
    assert nearest(TAKES[0], [], []).digit is None


def test_a_sound_of_another_rate_is_brought_to_ours() -> None:
    telephone = digit(5, take=9)[::2]
    assert heard(resampled(telephone, 8000), TAKES, NUMBERS).digit == 5


@needs_extra
def test_speech_is_found_between_pauses() -> None:
    sound = within(digit(2), 3.0, 1.2)
    mask = speaking(sound)
    assert mask[: int(0.9 / 0.03)].sum() == 0
    assert mask[int(1.4 / 0.03)]
    assert 0.4 < len(utterance(sound)) / 16_000 < 1.0
    assert (signal_to_noise_db(sound) or 0) > 20


@needs_extra
def test_quiet_holds_no_speech() -> None:
    assert not len(utterance(within(np.zeros(0), 1.0, 0.0)))
    assert not len(speaking(np.zeros(10)))
    assert signal_to_noise_db(np.zeros(16_000)) is None
