"""The feed over a real line: nothing is missed, nothing comes twice, and who does not read is cut off."""

import json
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, closing
from datetime import datetime
from itertools import islice
from threading import Thread
from threading import enumerate as threads
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from baqylau.domain.verdicts import Compliance
from baqylau.monitoring.workstation import feed
from baqylau.rules.fold import PersonStanding
from baqylau.storage.access.access_tables import account_session
from baqylau.storage.access.sessions import Sessions, SignedIn
from baqylau.storage.database import FRESH_S
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ()
    office.populate()
    with office.browser() as browser:
        browser.sign_in()
        yield browser


@pytest.fixture
def lines() -> Iterator[ExitStack]:
    """Sockets that are closed whatever happens."""
    with ExitStack() as stack:
        yield stack


class Event:
    """One server-sent event."""

    def __init__(self, lines: list[str]) -> None:
        fields = dict(line.split(": ", 1) for line in lines)
        self.kind = fields["event"]
        self.id = fields.get("id")
        self.said: Any = json.loads(fields["data"])


def events(answer: httpx.Response) -> Generator[Event, None, None]:
    """Read the events of a feed as they come."""
    lines: list[str] = []
    for line in answer.iter_lines():
        if line and not line.startswith(":"):
            lines.append(line)
        elif lines:
            yield Event(lines)
            lines = []


def listen(browser: Browser, after: int, count: int, kind: str = "alarm", **headers: str) -> list[Event]:
    """Listen until so many events of a kind came."""
    with browser.client.stream("GET", f"/api/feed?after={after}", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        with closing(events(answer)) as coming:
            return list(islice((event for event in coming if event.kind == kind), count))


def _numbers(told: list[Event]) -> list[int]:
    return [event.said["row"]["alarm"]["id"] for event in told]


def test_the_feed_goes_on_where_the_picture_ended(office: Office, browser: Browser) -> None:
    before = office.alarm()
    picture = browser.get("/api/live").json()
    assert [row["alarm"]["id"] for row in picture["alarms"]] == [before]
    later = [office.alarm() for _ in range(3)]
    told = listen(browser, picture["cursor"], 3)
    assert _numbers(told) == later
    assert [event.id for event in told] == [str(event.said["cursor"]) for event in told]
    assert told[0].said["row"]["person_name"] == "Ayan Sample"


def test_who_comes_back_hears_everything_missed_in_order_and_nothing_twice(office: Office, browser: Browser) -> None:
    start = browser.get("/api/live").json()["cursor"]
    numbers = [office.alarm() for _ in range(30)]
    raising = Thread(target=lambda: numbers.extend(office.alarm() for _ in range(30)))
    raising.start()
    told: list[Event] = []
    while len(told) < 60:
        last = {"Last-Event-ID": str(told[-1].id)} if told else {}
        told += listen(browser, start, min(7, 60 - len(told)), **last)
    raising.join()
    assert _numbers(told) == numbers
    cursors = [event.said["cursor"] for event in told]
    assert cursors == sorted(set(cursors))


def test_what_somebody_does_about_an_alarm_is_told_to_everybody(office: Office, browser: Browser) -> None:
    number = office.alarm()
    start = browser.get("/api/live").json()["cursor"]
    browser.act(number, "take")
    [told] = listen(browser, start, 1)
    assert (told.said["row"]["alarm"]["id"], told.said["row"]["alarm"]["taken_by"]) == (number, "aliya")


def test_people_who_moved_are_told_and_the_line_beats(office: Office, browser: Browser) -> None:
    office.stand(
        invented.AYAN,
        PersonStanding(
            compliance=Compliance.NOT_AS_PRESCRIBED,
            blindness=None,
            since=None,
            last_fix=None,
            heard_at=office.clock(),
            battery_percent=None,
        ),
    )
    with browser.client.stream("GET", "/api/feed?after=0") as answer, closing(events(answer)) as coming:
        told = {event.kind: event for event in islice(coming, 4)}
    assert [person["compliance"] for person in told["people"].said["people"]] == ["outside"]
    assert told["people"].id is None
    assert told["beat"].said["health"]["blind"] is True


def test_who_is_too_far_behind_or_knows_more_than_there_is_loads_everything_anew(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BACKLOG", 3)
    for _ in range(4):
        office.alarm()
    assert listen(browser, 0, 1, "reload")[0].said == {}
    assert listen(browser, 1_000_000, 1, "reload")[0].said == {}
    assert len(listen(browser, 1, 3)) == 3


def test_the_feed_ends_with_the_session_and_at_once_when_the_account_is_suspended(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with browser.client.stream("GET", "/api/feed") as answer, closing(events(answer)) as coming:
        next(coming)
        office.stores.accounts.suspend("aliya", "chief", suspended=True)
        number = office.alarm()
        assert number not in _numbers([one for one in coming if one.kind == "alarm"])
    office.stores.accounts.suspend("aliya", "chief", suspended=False)
    browser.sign_in()
    monkeypatch.setattr(feed, "STILL_SIGNED_IN_S", 0.1)
    with browser.client.stream("GET", "/api/feed") as answer, closing(events(answer)) as coming:
        next(coming)
        office.clock.pass_(hours=13)
        assert sum(1 for _ in coming) < 10
    assert browser.get("/api/health").status_code == 401


def test_an_open_feed_keeps_its_session(office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "STILL_SIGNED_IN_S", 0.05)
    with browser.client.stream("GET", "/api/feed") as answer, closing(events(answer)) as coming:
        next(coming)
        for _ in range(4):
            office.clock.pass_(minutes=20)
            _until(lambda: _used_at(office) == office.clock())
    assert browser.get("/api/health").status_code == 200


def test_time_that_goes_by_while_a_session_is_looked_up_does_not_end_it(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    get = Sessions.get

    def slowly(self: Sessions, token: bytes) -> SignedIn | None:
        found = get(self, token)
        office.clock.pass_(minutes=20)
        return found

    monkeypatch.setattr(Sessions, "get", slowly)
    assert [browser.get("/api/health").status_code for _ in range(4)] == [200] * 4


def _used_at(office: Office) -> datetime | None:
    with office.engine.connect() as connection:
        return connection.scalar(select(account_session.c.used_at))


def _until(true: Callable[[], bool]) -> None:
    patience = monotonic() + 30
    while not true():
        assert monotonic() < patience
        sleep(0.02)


def test_who_does_not_read_is_cut_off_and_the_others_hear_on(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch, lines: ExitStack
) -> None:
    monkeypatch.setattr(feed, "SEND_WITHIN_S", 0.5)
    start = browser.get("/api/live").json()["cursor"]
    url = browser.client.base_url
    assert url.port
    slow = lines.enter_context(socket.socket())
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    slow.connect((url.host, url.port))
    cookie = f"baqylau={browser.client.cookies['baqylau']}"
    slow.sendall(f"GET /api/feed?after={start} HTTP/1.1\r\nHost: {url.host}\r\nCookie: {cookie}\r\n\r\n".encode())

    numbers: list[int] = []
    raising = Thread(target=lambda: numbers.extend(_storm(office)))
    raising.start()
    told = listen(browser, start, 1_500)
    raising.join()
    assert _numbers(told) == numbers
    _until(lambda: "baqylau_web_feed_cut_off_total 1.0" in browser.get("/metrics").text)
    slow.settimeout(20)
    _until(lambda: not slow.recv(1 << 20))


def _storm(office: Office) -> list[int]:
    """Raise 1 500 alarms, fifty at a time."""
    findings = [invented.finding(number, at=office.clock()) for number in range(1_500)]
    return [number for at in range(0, 1_500, 50) for number in sorted(office.find(*findings[at : at + 50]))]


def test_a_database_that_drops_every_line_costs_no_alarm(office: Office, browser: Browser) -> None:
    start = browser.get("/api/live").json()["cursor"]
    with browser.client.stream("GET", f"/api/feed?after={start}") as answer, closing(events(answer)) as coming:
        next(coming)
        with office.engine.connect() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
        sleep(2 * FRESH_S)
        numbers = [office.alarm() for _ in range(3)]
        told = list(islice((event for event in coming if event.kind == "alarm"), 3))
    assert _numbers(told) == numbers


def test_the_server_stops_in_order_while_feeds_are_open(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        with browser.client.stream("GET", "/api/feed") as answer:
            coming = events(answer)
            next(coming)
            office.stop()
            assert sum(1 for _ in coming) < 10


def test_a_server_that_has_ended_leaves_nobody_who_hears_the_database(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        _until(lambda: bool(_ears()))
    assert _ears() == []


def _ears() -> list[Thread]:
    return [one for one in threads() if one.name == "ear"]
