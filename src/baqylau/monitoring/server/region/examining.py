"""Is a site's log there, is its server fit for service, how much waits, how old is what the site knows?"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from baqylau.links.jetstream import Log, Server
from baqylau.monitoring.server.doctor import Answer
from baqylau.monitoring.server.region.known import Known
from baqylau.monitoring.server.region.site_file import Site, down_stream, up_stream

RELEASE_MIN = (2, 11)
"""Before it: holes that are known to attackers (CVE-2025-30215), and no `sync_interval: always`."""
PAYLOAD_BYTES = 1_500_000
"""A batch of the device link has up to a megabyte, and a letter is a little more."""
OLD = timedelta(minutes=5)
WAIT_S = 3.0
"""So long the first word may take: of a cluster that lost a server it takes its time."""
MORE_S = 0.5
_HERE = ("127.0.0.1", "[::1]", "localhost")


async def examined(line: Log, server: Server, site: Site, now: datetime) -> AsyncIterator[Answer]:
    """Give one answer for each thing. `LogUnavailableError` when the log is not there."""
    good = line.version >= RELEASE_MIN
    version = ".".join(map(str, line.version))
    yield Answer(
        grade="ok" if good else "warning",
        key="region.server" if good else "region.server_old",
        params={"version": version},
    )
    if line.payload_max_bytes < PAYLOAD_BYTES:
        yield Answer(grade="fault", key="region.payload_small", params={"bytes": line.payload_max_bytes})
    if not server.url.startswith("tls://") and not any(name in server.url for name in _HERE):
        yield Answer(grade="warning", key="region.no_tls")
    up, down = up_stream(site.name, 1, 1), down_stream(site.name, 1)
    standing = await line.standing(up.name)
    yield Answer(
        grade="ok",
        key="region.waiting",
        params={"count": standing.messages, "mib": standing.size_bytes // 2**20},
    )
    known = Known(site.letters(), line.reader(down.name, down.subjects[0], 0, holes=True))
    while await known.follow(WAIT_S if known.as_of is None else MORE_S):
        pass
    if known.as_of is None:
        yield Answer(grade="fault", key="region.knows_nothing")
    else:
        minutes = max(now - known.as_of, timedelta()) // timedelta(minutes=1)
        fresh = now - known.as_of <= OLD
        yield Answer(grade="ok" if fresh else "warning", key="region.knows", params={"minutes": minutes})
