"""Is everything alive, and who is told."""

import os
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code
from baqylau.domain.rights import Role
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.health import health_of
from baqylau.monitoring.workstation.serve import FeedFailedError, serve
from baqylau.monitoring.workstation.watching import Watching
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.judging.live import Beats
from baqylau.storage.judging.ourselves import Condition, Ourselves
from tests.unit.links.receivers import until
from tests.unit.workstation.invented import NOW
from tests.unit.workstation.office import Office

LATELY = NOW - timedelta(seconds=2)


def _beats(**changes: object) -> Beats:
    told = {
        "gateway_alive_at": LATELY,
        "judge_alive_at": LATELY,
        "devices_connected": 12,
        "keep_ms": 3.5,
        "judge_ms": 8.0,
        "behind": 0,
    }
    return Beats(**{**told, **changes})  # type: ignore[arg-type]


def test_we_see_while_both_programs_give_signs_of_life() -> None:
    assert not health_of(_beats(), 0, NOW).blind


def test_we_are_blind_when_one_of_them_is_quiet_or_never_spoke() -> None:
    quiet_at = NOW - timedelta(seconds=16)
    assert health_of(_beats(gateway_alive_at=quiet_at), 0, NOW).blind
    assert health_of(_beats(judge_alive_at=quiet_at), 0, NOW).blind
    assert health_of(_beats(gateway_alive_at=None), 0, NOW).blind


def test_supervisors_of_processes_need_no_sign_in(office: Office) -> None:
    with office.browser() as browser:
        assert browser.get("/healthz").text == "alive\n"
        until(lambda: browser.get("/readyz").status_code == 200)
        assert browser.get("/api/health").status_code == 401


def test_figures_go_to_the_own_machine_or_to_whoever_has_the_token(office: Office) -> None:
    with office.browser() as browser:
        browser.sign_in("nobody")
        figures = browser.get("/metrics").text
    assert 'baqylau_web_sign_ins_total{outcome="refused"} 1.0' in figures
    assert "baqylau_web_feed_listeners 0.0" in figures
    with office.browser(metrics_token="invented-token") as browser:  # noqa: S106 - invented
        assert browser.get("/metrics").status_code == 403
        assert browser.get("/metrics", Authorization="Bearer invented-token").status_code == 200


def test_one_address_tells_how_every_program_and_every_queue_is(office: Office) -> None:
    office.stores.live.gateway_beat(NOW - timedelta(seconds=4), connected=12, keep_ms=3.0)
    office.stores.live.judge_beat(NOW - timedelta(seconds=70), judge_ms=None)
    office.alarm()
    with office.browser() as browser:
        figures = browser.get("/metrics").text
    silent = (NOW - timedelta(seconds=4), NOW - timedelta(seconds=70))
    now_s = [(office.clock() - at).total_seconds() for at in silent]
    assert f'baqylau_role_silent_seconds{{role="gateway"}} {now_s[0]}' in figures
    assert f'baqylau_role_silent_seconds{{role="judge"}} {now_s[1]}' in figures
    assert 'baqylau_role_delay_seconds{role="gateway"} 0.003' in figures
    assert "baqylau_devices_connected 12.0" in figures
    assert 'baqylau_alarms_waiting{priority="1",state="open"} 1.0' in figures
    assert 'baqylau_alarms_oldest_seconds{priority="1",state="open"} 0.0' in figures
    assert 'baqylau_own_alarms{code="X04"} 0.0' in figures
    assert 'baqylau_notices{state="given_up"} 0.0' in figures
    assert "\nbaqylau_journal_signed_seconds " not in figures, "never signed is no age"


def test_the_figures_tell_of_alarms_about_ourselves_and_how_long_the_oldest_has_waited(office: Office) -> None:
    office.alarm()
    ourselves = Ourselves(office.engine)
    full = Condition(code=Code.STORAGE_FAULT, subject="disk", since=NOW)
    ourselves.settle([full], [Code.STORAGE_FAULT], NOW)
    office.clock.pass_(minutes=11)
    with office.browser() as browser:
        figures = browser.get("/metrics").text
        assert 'baqylau_own_alarms{code="X04"} 1.0' in figures
        oldest = re.findall(r'baqylau_alarms_oldest_seconds\{priority="1",state="open"\} (\S+)', figures)
        assert float(oldest[0]) > 600
        ourselves.settle([], [Code.STORAGE_FAULT], office.clock())
        assert 'baqylau_own_alarms{code="X04"} 0.0' in browser.get("/metrics").text


def test_while_the_database_is_away_it_says_so(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_feed: Feed) -> int:
        raise StorageUnavailableError

    with office.browser() as browser:
        with monkeypatch.context() as story:
            story.setattr(Feed, "cursor", away)
            answer = browser.get("/readyz")
            assert (answer.status_code, answer.json()["key"]) == (503, "server.refused.database_away")
            assert answer.headers["retry-after"] == "2"
        until(lambda: browser.get("/readyz").status_code == 200)


def test_a_server_that_can_no_longer_tell_of_alarms_ends_loudly(
    office: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_watching: Watching) -> None:
        msg = "a fault of ours"
        raise RuntimeError(msg)

    monkeypatch.setattr(Watching, "health", broken)
    settings = replace(office.settings, port=0)
    app = create_app(settings, office.engine, office.vault, office.clock, os.urandom)
    with ThreadPoolExecutor(1) as pool, pytest.raises(FeedFailedError):
        pool.submit(serve, app, settings).result(timeout=20)
    assert "a fault of ours" in caplog.text


def test_every_link_to_the_screen_is_shown_with_each_program_and_the_quiet_ones_first(office: Office) -> None:
    office.employ(role=Role.TECHNICIAN)
    office.populate()
    office.stores.live.judge_beat(office.clock(), judge_ms=12.0)
    office.stores.live.role_beat("messenger", office.clock())
    office.clock.pass_(seconds=20)
    office.stores.live.gateway_beat(office.clock(), connected=3, keep_ms=4.0, role="gateway/south")
    office.alarm()
    with office.browser() as browser:
        browser.sign_in()
        way = browser.get("/api/health/way").json()
    assert [(one["role"], one["well"]) for one in way["programs"] if one["role"] != "web"] == [
        ("judge", False),
        ("messenger", False),
        ("gateway/south", True),
    ]
    assert (way["health"]["blind"], way["health"]["devices_connected"], way["alarms_open"]) == (True, 3, 1)
