"""How long it takes to give out a person's month and to verify it, and whether every changed bit is seen.

`python -m tests.perf.bench_evidence` measures this alone.
"""

import random
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from time import process_time

from baqylau.crypto.timestamps import stamp_request, token_in
from baqylau.domain.acts import Close, Take
from baqylau.domain.alarms import Action, Cause
from baqylau.domain.observations import Fix
from baqylau.monitoring.server.evidence.leading import STAMPS_MAX
from baqylau.monitoring.server.evidence.rejudging import judge_again
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.journal.published import PublishedHeads
from tests.perf.figures import Figure, figure, show, wide_console
from tests.perf.installation import installed
from tests.unit.crypto.authority import Authority
from tests.unit.server.given import asked, bundle_of, names_the_place, verdict_on
from tests.unit.server.site import FAR_AWAY, IN_SCHOOL, START, Site, prescribed
from tests.unit.server.test_judge import entry, listen

POSITIONS, ALARMS = 43_200, 100
WITHIN_S = 20.0
BITS = 10_000
EVERYTHING = Path(__file__).parents[1] / "replay" / "bundles" / "version-3.zip"
"""A bundle with everything in it that one can hold: records, a stamped head, papers."""
INSIDE = 5
"""Minutes of each visit to the zone."""
CLOSING = Close(cause=Cause.ENTERED_ZONE, grounds="called; left at once", action=Action.TALKED_WITH_PERSON)


def figures() -> Iterator[Figure]:
    """Measure; processor time, which on one core is the time that it takes."""
    with installed() as installation:
        site = Site(installation.engine, prescribed())
        site.open_for_the_first_time()
        yield from _every_bit(EVERYTHING.read_bytes())
        _a_month(site)
        yield from _month(site)


def _a_month(site: Site) -> None:
    judge, alarms, authority = site.judge(), Alarms(site.engine, site.clock), Authority()
    for visit in range(ALARMS):
        told = []
        for minute in range(POSITIONS // ALARMS):
            site.clock.pass_by(minutes=1)
            here: Fix = IN_SCHOOL if minute < INSIDE else FAR_AWAY
            told.append(entry(site.clock(), here))
        site.journal.append(told)
        listen(site)
        judge.catch_up(lambda: False)
        _stamp(site, authority)
        for view in alarms.open():
            alarms.act(view.alarm.id, Take(), by=f"operator-{visit % 3}")
            alarms.act(view.alarm.id, CLOSING, by=f"operator-{visit % 3}")


def _stamp(site: Site, authority: Authority) -> None:
    """Have a head stamped once a day."""
    heads, now = PublishedHeads(site.engine), site.clock()
    if heads.begin(site.signer, ["time"], now, now - timedelta(days=1)):
        taken = heads.take(["time"], now, now)
        assert taken is not None
        authority.now = now
        heads.done(taken, now, token_in(authority.answer(stamp_request(taken.content, 1)), taken.content, 1))


def _month(site: Site) -> Iterator[Figure]:
    begun_s = process_time()
    bundle = bundle_of(site, asked(until_at=START + timedelta(days=31)))
    exported_s = process_time()
    verdict = verdict_on(bundle, site.signer.public_key)
    verified_s = process_time()
    judge_again(BytesIO(bundle), verdict)
    judged_s = process_time()
    facts = {one.key: one.params for one in verdict.facts}
    assert not verdict.faults
    assert facts["evidence.fact.proven"]["count"] >= POSITIONS
    assert facts["evidence.fact.judged"]["count"] >= ALARMS
    assert sum(one.key == "evidence.fact.stamp" for one in verdict.facts) > STAMPS_MAX // 2
    yield figure("evidence: a person's month is given out", exported_s - begun_s, "s", at_most=WITHIN_S)
    yield figure("evidence: a person's month is verified", verified_s - exported_s, "s", at_most=WITHIN_S)
    yield figure("evidence: and judged again", judged_s - exported_s, "s", at_most=WITHIN_S)
    yield figure("evidence: its size", len(bundle) / 1e6, "MB")


def _every_bit(bundle: bytes) -> Iterator[Figure]:
    """Change one bit at a time, anywhere."""
    drawn, found = random.Random(2026), 0  # noqa: S311 - a test's choice
    for _ in range(BITS):
        changed = bytearray(bundle)
        changed[drawn.randrange(len(bundle))] ^= 1 << drawn.randrange(8)
        found += names_the_place(bytes(changed))
    yield figure("evidence: changed bits found and named, of 10 000", found, "", at_least=BITS)


if __name__ == "__main__":
    show("Evidence on this machine", list(figures()), wide_console())
