"""What is kept of a check besides its facts: recordings, the comparison's report, the sensor's traces, photos."""

import msgspec
from msgspec import Struct

from baqylau.crypto.sealing import SealBrokenError
from baqylau.monitoring.av_server.report import Report
from baqylau.monitoring.workstation.checks.messages import MediaGone, MediaItem, Prompted
from baqylau.monitoring.workstation.checks.reading import Kept, Traced, items_of, prompted, traced
from baqylau.protocols.media.manifest import MediaKind
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.media_disk import PieceLostError
from baqylau.storage.checks.media_rows import Recordings
from baqylau.storage.vault import KeyDestroyedError

PAGE = "page of the check"
"""Why the page itself reads a trace."""


class Recorded(Struct, frozen=True, kw_only=True):
    """What of a check's recordings its page shows."""

    items: tuple[MediaItem, ...] = ()
    gone: MediaGone | None = None
    challenge: tuple[Prompted, ...] = ()
    report: Report | None = None
    traced: Traced = Traced()


def recorded(media: Media | None, kept: Kept, who: str) -> Recorded:
    """Give what there is. Where the recordings cannot be read, the steps of the challenge are known all the same."""
    found = media.of_check(kept.asked.id) if media else None
    if media is None or found is None:
        return Recorded(challenge=prompted(kept, ()))
    if found.destroyed_at is not None:
        return Recorded(challenge=prompted(kept, ()), gone=MediaGone.DESTROYED)
    try:
        return _read(media, kept, found, who)
    except KeyDestroyedError:
        return Recorded(challenge=prompted(kept, ()), gone=MediaGone.DESTROYED)
    except (SealBrokenError, PieceLostError):
        return Recorded(challenge=prompted(kept, ()), items=items_of(found), gone=MediaGone.DAMAGED)


def _read(media: Media, kept: Kept, found: Recordings, who: str) -> Recorded:
    report = media.report(kept.asked.id)
    items = items_of(found)
    traces = [one.index for one in items if one.kind is MediaKind.TRACE]
    contents = [media.read(kept.asked.id, one, who=who, purpose=PAGE) for one in traces]
    return Recorded(
        items=items,
        challenge=prompted(kept, media.said(kept.asked.id).marks),
        report=msgspec.json.decode(report, type=Report) if report is not None else None,
        traced=traced(contents[0]) if contents else Traced(),
    )
