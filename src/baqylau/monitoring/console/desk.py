"""One console at work: what is heard, who unlocked it, what is looked at, checked and brought.

Everything runs on one loop. Nothing of anybody is in memory while it is locked, and nothing of anybody is on disk that
opens without the officer's password.
"""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from msgspec import Struct, field

from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.crypto.signing import Signer
from baqylau.domain.ids import PersonId
from baqylau.links.radio.words import Clock, Frame, Said, Sky, Stamp, Waited
from baqylau.monitoring.console import checking, expiry
from baqylau.monitoring.console.checking import Added, Place, Scan
from baqylau.monitoring.console.jobs import CheckEntry, Entry, JobEntry, Told, after
from baqylau.monitoring.console.nearby import Air
from baqylau.monitoring.console.prescribed import on_the_body
from baqylau.monitoring.console.secrets import Officer
from baqylau.monitoring.console.store import Store, sealed_for_diary
from baqylau.monitoring.console.strolling import Walking
from baqylau.monitoring.console.sync import Identity, Sync
from baqylau.protocols.batch.records import ClockQuality, Record, Sealed
from baqylau.protocols.console.envelope import sealed_brought
from baqylau.protocols.console.words import Brought, Case, Looked, News, Now, Package
from baqylau.rules.gnss.accuracy import r95_m
from baqylau.rules.gnss.validity import BACK_IN_TIME, faults

log = structlog.get_logger()

PLACE_MS = 15_000
"""A place of the satellites is of now for so long."""
PAGE_MS = 20_000
"""A page that was not asked for so long is not open any more [K]."""
IDLE_MS = 30 * 60_000
"""Nobody touched it for so long: it locks itself [K]."""
SEED_BYTES = 32
_CHECK_ID_BYTES = 8

_ENTRY = msgspec.msgpack.Decoder(Entry)


class LockedError(Exception):
    """Nobody has unlocked the console."""


class UnknownPersonError(Exception):
    """Not one of the officer's own people, or nothing to be heard of them."""


class NoScanError(Exception):
    """No check is under way."""


class NotOpenedError(Exception):
    """The password opens nothing here."""


class Known(Struct, frozen=True):
    """How somebody stood, and when the server said it."""

    at: datetime
    now: Now


class Open(Struct):
    """What is in memory while an officer has unlocked it."""

    officer: Officer
    brought: Package
    """As it came."""
    package: Package
    """The same after what was done on the way."""
    air: Air
    used_ms: int
    jobs: tuple[JobEntry, ...] = ()
    """Acts on equipment of the day, newest first."""
    told: Told = {}
    """What became of the officer's acts."""
    people: dict[PersonId, Known] = field(default_factory=dict)
    """How those stood whose page was open, when the server last said it."""
    asked: dict[PersonId, int] = field(default_factory=dict)
    """When each page was last open."""

    def case(self, person_id: PersonId) -> Case:
        """Give one of the officer's own; `UnknownPersonError`."""
        found = next((one for one in self.package.cases if one.person.id == person_id), None)
        if found is None:
            raise UnknownPersonError(person_id)
        return found


class Desk:
    """The console."""

    def __init__(
        self, identity: Identity, store: Store, sync: Sync, clock: Clock, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        """Take who we are, what is kept, the way to the server, both clocks and chance."""
        self.identity, self.store, self.sync = identity, store, sync
        self._clock, self._random = clock, random
        self._open: Open | None = None
        self._listened = Air()
        self.scan: Scan | None = None
        self.walk: Walking | None = None
        self.place: Place | None = None
        self.wanted = asyncio.Event()
        """Set when there is something to bring or to ask."""
        sync.news = self.told

    def ms(self) -> int:
        """Give the present instant of the clock that never jumps."""
        return self._clock().monotonic_ms

    def right(self) -> datetime:
        """Give the present instant, put right by the server's word, or by the satellites' where they are heard."""
        stamp = self._clock()
        place = self.here()
        if place is not None:
            return place.at + timedelta(milliseconds=stamp.monotonic_ms - place.ms)
        return self.sync.right(stamp)

    def ahead_s(self) -> float:
        """Give how far the console's own clock is wrong."""
        return (self._clock().at - self.right()).total_seconds()

    def here(self) -> Place | None:
        """Give where the console is, as long as the satellites say it."""
        place = self.place
        return place if place is not None and self.ms() - place.ms <= PLACE_MS else None

    @property
    def air(self) -> Air:
        """What is heard; of whom nothing is known while the console is locked."""
        return self._listened if self._open is None else self._open.air

    @property
    def locked(self) -> bool:
        """Whether nobody uses it now."""
        return self._open is None

    def peek(self) -> Open | None:
        """Give what is open, without counting it as a use."""
        return self._open

    def opened(self) -> Open:
        """Give what is open, used now; `LockedError`."""
        if self._open is None:
            raise LockedError
        self._open.used_ms = self.ms()
        return self._open

    async def unlock(self, password: str, login: str = "") -> None:
        """Open the package that is here; with a login ask the server first.

        `NotOpenedError`, and what `Sync.begin` raises.
        """
        if login:
            officer = await self.sync.begin(login, password)
        else:
            salt = self.store.held("salt")
            if salt is None:
                raise NotOpenedError
            officer = await asyncio.to_thread(Officer, self.identity.seed, password, salt)
        self.tend()
        if not self._use(officer):
            raise NotOpenedError

    def lock(self) -> None:
        """Forget everything that was in memory."""
        self._open, self.scan, self.walk, self._listened = None, None, None, Air()

    def _use(self, officer: Officer) -> bool:
        sealed = self.store.held("package")
        package = None if sealed is None else officer.open(sealed, self.identity.device_id)
        if package is None:
            return False
        air, before = Air(package.keys, self._clock().at), self._open
        self._open = Open(officer, package, package, air, self.ms())
        if before is not None:
            air.carry_on(before.air)
            self._open.told, self._open.people, self._open.asked = before.told, before.people, before.asked
        self.changed()
        news = self.store.held("news")
        if news is not None:
            self.told(news)
        return True

    def changed(self) -> None:
        """Go by what was done on the way, as far as the package does not know it yet."""
        opened = self._open
        if opened is not None:
            entries = [entry for entry, _ in self._diary(opened.officer)]
            opened.jobs = tuple(entry for entry in entries if isinstance(entry, JobEntry))
            opened.package = after(opened.brought, opened.jobs, opened.told)

    def told(self, sealed: bytes) -> None:
        """Take what the server says: what became of acts, and how those stand whose page is open."""
        opened = self._open
        news: News | None = None
        if opened is not None:
            news = opened.officer.open_news(sealed, self.identity.device_id)
        if opened is None or news is None:
            return
        opened.told = {(one.act_id, one.stage): one for one in news.acts}
        opened.people.update((one.person_id, Known(news.at, one)) for one in news.people)
        self.changed()

    def about(self) -> tuple[PersonId, ...]:
        """Give whose page the officer has open."""
        opened = self._open
        if opened is None:
            return ()
        return tuple(name for name, ms in opened.asked.items() if self.ms() - ms <= PAGE_MS)

    def shown(self, person_id: PersonId) -> None:
        """Take note that a person's page is open; the first time the server is asked how they stand."""
        opened = self.opened()
        opened.case(person_id)
        fresh = self.ms() - opened.asked.get(person_id, -PAGE_MS) >= PAGE_MS
        opened.asked[person_id] = self.ms()
        if fresh:
            self.wanted.set()

    def left(self) -> timedelta | None:
        """Give how long the package still serves; None where there is none."""
        made = self.store.held("package_at")
        if made is None or self.store.held("package") is None:
            return None
        latest = self.store.number("latest_s")
        return expiry.left(
            expiry.Times(
                expires_at=datetime.fromisoformat(made.decode()) + expiry.LASTS,
                latest_at=datetime.fromtimestamp(latest, UTC),
                came_ms=self.store.number("package_ms"),
                same_boot=self.store.held("package_boot") == self.identity.boot.encode(),
            ),
            self.right(),
            self.ms(),
        )

    def tend(self) -> None:
        """Wipe what has to go, lock what nobody uses, and remember how late it has become."""
        left = self.left()
        if left is not None and left <= timedelta():
            log.info("package_expired")
            self.store.wipe("expired")
        if self.store.held("package") is None and self._open is not None:
            self.lock()
        if self._open is not None and self.ms() - self._open.used_ms > IDLE_MS:
            self.lock()
        self.store.hold(latest_s=max(self.store.number("latest_s"), int(self.right().timestamp())))

    def renewed(self) -> None:
        """Take over a package that came while the console is in use; lock it when it is not for this officer."""
        if self._open is not None and not self._use(self._open.officer):
            self.lock()

    def heard(self, said: Said) -> None:
        """Take what a receiver says."""
        match said.word:
            case Frame(raw=raw, rssi_dbm=rssi_dbm):
                device_id = self.air.hear(raw, rssi_dbm, said.stamp.at, said.stamp.monotonic_ms)
                if self.walk is not None and device_id is not None:
                    self.walk.heard(device_id, said.stamp.monotonic_ms, rssi_dbm)
            case Sky():
                self._seen(said.word, said.stamp.monotonic_ms)
            case Waited():
                self.tend()
            case _:
                pass

    def _seen(self, sky: Sky, ms: int) -> None:
        epoch = sky.epoch
        wrong = [one for one in faults(epoch, epoch.at_s, None) if one != BACK_IN_TIME]
        if wrong or epoch.latitude_deg is None or epoch.longitude_deg is None or epoch.at_s is None:
            return
        self.place = Place(
            latitude_deg=epoch.latitude_deg,
            longitude_deg=epoch.longitude_deg,
            accuracy_m=r95_m(epoch.stated_m, epoch.hdop),
            at=datetime.fromtimestamp(epoch.at_s, UTC),
            ms=ms,
        )

    def looked(self, person_id: PersonId, what: str) -> None:
        """Write down that somebody looked at a person: brought to the server's audit with everything else."""
        opened, stamp = self.opened(), self._clock()
        opened.case(person_id)
        self.write(
            Looked(
                officer=opened.package.officer,
                person_id=person_id,
                what=what,
                at=stamp.at,
                monotonic_ms=stamp.monotonic_ms,
                boot=self.identity.boot,
            )
        )

    def begin(self, person_id: PersonId) -> Scan:
        """Begin a check: listen from now on. `UnknownPersonError` for who wears nothing that could be heard."""
        opened = self.opened()
        devices = {one.transmitter_id for one in opened.package.keys}
        own = [one for one in on_the_body(opened.case(person_id).supervision, self.right()) if one.id in devices]
        if not own:
            raise UnknownPersonError(person_id)
        self.scan = Scan(
            check_id=self.name(),
            person_id=person_id,
            transmitter_id=min(own, key=lambda one: (one.kind != "bracelet", one.id)).id,
            begun_ms=self.ms(),
        )
        return self.scan

    def finish(self, note: str, explanation: str, photo: bytes) -> str:
        """Write the check down. It is on disk when this returns; `NoScanError`, `PhotoWrongError`."""
        opened, scan, stamp = self.opened(), self.scan, self._clock()
        if scan is None:
            raise NoScanError
        added = Added(officer=opened.package.officer, note=note, explanation=explanation, photo=photo)
        now = (stamp.at, stamp.monotonic_ms, self.identity.boot)
        checked = checking.record(scan, opened.air, self.placed(), added, now)
        entry = CheckEntry(
            check_id=scan.check_id,
            person_id=scan.person_id,
            name=opened.case(scan.person_id).person.name,
            at=self.right(),
            heard=bool(checked.frames),
            level_dbm=checked.rssi_dbm,
            note=checked.note,
            explanation=checked.explanation,
            photo=bool(photo),
        )
        self.write(checked, entry, urgent=True)
        self.scan = None
        return scan.check_id

    def placed(self) -> Place | None:
        """Give the place with the satellites' time brought up to now."""
        place = self.here()
        if place is None:
            return None
        return msgspec.structs.replace(place, at=place.at + timedelta(milliseconds=self.ms() - place.ms))

    def write(self, brought: Brought, entry: Entry | None = None, *, urgent: bool = False, pause: bool = False) -> None:
        """Write down what is to be brought, and what the officer may see again of it. It is on disk on return.

        `pause`: the server has to do what it says before it reads on.
        """
        server, stamp = self.store.held("server_key"), self._clock()
        if server is None:
            raise LockedError
        own = self.identity
        content = sealed_brought(brought, own.device_id, Signer(own.seed), server, self._random(SEED_BYTES))
        record = Record(
            seq=1,
            observed_at=stamp.at,
            monotonic_ms=stamp.monotonic_ms,
            clock=ClockQuality.FREE,
            said=Sealed(content=content),
            urgent=urgent,
        )
        seen_again = None
        if entry is not None:
            rows = self.opened().officer.rows
            seen_again = sealed_for_diary(rows, msgspec.msgpack.encode(entry), self._random(NONCE_BYTES))
        self.store.write(record, seen_again, pause=pause)
        if isinstance(entry, JobEntry):
            self.changed()
        self.wanted.set()

    def name(self) -> str:
        """Give a name for an act: nobody else's."""
        return self._random(_CHECK_ID_BYTES).hex()

    def stamp(self) -> Stamp:
        """Give both clocks."""
        return self._clock()

    def diary(self) -> list[tuple[Entry, bool]]:
        """Give checks and acts of the day, newest first, and whether the server keeps each."""
        return self._diary(self.opened().officer)

    def _diary(self, officer: Officer) -> list[tuple[Entry, bool]]:
        oldest = self.store.oldest_waiting()
        return [(_ENTRY.decode(plain), oldest is None or seq < oldest) for seq, plain in self.store.diary(officer.rows)]
