"""From the judge's commit to fifty operators: alarms at a steady rate while everybody on the live screen moves."""

import asyncio
from collections.abc import Iterator
from http.cookies import SimpleCookie
from itertools import count
from threading import Thread
from time import perf_counter, sleep

import httpx
import msgspec

from baqylau.crypto import passwords
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import FindingId, PersonId, SubjectId
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.domain.verdicts import Compliance
from baqylau.links.wall_clock import now
from baqylau.rules import fold
from baqylau.storage.access.accounts import Account, Accounts
from baqylau.storage.judging.judgement import Judged, JudgedBatch, JudgeStore, LiveWrite
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Registers
from tests.perf.figures import Figure, figure, quantile
from tests.perf.installation import HOST, Installation, await_door, cpu_s, free_port

OPERATORS = 50
PEOPLE = 500
ROUNDS, ROUND_S = 200, 0.1
MOVED_PER_ROUND = 50
P99_MS = 250
PASSWORD = "a password for a measurement"  # noqa: S105 - of a database that is forgotten afterwards
STATE = msgspec.msgpack.encode(fold.begin())


class Raising:
    """Commits an alarm and the moves of many people each round, and remembers when the commit came back."""

    def __init__(self, installation: Installation) -> None:
        people = Registers(installation.engine, now).people()[:PEOPLE]
        self._people = [person.id for person in people]
        self._store = JudgeStore(installation.engine)
        self._epochs = Seats(installation.engine, "judge", "bench").sit()
        self.committed_s: dict[int, float] = {}

    def run(self) -> None:
        """Go on for all rounds."""
        turn = count()
        for number in range(ROUNDS):
            begun_s = perf_counter()
            moved = [self._people[next(turn) % len(self._people)] for _ in range(MOVED_PER_ROUND)]
            batch = [self._judged(person_id, number if at == 0 else None) for at, person_id in enumerate(moved)]
            changed = self._store.commit(
                JudgedBatch(epochs=self._epochs, cursors={}, people=tuple(batch), judged_at=now())
            )
            done_s = perf_counter()
            self.committed_s |= dict.fromkeys(changed, done_s)
            sleep(max(0.0, begun_s + ROUND_S - perf_counter()))

    def _judged(self, person_id: PersonId, number: int | None) -> Judged:
        at = now()
        standing = fold.PersonStanding(
            compliance=Compliance.FREE, blindness=None, since=None, last_fix=None, heard_at=at, battery_percent=80.0
        )
        return Judged(
            person_id=person_id,
            partition=partition_of(person_id),
            state=STATE,
            through=at,
            raised=() if number is None else (_finding(person_id, number),),
            live=LiveWrite(compliance=standing.compliance, body=msgspec.json.encode(standing)),
        )


def _finding(person_id: PersonId, number: int) -> Finding:
    return Finding(
        id=FindingId(f"{number:032x}"),
        rule="bench",
        rule_version="1",
        code=Code.STRAP_OPEN,
        person_id=person_id,
        subject=SubjectId(f"bench-{number}"),
        at=now(),
        because=(),
    )


def figures(installation: Installation) -> Iterator[Figure]:
    """Serve fifty operators and measure how late the slowest of their screens hears of an alarm."""
    account = Account(
        login="bench", name="Bench", password=passwords.hashed(PASSWORD), language=Language.EN, role=Role.OPERATOR
    )
    Accounts(installation.engine, now).create(account, by="bench")
    port = free_port()
    with installation.role("web", "--web-port", str(port)) as pid:
        await_door(port)
        cookie = _signed_in(port)
        raising = Raising(installation)
        begun_s, begun_cpu_s = perf_counter(), cpu_s(pid)
        heard = asyncio.run(_listen(port, cookie, raising))
        cores = (cpu_s(pid) - begun_cpu_s) / (perf_counter() - begun_s)
    late_ms = [(at_s - raising.committed_s[number]) * 1000 for number, at_s in heard]
    yield figure("feed: alarms heard by 50 operators", len(late_ms), "of 10 000", at_least=OPERATORS * ROUNDS)
    yield figure("feed: commit to an operator's line, p50", quantile(late_ms, 0.5), "ms")
    yield figure("feed: commit to an operator's line, p99", quantile(late_ms, 0.99), "ms", at_most=P99_MS)
    yield figure("feed: cores used by the workstation server meanwhile", cores, "cores")


def _signed_in(port: int) -> str:
    origin = f"http://{HOST}:{port}"
    body = {"login": "bench", "password": PASSWORD}
    answer = httpx.post(f"{origin}/api/session", json=body, headers={"Origin": origin}, trust_env=False)
    answer.raise_for_status()
    cookie = SimpleCookie(answer.headers["set-cookie"])
    return "; ".join(f"{name}={morsel.value}" for name, morsel in cookie.items())


async def _listen(port: int, cookie: str, raising: Raising) -> list[tuple[int, float]]:
    ready = asyncio.Barrier(OPERATORS + 1)
    listeners = [asyncio.create_task(_listener(port, cookie, ready)) for _ in range(OPERATORS)]
    await ready.wait()
    thread = Thread(target=raising.run)
    thread.start()
    heard = await asyncio.gather(*listeners)
    thread.join()
    return [one for of_one in heard for one in of_one]


async def _listener(port: int, cookie: str, ready: asyncio.Barrier) -> list[tuple[int, float]]:
    """Read one feed until every alarm came, and note when."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=1 << 22)
    writer.write(f"GET /api/feed?after=0 HTTP/1.1\r\nHost: {HOST}:{port}\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b": listening")
    await ready.wait()
    heard: list[tuple[int, float]] = []
    async with asyncio.timeout(ROUNDS * ROUND_S + 30):
        while len(heard) < ROUNDS:
            line = await reader.readline()
            if line.startswith(b'data: {"type":"alarm"'):
                heard.append((msgspec.json.decode(line[6:])["row"]["alarm"]["id"], perf_counter()))
    writer.close()
    await writer.wait_closed()
    return heard
