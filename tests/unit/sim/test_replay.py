"""Replaying a recorded track: when each report is due, and that all of them arrive."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from baqylau.domain.observations import NoFix
from baqylau.links.tracks import Track
from baqylau.sim.client import Habits, Line, SignInRefusedError
from baqylau.sim.replay import SimulateOptions, SimulateReport, simulate, timed
from tests.unit.sim.test_client import in_a_loop
from tests.unit.sim.toy import DICE, ToyDevice, ToyServer

RECORDED_AT = datetime(2018, 8, 20, 9, 47, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def track(*seconds: float) -> Track:
    return Track(reports=tuple((RECORDED_AT + timedelta(seconds=second), (NoFix(),)) for second in seconds))


def test_at_speed_one_a_shifted_track_begins_now() -> None:
    plan = list(timed(track(0, 10, 25), speed=1.0, shift_to=NOW))
    assert [due_s for due_s, _ in plan] == [0, 10, 25]
    assert [(at - NOW).total_seconds() for _, (at, _) in plan] == [0, 10, 25]


def test_a_faster_replay_keeps_the_intervals_and_never_speaks_of_the_future() -> None:
    plan = list(timed(track(0, 10, 100), speed=10.0, shift_to=NOW))
    assert [due_s for due_s, _ in plan] == [0, 1, 10]
    assert [(at - NOW).total_seconds() for _, (at, _) in plan] == [-90, -80, 10]


def test_without_a_shift_the_recorded_times_are_sent() -> None:
    assert [at for _, (at, _) in timed(track(0, 5), speed=1.0, shift_to=None)] == [
        RECORDED_AT,
        RECORDED_AT + timedelta(seconds=5),
    ]


def test_a_step_back_in_time_is_sent_at_once() -> None:
    assert [due_s for due_s, _ in timed(track(0, 10, 4, 12), speed=1.0, shift_to=None)] == [0, 10, 10, 12]


def options(server: ToyServer) -> SimulateOptions:
    return SimulateOptions(
        track=track(*range(100)),
        line=Line(host="127.0.0.1", port=server.port),
        speak=ToyDevice,
        speed=1000.0,
        habits=Habits(sign_in_tries=1, first_pause_s=0.01),
    )


@in_a_loop
async def test_every_report_of_the_track_arrives_and_progress_is_told() -> None:
    told: list[SimulateReport] = []
    async with ToyServer().listening() as server:
        report = await simulate(
            options(server), sleep=asyncio.sleep, monotonic_s=time.monotonic, random=DICE, progress=told.append
        )
    assert len(server.kept) == 100
    assert (report.reports, report.confirmed, report.refused) == (100, 100, 0)
    assert told[-1] == report


@in_a_loop
async def test_a_device_that_the_server_does_not_know_is_told_so() -> None:
    async with ToyServer().listening() as server:
        server.welcome = b"!unknown\n"
        with pytest.raises(SignInRefusedError):
            await simulate(
                options(server), sleep=asyncio.sleep, monotonic_s=time.monotonic, random=DICE, progress=print
            )
