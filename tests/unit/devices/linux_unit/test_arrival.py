"""Signals that somebody carries on, told from clocks that drift and hosts that stamp late."""

from collections.abc import Iterator
from random import Random

import pytest

from baqylau.devices.linux_unit.arrival import UNKNOWN, Carried, step

EVERY_S = 5.0
DAY_S = 86_400.0


def frames(seed: int, days: float, *, from_s: float = 0.0, added_s: float = 0.0) -> Iterator[tuple[float, float]]:
    """Give when frames go out and when they arrive: as the notes on radio model it, 1.5."""
    draw = Random(seed)  # noqa: S311 - noise, not secrets
    rate, wander, ahead_s, now_s = draw.gauss(0, 10e-6), 0.0, draw.uniform(-2, 2), 1000.0
    while now_s < 1000 + days * DAY_S:
        now_s += EVERY_S + draw.uniform(-0.5, 0.5)
        wander = 0.9995 * (wander + draw.gauss(0, 0.015e-6))
        ahead_s += (rate + wander) * EVERY_S
        if draw.random() < 0.065:
            continue
        noise_s = draw.uniform(0, 0.010) + draw.gauss(0, 0.005)
        if draw.random() < 0.05:
            noise_s += draw.expovariate(1 / 0.040)
        carried_s = added_s if from_s and now_s > from_s else 0.0
        yield now_s + ahead_s, now_s + noise_s + carried_s


def alarms(told: Iterator[tuple[float, float]]) -> list[tuple[float, Carried]]:
    state, found = UNKNOWN, []
    for sent_s, arrival_s in told:
        state, alarm = step(state, sent_s, arrival_s)
        if alarm is not None:
            found.append((arrival_s, alarm))
    return found


@pytest.mark.parametrize("added_s", [0.020, 0.050, 0.200])
def test_an_added_delay_is_found_within_five_minutes(added_s: float) -> None:
    from_s = 1000 + DAY_S / 8
    for seed in range(12):
        found = alarms(frames(seed, 0.15, from_s=from_s, added_s=added_s))
        assert found, seed
        assert 0 < found[0][0] - from_s <= 300
        assert found[0][1].delay_ms >= 15


def test_nothing_is_found_where_nothing_is_carried_on() -> None:
    assert [alarms(frames(seed, 1)) for seed in range(4)] == [[]] * 4


def test_a_silence_of_hours_is_no_step() -> None:
    told = [one for one in frames(3, 0.5) if not 20_000 < one[1] < 31_000]
    assert alarms(iter(told)) == []


def test_after_an_alarm_the_clock_is_learned_anew() -> None:
    from_s = 1000 + DAY_S / 8
    assert len(alarms(frames(1, 0.5, from_s=from_s, added_s=0.1))) == 1
