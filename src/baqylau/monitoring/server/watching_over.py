"""Watching over ourselves: is a part of ours down, late, full, attacked or changed? Then somebody is told.

Every role that keeps running without the others runs one: it sees a gateway or a judge that is gone, because it is
alive when they are not. Several may watch at once; alarms are written once. Source: notes on the domain, section 6, X.
"""

import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from math import inf
from pathlib import Path

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.proof import Verification
from baqylau.storage.judging.live import AV_SERVER, GATEWAY, JUDGE, REGION
from baqylau.storage.judging.ourselves import Condition, Ourselves, Sign, Signs

STANDING_STILL = "judge/standing"
PASSING = (Code.INGEST_LAG, Code.PART_DOWN, Code.AV_SERVER_DOWN, Code.STORAGE_FAULT, Code.QUARANTINE_RISING)
"""What can end by itself. What happened to security or to the journal stays until a person closes it."""


class Limits(Struct, frozen=True, kw_only=True):
    """From when on something of ours is not as it should be."""

    look_every_s: float = 5.0
    down_after_s: float = 30.0
    """Without a sign of life for so long, a role is down. Alarms are at most so late, notes on the domain, 7 (52)."""
    gateway_late_ms: float = 1_000.0
    """Median time from receipt to commit [K]."""
    judge_late_ms: float = 5_000.0
    """Median time from receipt to judgement; notes on the domain, section 7 (1)."""
    turned_away_for_s: float = 60.0
    """A gateway that has turned nobody away for so long has room again [K]."""
    late_for_s: float = 90.0
    """A short rush is no fault, nor is a start: longer than the minute over which delays are measured [K]."""
    unsigned_after_s: float = 300.0
    """Heads are signed every minute while the journal grows [K]."""
    backup_after_days: float = 8.0
    """A copy a week, and a day to notice [K]."""
    free_share: float = 0.02
    free_bytes: int = 2 * 1024**3
    quarantined_times: float = 3.0
    """So many times the usual number in an hour [K]."""
    quarantined_least: int = 100
    failures_of_login: int = 10
    failures_of_peer: int = 30
    """Sign-ins that did not match within an hour: by then the brake holds for minutes."""
    prove_every_s: float = 300.0
    prove_entries: int = 100
    """So many of the last entries of each chain are proved."""


class Disk(Struct, frozen=True):
    """Room where the data lie. Bytes."""

    total: int
    free: int


def conditions(signs: Signs, disk: Disk, now: datetime, began_at: datetime, limits: Limits) -> Iterator[Condition]:
    """Give what is not as it should be. Who has just begun to watch gives the others time to say that they live."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    late_ms = {GATEWAY: limits.gateway_late_ms, REGION: limits.gateway_late_ms, JUDGE: limits.judge_late_ms}
    for role, sign in signs.roles.items():
        if now - max(sign.alive_at, began_at) > timedelta(seconds=limits.down_after_s):
            code = Code.AV_SERVER_DOWN if role == AV_SERVER else Code.PART_DOWN
            yield Condition(code=code, subject=role, since=sign.alive_at)
        elif sign.delay_ms is not None and sign.delay_ms > late_ms.get(role.partition("/")[0], inf):
            yield Condition(code=Code.INGEST_LAG, subject=role, since=now, named_by=hour)
    if any(_turned_away(sign, now, limits) for sign in signs.roles.values()):
        yield Condition(code=Code.INGEST_LAG, subject="lines", since=now, named_by=hour)
    for kind, broken in (("notices", signs.broken_ways), ("forwarding", signs.broken_targets)):
        yield from (Condition(code=Code.PART_DOWN, subject=f"{kind}/{target}", since=at) for target, at in broken)
    yield from _storage(signs, disk, now, began_at, limits)
    if signs.quarantined >= max(limits.quarantined_least, signs.quarantined_usually * limits.quarantined_times):
        yield Condition(code=Code.QUARANTINE_RISING, subject="quarantine", since=now, named_by=hour)
    yield from _security(signs, now, hour, limits)


def _turned_away(sign: Sign, now: datetime, limits: Limits) -> bool:
    """Whoever finds no line keeps what it has to say, and is silent until then through no fault of the person."""
    at = sign.turned_away_at
    return at is not None and now - at < timedelta(seconds=limits.turned_away_for_s)


def _storage(signs: Signs, disk: Disk, now: datetime, began_at: datetime, limits: Limits) -> Iterator[Condition]:
    hour = now.replace(minute=0, second=0, microsecond=0)
    if disk.free < max(limits.free_bytes, disk.total * limits.free_share):
        yield Condition(code=Code.STORAGE_FAULT, subject="disk", since=now, named_by=hour)
    if signs.backed_up_at is not None and now - signs.backed_up_at > timedelta(days=limits.backup_after_days):
        yield Condition(code=Code.STORAGE_FAULT, subject="backup", since=signs.backed_up_at)
    if _unsigned(signs, now, began_at, limits):
        yield Condition(code=Code.STORAGE_FAULT, subject="signature", since=signs.signed_at or hour)


def _unsigned(signs: Signs, now: datetime, began_at: datetime, limits: Limits) -> bool:
    """The journal has grown since it was last signed, and there was time enough to sign it."""
    if signs.appended_at is None or (signs.signed_at is not None and signs.appended_at <= signs.signed_at):
        return False
    limit = timedelta(seconds=limits.unsigned_after_s)
    return now - max(signs.signed_at or began_at, began_at) > limit and now - signs.appended_at < limit


def _security(signs: Signs, now: datetime, hour: datetime, limits: Limits) -> Iterator[Condition]:
    if signs.failures_of_login >= limits.failures_of_login or signs.failures_of_peer >= limits.failures_of_peer:
        yield Condition(code=Code.SECURITY_EVENT, subject="sign_in", since=now, named_by=hour)
    for _, at in signs.accounts:
        yield Condition(code=Code.SECURITY_EVENT, subject="accounts", since=at)


def broken_chains(proved: Verification, now: datetime) -> Iterator[Condition]:
    """Give the chains that are not as they were written."""
    for broken in proved.broken:
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        yield Condition(code=Code.CHAIN_BROKEN, subject=f"journal/{broken.partition}", since=now, named_by=day)


class Watch:
    """Looks every few seconds until told to stop."""

    def __init__(
        self,
        ourselves: Ourselves,
        *,
        now: Callable[[], datetime],
        disk: Callable[[], Disk],
        prove: Callable[[int], Verification],
        limits: Limits,
        live: Callable[[datetime], None] | None = None,
    ) -> None:
        """`prove` walks so many of the last entries of each chain; `live` says that the role lives that we are in."""
        self._ourselves = ourselves
        self._now = now
        self._disk = disk
        self._prove = prove
        self._limits = limits
        self._live = live
        self._began_at = self._proved_at = now()
        self._late_since: dict[str, datetime] = {}
        self._behind: Mapping[int, int] = {}

    def look(self) -> None:
        """Look once, and tell what is to be told."""
        now = self._now()
        if self._live is not None:
            self._live(now)
        signs = self._ourselves.signs(now)
        found = [*conditions(signs, self._disk(), now, self._began_at, self._limits), *self._standing_still(signs, now)]
        present = self._lasting(found, now)
        if now - self._proved_at >= timedelta(seconds=self._limits.prove_every_s):
            self._proved_at = now
            present += broken_chains(self._prove(self._limits.prove_entries), now)
        self._ourselves.settle(present, PASSING, now)

    def _standing_still(self, signs: Signs, now: datetime) -> Iterator[Condition]:
        """Find that nobody judges a part of the people, though a judge lives: its cursor stands where it stood."""
        before, self._behind = self._behind, signs.behind
        if any(before.get(partition) == seq for partition, seq in signs.behind.items()):
            hour = now.replace(minute=0, second=0, microsecond=0)
            yield Condition(code=Code.INGEST_LAG, subject=STANDING_STILL, since=now, named_by=hour)

    def _lasting(self, found: list[Condition], now: datetime) -> list[Condition]:
        """Leave out lateness that has not lasted yet."""
        late = {one.subject for one in found if one.code is Code.INGEST_LAG}
        self._late_since = {role: self._late_since.get(role, now) for role in late}
        enough = now - timedelta(seconds=self._limits.late_for_s)
        return [one for one in found if one.code is not Code.INGEST_LAG or self._late_since[one.subject] <= enough]

    def until(self, stop: threading.Event) -> None:
        """Look again and again; while the database is away nothing can be told."""
        while not stop.wait(self._limits.look_every_s):
            with suppress(StorageUnavailableError):
                self.look()


def disk_at(place: Path) -> Disk:
    """Give the room on the disk that holds a folder."""
    usage = shutil.disk_usage(place)
    return Disk(total=usage.total, free=usage.free)
