"""What is told of a bundle in which nothing is wrong: what was proved, up to which head, and what was not."""

from dataclasses import dataclass
from typing import Any

from baqylau.crypto.timestamps import Stamp
from baqylau.protocols.evidence.alarms_proof import AlarmsProof
from baqylau.protocols.evidence.journal_proof import JournalProof
from baqylau.protocols.evidence.ledger_proof import LedgerProof
from baqylau.protocols.evidence.parts import ACTS, ALARMS, AUDIT, FINDINGS, REGISTERS
from baqylau.protocols.evidence.recordings import RecordingsProof
from baqylau.protocols.evidence.registers_proof import RegistersProof
from baqylau.protocols.evidence.stamps import StampsProof
from baqylau.protocols.evidence.unpacking import plain
from baqylau.protocols.evidence.verdict import Verdict, fingerprint


@dataclass(frozen=True)
class Proofs:
    """What took the lines of a bundle."""

    journal: JournalProof
    ledger: LedgerProof | None
    """None where a bundle is from before there was one."""
    registers: RegistersProof | None
    """None where audit and registers were not in it."""
    alarms: AlarmsProof | None
    recordings: RecordingsProof
    stamps: StampsProof


def tell(manifest: dict[str, Any], proofs: Proofs, verdict: Verdict) -> None:
    """Say what was proved of a bundle's lines."""
    _tell_records(manifest, proofs.journal, verdict)
    _tell_words(manifest, proofs, verdict)
    _tell_stamps(proofs.stamps, verdict)
    _tell_recordings(proofs.recordings, verdict)


def tell_stamp(stamp: Stamp | None, verdict: Verdict, *, compared: bool) -> None:
    """Say by when the whole bundle was as it is."""
    if stamp is not None:
        verdict.right("stamp_bundle", authority=stamp.authority, at=plain(stamp.at))
        told = "stamp_known" if compared else "stamp_unknown"
        verdict.right(told, authority=stamp.authority, fingerprint=fingerprint(stamp.fingerprint))


def _tell_records(manifest: dict[str, Any], proof: JournalProof, verdict: Verdict) -> None:
    about = manifest["about"]
    of = {"person": about.get("person", ""), "since": about.get("from", ""), "until": about.get("until", "")}
    if about.get("alarm"):
        verdict.right("about_alarm", alarm=about["alarm"], **of)
    else:
        verdict.right("about", **of)
    verdict.right("made", at=manifest.get("made_at", ""), by=manifest.get("made_by", ""))
    verdict.right("why", purpose=manifest.get("purpose", ""), basis=manifest.get("basis", ""))
    verdict.right("key", public=fingerprint(manifest["installation_key"]))
    verdict.right("records", count=proof.count, withheld=proof.withheld)
    verdict.right("proven", count=proof.proven, heads_at=proof.heads_at)
    if proof.unproven:
        verdict.right("unproven", count=proof.unproven)
    if proof.device_signed:
        verdict.right("device_signed", count=proof.device_signed)
    if proof.written_signed:
        verdict.right("written_signed", count=proof.written_signed)
    if proof.shared:
        verdict.right("shared", count=proof.shared)
    if proof.unauthenticated:
        verdict.right("unauthenticated", count=proof.unauthenticated)


def _tell_words(manifest: dict[str, Any], proofs: Proofs, verdict: Verdict) -> None:
    count = {part: promised["lines"] for part, promised in manifest["parts"].items()}
    ledger, registers = proofs.ledger, proofs.registers
    verdict.right("findings", count=count.get(FINDINGS, 0))
    rest = sum(count.get(part, 0) for part in (ALARMS, AUDIT, REGISTERS))
    if ledger is None:
        verdict.right("signed_alone", count=rest + sum(count.get(part, 0) for part in (FINDINGS, ACTS)))
        return
    words = "words" if registers is None else "all_words"
    verdict.right(words, count=ledger.count, withheld=ledger.withheld, heads_at=proofs.journal.heads_at)
    if ledger.late:
        verdict.right("words_late", count=ledger.late)
    if ledger.waiting:
        verdict.right("words_waiting", count=ledger.waiting)
    if registers is None:
        verdict.right("rest_signed_alone", count=rest)
    elif alone := count.get(ALARMS, 0) + registers.field_acts:
        verdict.right("summaries_signed_alone", count=alone)


def _tell_stamps(stamps: StampsProof, verdict: Verdict) -> None:
    proved = -1
    for one in sorted(stamps.told, key=lambda one: (one.at, one.count)):
        if one.count > proved:
            proved = one.count
            verdict.right("stamp", authority=one.authority, at=one.at, head_at=one.head_at, count=one.count)
    words = max((one.words for one in stamps.told), default=0)
    first = min((one for one in stamps.told if one.words == words), key=lambda one: one.at, default=None)
    if first is not None and words:
        verdict.right("stamp_words", authority=first.authority, at=first.at, count=words)
    authorities = dict.fromkeys((one.authority, one.fingerprint) for one in stamps.told)
    for authority, found in authorities:
        told = "stamp_known" if stamps.compared else "stamp_unknown"
        verdict.right(told, authority=authority, fingerprint=fingerprint(found))


def _tell_recordings(recordings: RecordingsProof, verdict: Verdict) -> None:
    if recordings.checks:
        verdict.right("recordings", checks=recordings.checks, count=recordings.recordings)
    if recordings.withheld:
        verdict.right("recordings_withheld", count=recordings.withheld)
    if recordings.destroyed:
        verdict.right("recordings_destroyed", count=recordings.destroyed)
