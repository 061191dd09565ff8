"""A bundle about an invented person who walked into a zone, as an installation gives it out."""

import os
from datetime import datetime, timedelta
from io import BytesIO

from baqylau.domain.ids import AlarmId
from baqylau.monitoring.server.evidence.gathering import Archive, Asked, export
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.verdict import Verdict
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.checks.media import Media
from baqylau.storage.evidence import EvidenceSource
from baqylau.storage.journal.published import PublishedHeads
from baqylau.storage.judging.judgement import JudgeStore
from tests.unit.server.site import AINUR, START, Site
from tests.unit.server.test_judge import catch_up, walk_into_school

END = START + timedelta(hours=1)


def walked(site: Site) -> Site:
    """Let the person walk into the zone, and the judge find it."""
    site.open_for_the_first_time()
    walk_into_school(site)
    catch_up(site)
    return site


def archive_of(site: Site, media: Media | None = None) -> Archive:
    return Archive(
        source=EvidenceSource(site.engine, site.vault),
        journal=site.journal,
        judge=JudgeStore(site.engine),
        registers=site.registers,
        alarms=Alarms(site.engine, site.clock),
        live=site.live,
        media=media,
        heads=PublishedHeads(site.engine),
    )


def asked(
    *,
    from_at: datetime = START - timedelta(hours=1),
    until_at: datetime = END,
    alarm_id: AlarmId | None = None,
    third_parties: bool = False,
    recordings: bool = False,
) -> Asked:
    return Asked(
        person_id=AINUR,
        from_at=from_at,
        until_at=until_at,
        by="dana",
        purpose="hearing of 3 December",
        basis="ruling 4-17/2026",
        recipient="Town court",
        alarm_id=alarm_id,
        third_parties=third_parties,
        recordings=recordings,
    )


def bundle_of(site: Site, wanted: Asked | None = None, media: Media | None = None) -> bytes:
    out = BytesIO()
    export(archive_of(site, media), wanted or asked(), out, signer=site.signer, now=site.clock(), random=os.urandom)
    return out.getvalue()


def verdict_on(bundle: bytes, expected_key: bytes | None = None) -> Verdict:
    return check(BytesIO(bundle), expected_key)


def faults(bundle: bytes) -> list[str]:
    return [one.key.removeprefix("evidence.fault.") for one in verdict_on(bundle).faults]


def names_the_place(bundle: bytes) -> bool:
    """Whether what is wrong with a bundle is told with its place: a line of a part, a member, or the manifest."""
    verdict = verdict_on(bundle)
    if not verdict.faults:
        return False
    first = verdict.faults[0]
    of_the_whole = first.key in {"evidence.fault.version", "evidence.fault.container_end"}
    return of_the_whole or "manifest" in first.key or bool({"line", "name", "part"} & first.params.keys())
