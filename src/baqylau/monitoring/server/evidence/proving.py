"""Is what an installation keeps as it was written? Journal, ledger and audit are walked from end to end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from baqylau.crypto.timestamps import StampWrongError, stamped
from baqylau.protocols.evidence.verdict import OTHER_KEY, Verdict, fingerprint
from baqylau.storage.access.audit import Audit
from baqylau.storage.journal import ledger_proof, proof
from baqylau.storage.journal.ledger_proof import Wrong

_NEVER = datetime.min.replace(tzinfo=UTC)


def prove(engine: Engine, public_key: bytes, published: Sequence[proof.Signed] = ()) -> Verdict:
    """Say of every row of journal, ledger and audit that was changed or is missing which one it is. Nothing is written.

    `published`: statements that were kept elsewhere, to which the journal must still lead.
    """
    verdict = Verdict()
    journal = proof.verify(engine, public_key, published)
    for broken in journal.broken:
        verdict.wrong("journal", partition=broken.partition, seq=broken.seq, what=broken.what.value)
    _prove_ledger(ledger_proof.verify(engine, public_key, published), verdict)
    audit = Audit(engine, lambda: _NEVER).verify()
    for number in audit:
        verdict.wrong("audit", number=number)
    for _ in published if not journal.broken else ():
        verdict.right("published")
    if not journal.broken:
        verdict.right("journal", count=journal.entries)
    if journal.archived:
        first, last = journal.archived[0], journal.archived[-1]
        verdict.right("archived", count=len(journal.archived), first=str(first), last=str(last))
    if not audit:
        verdict.right("audit")
    return verdict


def _prove_ledger(found: ledger_proof.LedgerProof, verdict: Verdict) -> None:
    """Say of every finding, rule and act that is not as it was sealed which one it is."""
    for broken in found.broken:
        verdict.wrong("ledger", seq=broken.seq, what=broken.what.value)
    for one in found.rows:
        about = f"_{one.kind}" if one.kind and one.what in {Wrong.CHANGED, Wrong.STRAY} else ""
        verdict.wrong(f"ledger_{one.what}{about}", seq=one.seq, name=one.name)
    if not found.broken and not found.rows:
        verdict.right("ledger", count=found.entries)
        if found.let_go:
            verdict.right("ledger_let_go", count=found.let_go)


def prove_stamps(head: Path, verdict: Verdict, known: Sequence[bytes]) -> None:
    """Say what the time-stamps prove that lie beside a published head. `OSError`."""
    for token in sorted(head.parent.glob(f"{head.stem}.*tst")):
        try:
            stamp = stamped(token.read_bytes(), head.read_bytes(), known)
        except StampWrongError as wrong:
            outcome = (OTHER_KEY,) if str(wrong) == "issuer" else ()
            verdict.wrong(f"stamp_{wrong}", *outcome, part=token.name, line=1, name="")
            continue
        verdict.right("stamp_head", authority=stamp.authority, at=stamp.at.isoformat(), name=head.name)
        told = "stamp_known" if stamp.trusted else "stamp_unknown"
        verdict.right(told, authority=stamp.authority, fingerprint=fingerprint(stamp.fingerprint))
