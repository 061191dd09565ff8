"""The watch over ourselves that every lasting role keeps."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import Settings
from baqylau.monitoring.server.watching_over import Limits, Watch, disk_at
from baqylau.storage.journal.proof import verify_newest
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.ourselves import Ourselves


@contextmanager
def watched_over(settings: Settings, engine: Engine, role: str = "") -> Iterator[None]:
    """Watch over all our parts beside the work of a role; say that the role lives, where it does not say so itself."""
    stop = threading.Event()
    watch = Watch(
        Ourselves(engine),
        now=now,
        disk=lambda: disk_at(settings.data_dir),
        prove=lambda count: verify_newest(engine, count),
        limits=Limits(),
        live=(lambda at: Live(engine).role_beat(role, at)) if role else None,
    )
    thread = threading.Thread(target=watch.until, args=(stop,), name="watch", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
