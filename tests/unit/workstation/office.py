"""The test's own office: a database, a clock that stands still until told, and browsers."""

import os
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import httpx
import msgspec
from argon2 import PasswordHasher
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.crypto.digests import observation_id
from baqylau.crypto.signing import Signer
from baqylau.domain.findings import Finding
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Authentication, Body, Observation
from baqylau.domain.partitions import partition_of
from baqylau.domain.people import Language
from baqylau.domain.rights import Bounds, Role
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.serve import listener, server
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.stores import Stores
from baqylau.rules import fold
from baqylau.storage.access.accounts import Account, Invited
from baqylau.storage.journal.journal import Entry
from baqylau.storage.judging.judgement import Judged, JudgedBatch, JudgeStore, LiveWrite
from baqylau.storage.judging.seats import Seats
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import Vault
from tests.unit.workstation import invented

SEND_BUFFER_BYTES = 65_536
"""What the system takes off a server's hands for each line. Left to itself it grows to megabytes on some machines, and
who does not read is not noticed before they are full."""
PASSWORD = "a long invented password"  # noqa: S105 - invented, and the point of the story
EVERYBODY = Bounds()
HASHED = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
"""At a small part of what a password that is set costs, and it costs so little to compare: many sign in here."""
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Nothing is encrypted here. Each client of its own accord reads all authorities of the world, which takes a while."""


def visitor(address: str, timeout_s: float = 20) -> httpx.Client:
    """Give what speaks with a server on this machine, and with nobody else."""
    return httpx.Client(base_url=address, timeout=timeout_s, trust_env=False, verify=NO_AUTHORITIES)


class Clock:
    """Time stands still until the story moves it."""

    def __init__(self) -> None:
        self.now = invented.NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class Browser:
    """One browser: it keeps cookies, says where it comes from and carries the token once it is signed in."""

    def __init__(self, address: str) -> None:
        self.client = visitor(address)
        self.headers = {"Origin": address}

    def sign_in(self, login: str = "aliya", password: str = PASSWORD) -> httpx.Response:
        answer = self.change("POST", "/api/session", {"login": login, "password": password})
        if answer.is_success:
            self.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return answer

    def change(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.client.request(method, path, json=body, headers=self.headers)

    def act(self, number: int, kind: str, **words: object) -> httpx.Response:
        """Do something about an alarm."""
        return self.change("POST", f"/api/alarms/{number}/acts", {"type": kind, **words})

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=headers)


class Office:
    """Everything a story needs."""

    def __init__(self, engine: Engine, place: Path) -> None:
        self.clock = Clock()
        self.engine = engine
        self.vault = Vault(engine, bytes(32), os.urandom)
        self.signer = Signer(bytes(32))
        self.settings = Settings(
            installation=invented.INSTALLATION, port=0, static_dir=place / "static", basemap_dir=place / "maps"
        )
        self.stores = Stores(engine, self.vault, "Asia/Almaty", self.clock, os.urandom)
        self.judge = JudgeStore(engine)
        self._numbers = count(1)
        self._epochs = Seats(engine, "judge", "story").sit()

    @contextmanager
    def open(self, **changes: Any) -> Iterator[str]:
        """Serve on a port of the system's choice and give the address."""
        settings = replace(self.settings, **changes)
        app = create_app(settings, self.engine, self.vault, self.clock, os.urandom, self.signer)
        addresses: Queue[str] = Queue()
        with listener(settings.host, 0) as opened:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            serving = self._serving = server(app, settings, listening=addresses.put)
            thread = Thread(target=serving.run, args=([opened],))
            thread.start()
            try:
                yield addresses.get(timeout=20)
            finally:
                serving.should_exit = True
                thread.join(20)
                assert not thread.is_alive()

    def stop(self) -> None:
        """Ask the server to stop, as a signal would."""
        self._serving.should_exit = True

    @contextmanager
    def browser(self, **changes: Any) -> Iterator[Browser]:
        """Serve and give a browser that is not signed in."""
        with self.open(**changes) as address:
            browser = Browser(address)
            with browser.client:
                yield browser

    def employ(self, login: str = "aliya", role: Role = Role.ADMINISTRATOR, bounds: Bounds = EVERYBODY) -> None:
        """Make an account."""
        name = login.title()
        account = Account(login=login, name=name, password=HASHED, language=Language.KK, role=role, bounds=bounds)
        self.stores.accounts.create(account, by="installation")

    def invite(self) -> str:
        """Make a one-time link and give its token."""
        token = fresh(os.urandom)
        self.stores.accounts.invite(digest(token), Invited(role=Role.ADMINISTRATOR), self.clock() + timedelta(hours=1))
        return token

    def populate(self) -> None:
        """Register the invented people with their orders and equipment."""
        Registers(self.engine, self.clock).save(invented.TOWN, by="installation")

    def hear(
        self,
        device_id: DeviceId,
        *bodies: Body,
        person_id: PersonId = invented.AYAN,
        observed_at: datetime | None = None,
    ) -> Observation:
        """Keep one observation, of now where nothing else is said."""
        observation = Observation(
            id=observation_id(device_id.encode(), str(self.clock()).encode(), msgspec.json.encode(bodies)),
            device_id=device_id,
            observed_at=observed_at or self.clock(),
            received_at=self.clock(),
            bodies=bodies,
            authentication=Authentication.UNAUTHENTICATED_DEVICE,
            via="wialon",
        )
        entry = Entry(
            partition=partition_of(person_id), person_id=person_id, observation=observation, raw=b"#D#invented"
        )
        self.stores.journal.append([entry])
        return observation

    def find(self, *findings: Finding) -> list[int]:
        """Let the judge find it and give the numbers of the alarms that are new or changed."""
        people = {finding.person_id for finding in findings}
        judged = (
            Judged(
                person_id=person_id,
                partition=partition_of(person_id),
                state=msgspec.msgpack.encode(fold.begin()),
                through=self.clock(),
                raised=tuple(finding for finding in findings if finding.person_id == person_id),
            )
            for person_id in people
        )
        return list(self._commit(*judged))

    def take_away(self, finding: Finding) -> None:
        """Let the judge find it no longer."""
        judged = Judged(
            person_id=finding.person_id,
            partition=partition_of(finding.person_id),
            state=msgspec.msgpack.encode(fold.begin()),
            through=self.clock(),
            superseded=(finding.id,),
        )
        self._commit(judged)

    def stand(self, person_id: PersonId, standing: fold.PersonStanding) -> None:
        """Let the judge write what the live screen shows."""
        live = LiveWrite(compliance=standing.compliance, body=msgspec.json.encode(standing))
        state = msgspec.msgpack.encode(fold.begin())
        partition = partition_of(person_id)
        self._commit(Judged(person_id=person_id, partition=partition, state=state, through=self.clock(), live=live))

    def alarm(self) -> int:
        """Raise one more alarm, on a device of its own."""
        return self.find(invented.finding(next(self._numbers), at=self.clock()))[0]

    def _commit(self, *people: Judged) -> list[Any]:
        batch = JudgedBatch(epochs=self._epochs, cursors={}, people=people, judged_at=self.clock())
        return list(self.judge.commit(batch))
