"""Is what an installation keeps as it was written? The journal and the audit are walked from end to end."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Engine

from baqylau.protocols.evidence.checking import Verdict
from baqylau.storage import proof
from baqylau.storage.audit import Audit

_NEVER = datetime.min.replace(tzinfo=UTC)


def prove(engine: Engine, public_key: bytes, published: Sequence[proof.Signed] = ()) -> Verdict:
    """Say of every row of journal and audit that was changed or is missing which one it is. Nothing is written.

    `published`: statements that were kept elsewhere, to which the journal must still lead.
    """
    verdict = Verdict()
    journal = proof.verify(engine, public_key, published)
    for broken in journal.broken:
        verdict.wrong("journal", partition=broken.partition, seq=broken.seq, what=broken.what.value)
    audit = Audit(engine, lambda: _NEVER).verify()
    for number in audit:
        verdict.wrong("audit", number=number)
    for _ in published if not journal.broken else ():
        verdict.right("published")
    if not journal.broken:
        verdict.right("journal", count=journal.entries)
    if not audit:
        verdict.right("audit")
    return verdict
