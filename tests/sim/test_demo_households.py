"""The demo's households: what the registers hold of them, and what their homes' receivers hear through the plots."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from baqylau.domain.checks import CheckWhy
from baqylau.domain.orders import PresenceRegime, Sobriety
from baqylau.domain.people import DeviceKind, Supervision
from baqylau.links.breath_lines import Row, Stream, Switch
from baqylau.links.gnss.gpsd import Reports
from baqylau.links.radio.modem import read
from baqylau.links.radio.words import Frame
from baqylau.locales import text
from baqylau.protocols.beacon.frame import FRAME_BYTES
from baqylau.rules.checks.plan import due
from baqylau.rules.gnss.epoch import FULL_FIX, NO_FIX
from baqylau.rules.schedule import on_duty
from baqylau.rules.settings import GONE_AFTER_S
from baqylau.sim.air.live import LiveHouse
from baqylau.sim.breath.board import ModelBoard
from baqylau.sim.breath.live import Resident, cell_of
from baqylau.sim.demo_face import photographs
from baqylau.sim.demo_households import (
    TRANSMITTERS,
    Household,
    breath_home,
    breather,
    carried,
    households,
    households_registry,
    on_air,
)
from baqylau.sim.demo_registry import GRACE_S, demo_registry
from baqylau.sim.sky.gpsd import LiveGpsd

NOW = datetime(2026, 11, 22, 15, 20, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
STAYS, LEAVES, CUTS = households()


def frames_a_minute(one: Household, minutes: int) -> list[int]:
    """How many frames of bracelet and relay are heard in the home in each minute."""
    roots = {one.device_id(kind): bytes([number] * 32) for number, kind in enumerate(TRANSMITTERS, 1)}
    house = LiveHouse(on_air(one, "127.0.0.1", 0, roots), NOW, Random(7))  # noqa: S311 - invented noise
    words = [[read(line) for second in range(60) for line in house.lines(60.0 * m + second)] for m in range(minutes)]
    return [sum(isinstance(word, Frame) and len(word.raw) == FRAME_BYTES for word in minute) for minute in words]


def test_everybody_has_a_bracelet_a_relay_and_a_home_unit_and_nobodys_id_is_used_twice() -> None:
    given = households_registry(founded_at=NOW, started_at=NOW)
    trackers = demo_registry(founded_at=NOW, started_at=NOW)
    units = {DeviceKind.HOME_UNIT, DeviceKind.BREATH_UNIT, DeviceKind.MOBILE_UNIT}
    assert len(given.fittings) == len(given.devices) == 12
    assert {one.kind for one in given.devices} == {*TRANSMITTERS, *units}
    names = [str(one.id) for registry in (given, trackers) for one in registry.people]
    names += [str(one.id) for registry in (given, trackers) for one in registry.devices]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("hour", range(0, 24, 5))
def test_whenever_the_demo_is_started_they_are_to_be_at_home_through_its_first_quarter(hour: int) -> None:
    started_at = NOW.replace(hour=hour, minute=59)
    given = households_registry(founded_at=NOW, started_at=started_at).restrictions
    for one in (restriction for restriction in given if isinstance(restriction, PresenceRegime)):
        assert on_duty(one.schedule, started_at)
        assert on_duty(one.schedule, started_at + QUARTER)


def test_who_leaves_is_gone_for_longer_than_any_wait_and_back_within_the_quarter_while_the_relay_is_heard_on() -> None:
    heard = frames_a_minute(LEAVES, 15)
    away = heard[3:11]
    assert 60 * len(away) > GONE_AFTER_S + GRACE_S
    assert 40 < min(away) <= max(away) < min(*heard[:2], *heard[13:])


def test_who_stays_and_who_cuts_the_strap_is_heard_all_the_time() -> None:
    for one in (STAYS, CUTS):
        assert min(frames_a_minute(one, 6)) > 15


@pytest.mark.parametrize("hour", [0, 5, 18, 23])
def test_whenever_the_demo_is_started_a_breath_test_is_due_at_once_and_versions_count_from_one(hour: int) -> None:
    started_at = NOW.replace(hour=hour, minute=59)
    founded_at = started_at - timedelta(hours=26)
    for founded, version in ((started_at, 1), (founded_at, 27)):
        given = households_registry(founded_at=founded, started_at=started_at)
        [sober] = [one for one in given.restrictions if isinstance(one, Sobriety)]
        supervision = Supervision(
            person_id=breather().person_id,
            orders=given.orders,
            restrictions=(sober,),
        )
        asked = list(due(supervision, bytes(32), started_at - timedelta(hours=1), started_at))
        assert [one.why for one in asked] == [CheckWhy.SCHEDULED]
        assert sober.version == version


def test_who_drank_does_what_the_unit_says_in_their_language_and_presses_the_button(tmp_path: Path) -> None:
    told = tmp_path / "told.jsonl"
    told.write_text('{"text": "of an earlier day"}\n')
    home = breath_home("127.0.0.1", 0, str(told), told.stat().st_size)
    board = ModelBoard(cell_of(home.seed), Random(3))  # noqa: S311 - an invented cell
    resident = Resident(home, board, Random(3))  # noqa: S311 - an invented person

    def says(word: str, **places: str) -> None:
        line = {"at": "", "text": text(home.language, f"breath.say.{word}", **places), "aloud": True}
        with told.open("a") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def flows(after_s: float) -> float:
        resident.live(after_s)
        rows = [row for row in board.words(board.ms + 4_000) if isinstance(row, Row)]
        resident.live(after_s + 4)
        rows += [row for row in board.words(board.ms + 12_000) if isinstance(row, Row)]
        return max(row.flow_l_s for row in rows)

    board.order(Stream(on=True))
    says("due")
    pressed = []
    for tenth in range(120):
        resident.live(tenth / 10)
        pressed.append(board.switches[Switch.BUTTON])
    assert any(pressed)
    assert not pressed[0]
    assert not pressed[-1], "and lets it go"
    assert flows(20) == 0.0
    says("blow")
    assert flows(30) > 0.3
    says("hum", place="2")
    assert 0.05 < flows(40) < 0.2


def test_a_gpsd_of_the_demo_says_what_a_program_reads_from_a_real_one() -> None:
    sky = LiveGpsd(carried("127.0.0.1", 0), NOW, Random(4))  # noqa: S311 - an invented sky
    reports = Reports()
    said = [reports.feed(line) for second in range(1, 90) for line in sky.lines(float(second))]
    epochs = [one for one in said if one is not None]
    assert [one.mode for one in epochs[:3]] == [NO_FIX] * 3, "it begins cold"
    last = epochs[-1]
    assert last.mode == FULL_FIX
    assert (last.satellites or 0) > 5
    assert len(last.cn0_dbhz or ()) >= (last.satellites or 0)


def test_a_drawn_face_is_before_the_camera(tmp_path: Path) -> None:
    photographs(tmp_path / "photos")
    drawn = sorted((tmp_path / "photos").iterdir())
    assert len(drawn) == 5
    assert all(one.read_bytes().startswith(b"\xff\xd8") for one in drawn)
