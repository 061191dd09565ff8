"""Is everything that an installation needs there and healthy? Each answer is a sentence of the catalogues."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import Engine, text

from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.monitoring.av_server.models import ManifestError, ModelRefusedError, checked, entries
from baqylau.monitoring.av_server.presence import missing
from baqylau.monitoring.server.calls_file import ice_in
from baqylau.monitoring.server.notice_file import NoticeFileError, telling_in
from baqylau.monitoring.server.watching_over import broken_chains
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.database import transaction
from baqylau.storage.journal.proof import Verification
from baqylau.storage.journal.regions import Regions
from baqylau.storage.judging.live import BRIDGE, GATEWAY, Live, role_of
from baqylau.storage.judging.ourselves import Ourselves
from baqylau.storage.migrating import NEWEST, revision

POSTGRESQL_MIN = 15
DISK_FREE_MIN_BYTES = 2 * 1024**3
FRESH = timedelta(seconds=10)
HEARD_WITHIN = timedelta(seconds=30)
"""A site forwards what it hears within a second; after so long something is between."""
_NEVER = datetime.min.replace(tzinfo=UTC)
BEHIND_MAX = 10_000
WAITS_MAX = timedelta(minutes=15)
"""After so long a notice that is not sent yet is worth a look."""


class Answer(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    grade: Literal["ok", "warning", "fault"]
    key: str
    params: dict[str, str | int] = {}


def examine_machine(data_dir: Path, static_dir: Path, now: datetime) -> Iterator[Answer]:
    """Look at what is needed before any database."""
    free = shutil.disk_usage(_existing(data_dir)).free
    grade: Literal["ok", "warning"] = "ok" if free >= DISK_FREE_MIN_BYTES else "warning"
    yield Answer(grade=grade, key="doctor.disk", params={"free_gib": free // 1024**3})
    if os.access(_existing(data_dir), os.W_OK):
        yield Answer(grade="ok", key="doctor.data_writable", params={"folder": str(data_dir)})
    else:
        yield Answer(grade="fault", key="doctor.data_not_writable", params={"folder": str(data_dir)})
    built = (static_dir / "index.html").exists()
    yield Answer(grade="ok" if built else "fault", key="doctor.pages_built" if built else "doctor.pages_missing")
    offset = now.astimezone(ZoneInfo("Asia/Almaty")).utcoffset()
    right = offset == timedelta(hours=5)
    yield Answer(grade="ok" if right else "fault", key="doctor.timezones_right" if right else "doctor.timezones_old")


def examine_notices(data_dir: Path) -> Iterator[Answer]:
    """Look whether the file that says who is told what can be used."""
    try:
        targets = len(telling_in(data_dir).targets)
    except NoticeFileError as wrong:
        yield Answer(grade="fault", key=wrong.key, params=dict(wrong.params))
    else:
        yield Answer(grade="ok", key="doctor.notices", params={"count": targets})


def examine_calls(data_dir: Path) -> Iterator[Answer]:
    """Look whether the file that names the servers of live calls can be used."""
    try:
        servers = len(ice_in(data_dir))
    except NoticeFileError as wrong:
        yield Answer(grade="fault", key=wrong.key, params=dict(wrong.params))
    else:
        yield Answer(grade="ok", key="doctor.calls" if servers else "doctor.calls_direct", params={"count": servers})


def examine_comparing(data_dir: Path) -> Iterator[Answer]:
    """Look whether faces and voices can be compared, and whether every model is the one that is written down."""
    if missing():
        yield Answer(grade="warning", key="doctor.av_missing", params={"packages": ", ".join(missing())})
        return
    folder = data_dir / "models"
    try:
        for entry in entries(folder).values():
            if entry.file:
                checked(entry, folder)
    except (ModelRefusedError, ManifestError) as refused:
        yield Answer(grade="warning", key="doctor.av_model_wrong", params={"name": str(refused)})
        return
    yield Answer(grade="ok", key="doctor.av_installed")


def _existing(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def examine_database(engine: Engine, clock: Callable[[], datetime]) -> Iterator[Answer]:
    """Look at the database, the schema and the roles that work on it. Raises when it cannot be reached."""
    with transaction(engine) as connection:
        version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
        current = revision(connection)
        heads = connection.scalar(text("SELECT count(*) FROM journal_head")) if current else 0
    good = version >= POSTGRESQL_MIN
    yield Answer(
        grade="ok" if good else "fault",
        key="doctor.postgresql" if good else "doctor.postgresql_old",
        params={"version": version, "least": POSTGRESQL_MIN},
    )
    if current < NEWEST:
        yield Answer(grade="fault", key="doctor.schema_old")
        return
    newer = current > NEWEST
    yield Answer(grade="warning" if newer else "ok", key="doctor.schema_newer" if newer else "doctor.schema")
    if heads != len(ALL_PARTITIONS):
        yield Answer(grade="fault", key="doctor.journal_damaged")
    yield from _examine_roles(Live(engine), clock())
    yield from _examine_regions(Regions(engine), Live(engine), clock())
    yield from _examine_outbox(Outbox(engine), clock())


def _examine_roles(live: Live, now: datetime) -> Iterator[Answer]:
    beats = live.health()
    for role, alive_at in (("gateway", beats.gateway_alive_at), ("judge", beats.judge_alive_at)):
        if alive_at is not None and now - alive_at <= FRESH:
            yield Answer(grade="ok", key=f"doctor.{role}_alive")
        else:
            yield Answer(grade="warning", key=f"doctor.{role}_away")
    if beats.behind > BEHIND_MAX:
        yield Answer(grade="warning", key="doctor.judge_behind", params={"count": beats.behind})


def _examine_regions(regions: Regions, live: Live, now: datetime) -> Iterator[Answer]:
    """Look at what we hear by sites, and at gateways that have names."""
    alive = live.alive()
    for role, alive_at in sorted(alive.items()):
        kind, _, name = role.partition("/")
        if kind == GATEWAY and name and now - alive_at > FRESH:
            yield Answer(grade="warning", key="doctor.gateway_named_away", params={"gateway": name})
    for one in regions.all():
        said = {"region": one.name}
        if now - alive.get(role_of(BRIDGE, one.name), _NEVER) > FRESH:
            yield Answer(grade="warning", key="doctor.bridge_away", params=dict(said))
        if one.heard_at is None:
            yield Answer(grade="warning", key="doctor.region_never", params=dict(said))
        elif now - one.heard_at > HEARD_WITHIN:
            minutes = (now - one.heard_at) // timedelta(minutes=1)
            yield Answer(grade="warning", key="doctor.region_silent", params={**said, "minutes": minutes})
        else:
            yield Answer(grade="ok", key="doctor.region_heard", params=dict(said))


def _examine_outbox(outbox: Outbox, now: datetime) -> Iterator[Answer]:
    since = outbox.waiting_since()
    if since is not None and now - since > WAITS_MAX:
        yield Answer(
            grade="warning", key="doctor.notices_late", params={"minutes": (now - since) // timedelta(minutes=1)}
        )


def examine_journal(proved: Verification, ourselves: Ourselves, now: datetime) -> Iterator[Answer]:
    """Tell whether the journal is as it was written, and name what is not: here, and by an alarm (X06)."""
    for broken in proved.broken:
        yield Answer(
            grade="fault",
            key="doctor.journal_changed",
            params={"partition": broken.partition, "seq": broken.seq or 0, "what": broken.what},
        )
    if not proved.broken:
        yield Answer(grade="ok", key="doctor.journal_proved", params={"count": proved.entries})
    elif not ourselves.seen(tuple(broken_chains(proved, now)), now):
        yield Answer(grade="warning", key="doctor.no_alarm_raised")
