"""`baqylau av-server`: takes recordings of checks and calls, keeps them, has them compared (clause 2.2)."""

import asyncio
import os
import signal
import ssl
import threading
from contextlib import suppress
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import structlog
import typer
from sqlalchemy import Engine

from baqylau.cli.options import DEFAULT_DATA, Data, Database, Host, Lifeline
from baqylau.cli.roles import role
from baqylau.cli.roles.doors import Doors, ports_of
from baqylau.cli.roles.server_tls import server_context
from baqylau.cli.vaulted import Vaulted, vaulted
from baqylau.crypto.cose import PublicKey
from baqylau.devices.linux_unit.folder import RunningError, held
from baqylau.domain.ids import DeviceId
from baqylau.links.wall_clock import now
from baqylau.monitoring.av_server.apart import Apart
from baqylau.monitoring.av_server.asked import sought
from baqylau.monitoring.av_server.door import Bench, Door
from baqylau.monitoring.av_server.evidence import KeptEvidence
from baqylau.monitoring.av_server.examining import Examiner
from baqylau.monitoring.av_server.reception import Reception
from baqylau.monitoring.av_server.shelf import Shelf
from baqylau.monitoring.av_server.working import Worker
from baqylau.monitoring.server.link.link_file import LinkFileError, link_file_in
from baqylau.monitoring.server.settings import MEDIA, Settings
from baqylau.storage.checks.calls import Calls
from baqylau.storage.checks.checks import Checks
from baqylau.storage.checks.enrolment_drafts import EnrolmentDrafts
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_life import RETENTION, MediaLife
from baqylau.storage.checks.template_life import TemplateLife
from baqylau.storage.checks.templates import TemplateStore
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.authorities import command_signer
from baqylau.storage.equipment.device_keys import DeviceKeys, KeyKind
from baqylau.storage.installation import installation
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.judging.live import AV_SERVER, Live
from baqylau.storage.people.files import Files

app = typer.Typer()
log = structlog.get_logger()

BEAT_S = 1.0
AGAIN_S = 5.0
RETENTION_EVERY = timedelta(hours=1)


@app.command("av-server")
def av_server(
    data: Data = DEFAULT_DATA,
    database: Database = "",
    host: Host = "127.0.0.1",
    door: Doors = None,
    lifeline: Lifeline = False,  # noqa: FBT002 - an option
) -> None:
    """Run only the audio-visual server: take recordings of checks, keep them, compare them."""
    settings = Settings(data_dir=data, host=host, ports=ports_of(door))
    try:
        role.run("av-server", data, database, lifeline=lifeline, work=partial(av_role, settings))
    except (LinkFileError, RunningError) as wrong:
        typer.echo(str(wrong) or f"An audio-visual server already runs on {data}.", err=True)
        raise typer.Exit(1) from wrong


def av_role(settings: Settings, engine: Engine, _stop: threading.Event) -> None:
    """Take recordings until we are asked to stop."""
    folder = settings.data_dir / "media"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with held(folder / "av-server.lock"):
        asyncio.run(_av_server(settings, engine, folder))


async def _av_server(settings: Settings, engine: Engine, folder: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    own = vaulted(engine, settings.data_dir)
    media = Media(engine, own.vault, folder, now, os.urandom)
    log.info("recordings_tidied", thrown_away=await asyncio.to_thread(media.mend))
    keys = _Keys(DeviceKeys(engine, own.vault, now, os.urandom))
    door = Door(_reception(settings, engine, own, media, keys), _context(settings))
    shelf = _shelf(settings, engine, own)
    apart = Apart(shelf, settings.data_dir / "models")
    worker = Worker(media=media, journal=own.journal, judging=apart, now=now)
    drafts = EnrolmentDrafts(engine, own.vault, now, os.urandom)
    examiner = Examiner(drafts=drafts, store=_store(engine, own), shelf=shelf, apart=apart)
    bench = Bench((worker, examiner), threading.Event())
    working = asyncio.create_task(asyncio.to_thread(bench.run))
    try:
        await _opened(door, settings, stop)
        await _look_around(Live(engine), _Ends(engine, own, media), keys, stop, working)
    finally:
        bench.stop.set()
        await door.close()
        apart.close()
        await working


async def _opened(door: Door, settings: Settings, stop: asyncio.Event) -> None:
    """Open the door, and try again while its port is taken: without it no check can be judged, all else goes on."""
    while not stop.is_set():
        try:
            await door.open(settings.host, settings.ports[MEDIA])
        except OSError as wrong:
            log.error("port_taken", port=settings.ports[MEDIA], why=str(wrong))  # noqa: TRY400 - the reason is enough
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)
        else:
            return


def _context(settings: Settings) -> ssl.SSLContext | None:
    return server_context(link_file_in(settings.data_dir), settings.host, settings.data_dir, "av")


def _shelf(settings: Settings, engine: Engine, own: Vaulted) -> Shelf:
    return Shelf(_store(engine, own), installation(settings.data_dir / "keys", os.urandom).key)


def _store(engine: Engine, own: Vaulted) -> TemplateStore:
    return TemplateStore(engine, own.vault, now, os.urandom)


def _reception(settings: Settings, engine: Engine, own: Vaulted, media: Media, keys: "_Keys") -> Reception:
    return Reception(
        media=media,
        seek=partial(sought, Checks(engine, own.journal, now), Calls(engine, now)),
        key_of=keys.of,
        signer=command_signer(settings.data_dir / "keys", os.urandom),
        evidence=KeptEvidence(own.journal, Quarantine(engine, own.vault, now, os.urandom), now),
        now=now,
    )


class _Keys:
    """The public keys of devices, as the register had them a second ago."""

    def __init__(self, keys: DeviceKeys) -> None:
        self._keys = keys
        self._version: tuple[int, int] | None = None
        self._known: dict[DeviceId, PublicKey] = {}
        self.look()

    def of(self, device_id: DeviceId) -> PublicKey | None:
        return self._known.get(device_id)

    def look(self) -> None:
        version = self._keys.version()
        if version != self._version:
            signing = (one for one in self._keys.in_use() if one.kind is KeyKind.ED25519)
            self._known = {one.device_id: PublicKey(one.material) for one in signing}
            self._version = version


class _Ends:
    """The end of what is kept: of recordings with their time, of templates with the sentence."""

    def __init__(self, engine: Engine, own: Vaulted, media: Media) -> None:
        self._recordings = MediaLife(engine, media.disk, own.signer, now)
        self._templates, self._enrolled = TemplateLife(engine, own.signer, now), _store(engine, own)
        self._drafts = EnrolmentDrafts(engine, own.vault, now, os.urandom)
        self._files = Files(engine, own.vault, self._recordings, own.signer, now, timedelta(0))

    def tend(self) -> None:
        self._recordings.run()
        self._drafts.tidy(RETENTION)
        for receipt in self._templates.run(self._files.ended(self._enrolled.people())):
            log.info("templates_deleted", receipt=sha256(receipt.content).hexdigest())


async def _look_around(
    live: Live, ends: _Ends, keys: _Keys, stop: asyncio.Event, working: "asyncio.Task[None]"
) -> None:
    """Once a second: say that we live, take over changed keys, end when the comparing ended; tend what is over."""
    tended_at = now() - RETENTION_EVERY
    while not stop.is_set() and not working.done():
        with suppress(StorageUnavailableError):
            await asyncio.to_thread(live.role_beat, AV_SERVER, now())
            await asyncio.to_thread(keys.look)
            if now() - tended_at >= RETENTION_EVERY:
                await asyncio.to_thread(ends.tend)
                tended_at = now()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), BEAT_S)
