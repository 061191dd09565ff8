"""Those who look: browsers without a picture, which note when an alarm reaches them."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

import httpx
import msgspec
from sqlalchemy import Engine

from baqylau.crypto import passwords
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.links.wall_clock import monotonic_s, now
from baqylau.monitoring.workstation.messages import FeedAlarm, FeedPeople
from baqylau.storage.access.accounts import Account, Accounts
from tests.perf.installation import HOST

LOGIN, PASSWORD = "bench", "a long invented password"
_ALARM = b"event: alarm\n"
_END = b"\n\n"
_PEOPLE = b"event: people\n"
_alarm, _people = msgspec.json.Decoder(FeedAlarm), msgspec.json.Decoder(FeedPeople)


def employ(engine: Engine, people: int = 1) -> None:
    """Make accounts to look with."""
    password = passwords.hashed(PASSWORD)
    for one in range(people):
        account = Account(
            login=login_of(one), name="Bench", password=password, language=Language.EN, role=Role.ADMINISTRATOR
        )
        Accounts(engine, now).create(account, by="bench")


def login_of(one: int) -> str:
    """Give the name by which one of those who look signs in."""
    return f"{LOGIN}-{one}" if one else LOGIN


def signed_in(port: int, login: str = LOGIN) -> str:
    """Sign in over HTTP and give the cookie to look with."""
    address = f"http://{HOST}:{port}"
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as browser:
        credentials = {"login": login, "password": PASSWORD}
        browser.post("/api/session", json=credentials, headers={"Origin": address}).raise_for_status()
        return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


class Screen(asyncio.Protocol):
    """One feed, open for as long as the measurement lasts, and when an alarm of somebody came along it."""

    def __init__(self, cookie: str) -> None:
        """Take the session."""
        self._cookie = cookie
        self._unread = b""
        self.seen_s: dict[str, float] = {}
        """When the first that is looked for arrived of each person."""
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the feed. HTTP 1.0, so that events come as they are."""
        assert isinstance(transport, asyncio.Transport)
        head = f"GET /api/feed?after=0 HTTP/1.0\r\nHost: {HOST}\r\nCookie: {self._cookie}\r\n\r\n"
        transport.write(head.encode())

    def data_received(self, data: bytes) -> None:
        """Note what is looked for."""
        at_s = monotonic_s()
        *events, self._unread = (self._unread + data).split(_END)
        for event in events:
            for person_id in self.shown(event):
                self.seen_s.setdefault(person_id, at_s)

    def shown(self, event: bytes) -> Iterable[str]:
        """Give the people of whom an event tells what is looked for."""
        _, found, rest = event.partition(_ALARM)
        return (_alarm.decode(rest.partition(b"data: ")[2]).row.alarm.person_id,) if found else ()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - why does not matter
        """Note that the feed ended."""
        self.lost = True


class Map(Screen):
    """A feed of which places are looked for: when the first one of somebody came along it."""

    def shown(self, event: bytes) -> Iterable[str]:
        """Give the people who have a place."""
        _, found, rest = event.partition(_PEOPLE)
        told = _people.decode(rest.partition(b"data: ")[2]).people if found else ()
        return [one.id for one in told if one.last_fix is not None]


async def looking(port: int, count: int, kind: type[Screen] = Screen, *, people: int = 1) -> list[Screen]:
    """Open so many feeds, by so many people, each with a session of their own."""
    loop = asyncio.get_running_loop()
    cookies = [await asyncio.to_thread(signed_in, port, login_of(one)) for one in range(people)]
    screens = [kind(cookies[one % people]) for one in range(count)]
    for screen in screens:
        await loop.create_connection(lambda opened=screen: opened, HOST, port)  # type: ignore[misc]
    return screens


def delays_s(sent_s: dict[str, float], screens: Iterable[Screen]) -> list[float]:
    """Give how long each alarm took to each screen."""
    taken: dict[str, list[float]] = defaultdict(list)
    for screen in screens:
        for person_id, at_s in screen.seen_s.items():
            if person_id in sent_s:
                taken[person_id].append(at_s - sent_s[person_id])
    return [delay for delays in taken.values() for delay in delays]
