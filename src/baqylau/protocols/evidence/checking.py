"""Is a bundle what the installation signed, and does everything in it lead to what was signed? Told in sentences.

Nothing that a file can hold makes this raise, take memory without bound or go on for ever.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import zip_longest
from re import compile as pattern
from typing import IO, Any

from baqylau.crypto.signing import signed_by
from baqylau.crypto.timestamps import TOKEN_BYTES_MAX, Stamp, StampWrongError, stamped
from baqylau.protocols.evidence.alarms_proof import AlarmsProof
from baqylau.protocols.evidence.container import ContainerError, Member, Opened, lines, open_container, pieces, whole
from baqylau.protocols.evidence.enrolments import SHEET, SHEET_BYTES_MAX, tell_sheet
from baqylau.protocols.evidence.journal_proof import JournalProof
from baqylau.protocols.evidence.ledger_proof import LedgerProof
from baqylau.protocols.evidence.parts import (
    ACTS,
    ALARMS,
    AUDIT,
    BATCHES,
    CONTEXT,
    DIGEST_LINE_BYTES,
    FILE_NAME,
    FILES_MAX,
    FINDINGS,
    FORMAT,
    HEADS,
    KEYS,
    LATER,
    LINE_BYTES_MAX,
    LINES_MAX,
    MANIFEST,
    MANIFEST_BYTES_MAX,
    PARTS,
    RECORDINGS,
    RECORDS,
    REGISTERS,
    RULES,
    SIGNATURE,
    STAMP,
    STAMPS,
    TREES,
    VERSIONS,
    WITH_LEDGER,
    WITH_REGISTERS,
    commitment,
    digest,
    digests_name,
    lines_name,
    read_json,
)
from baqylau.protocols.evidence.proved import Proofs, tell, tell_stamp
from baqylau.protocols.evidence.recordings import RecordingsProof
from baqylau.protocols.evidence.registers_proof import RegistersProof
from baqylau.protocols.evidence.stamps import StampsProof
from baqylau.protocols.evidence.verdict import CHANGED, OTHER_KEY, TOLD_MAX, UNREADABLE, Verdict, fingerprint

KEY_BYTES = 32
_ID = pattern(rb'"id":"([0-9a-f]{32})"')
_SEQ = pattern(rb'"seq":(\d{1,18})')


def check(file: IO[bytes], expected_key: bytes | None = None, known: Sequence[bytes] = ()) -> Verdict:
    """Check a bundle; `expected_key` is the key that the installation published, where one knows it.

    `known`: certificates (DER) of time-stamping authorities that one knows to be theirs.
    """
    verdict = Verdict()
    try:
        opened = open_container(file)
    except ContainerError as wrong:
        verdict.wrong(str(wrong), UNREADABLE)
        return verdict
    for name in opened.wrong:
        verdict.wrong("member" if name else "container_end", name=name)
    manifest = _manifest(file, opened, verdict, expected_key)
    if manifest is None:
        return verdict
    verdict.manifest = manifest
    _members(opened, manifest, verdict)
    stamp = _stamp(file, opened, known, verdict)
    papers = _files(file, opened, manifest["files"], verdict)
    sound = [part for part in manifest["parts"] if _part(file, opened, part, manifest["parts"][part], verdict)]
    if not verdict.faults or verdict.outcome == OTHER_KEY:
        _contents(file, opened, manifest, sound, known, verdict)
        tell_stamp(stamp, verdict, compared=bool(known))
        for name, given in papers.items():
            verdict.right("file" if given else "file_withheld", name=name)
            if given and SHEET.fullmatch(name):
                tell_sheet(name, whole(file, opened.members[name], SHEET_BYTES_MAX), manifest["about"], verdict)
    return verdict


def _manifest(file: IO[bytes], opened: Opened, verdict: Verdict, expected: bytes | None) -> dict[str, Any] | None:
    """Give the manifest if it can be read; whether its signature is right is noted."""
    if MANIFEST not in opened.members or SIGNATURE not in opened.members:
        verdict.wrong("no_manifest", UNREADABLE)
        return None
    written = whole(file, opened.members[MANIFEST], MANIFEST_BYTES_MAX)
    signature = whole(file, opened.members[SIGNATURE], MANIFEST_BYTES_MAX)
    manifest = read_json(written.removesuffix(b"\n"))
    if manifest is None or manifest.get("format") != FORMAT:
        verdict.wrong("manifest_unreadable", UNREADABLE)
        return None
    if manifest.get("version") not in VERSIONS:
        verdict.wrong("version", UNREADABLE, version=str(manifest.get("version"))[:20], known=VERSIONS[-1])
        return None
    manifest.setdefault("files", {})
    key = _key(manifest.get("installation_key"))
    if key is None or not _shaped(manifest):
        verdict.wrong("manifest_unreadable", UNREADABLE)
        return None
    if not signed_by(key, CONTEXT + written, signature):
        verdict.wrong("manifest_signature")
    elif expected is not None and key != expected:
        verdict.wrong("other_key", OTHER_KEY, public=fingerprint(key.hex()))
    return manifest


def _key(value: Any) -> bytes | None:
    try:
        key = bytes.fromhex(value)
    except (TypeError, ValueError):
        return None
    return key if len(key) == KEY_BYTES else None


def _shaped(manifest: dict[str, Any]) -> bool:
    parts, files = manifest.get("parts"), manifest.get("files")
    if not isinstance(parts, dict) or not isinstance(manifest.get("about"), dict) or not isinstance(files, dict):
        return False
    named = all(FILE_NAME.fullmatch(name) and isinstance(promised, str) for name, promised in files.items())
    return (
        named
        and len(files) <= FILES_MAX
        and all(
            name in PARTS
            and isinstance(one, dict)
            and isinstance(one.get("commitment"), str)
            and isinstance(one.get("lines"), int)
            and 0 <= one["lines"] <= LINES_MAX
            for name, one in parts.items()
        )
    )


def _members(opened: Opened, manifest: dict[str, Any], verdict: Verdict) -> None:
    """Note what is there and should not be."""
    known = {MANIFEST, SIGNATURE, STAMP, *manifest["files"]}
    for part in manifest["parts"]:
        known |= {lines_name(part), digests_name(part)}
    for name in sorted(opened.members.keys() - known):
        verdict.wrong("unknown_member", name=name[:TOLD_MAX])


def _stamp(file: IO[bytes], opened: Opened, known: Sequence[bytes], verdict: Verdict) -> Stamp | None:
    """Give what the time-stamp over the manifest proves, None where there is none or a wrong one."""
    if STAMP not in opened.members:
        return None
    token = whole(file, opened.members[STAMP], TOKEN_BYTES_MAX + 1)
    try:
        return stamped(token, whole(file, opened.members[MANIFEST], MANIFEST_BYTES_MAX), known)
    except StampWrongError as wrong:
        outcome = OTHER_KEY if str(wrong) == "issuer" else CHANGED
        verdict.wrong(f"stamp_{wrong}", outcome, part=STAMP, line=1, name="")
        return None


def _files(file: IO[bytes], opened: Opened, promised: dict[str, str], verdict: Verdict) -> dict[str, bool]:
    """Hold each paper against the manifest; tell which are given.

    One that is not there was withheld: nothing else can take its place.
    """
    for name, wanted in promised.items():
        over = sha256()
        for piece in pieces(file, opened.members[name]) if name in opened.members else ():
            over.update(piece)
        if name in opened.members and over.hexdigest() != wanted:
            verdict.wrong("file", name=name)
    return {name: name in opened.members for name in promised}


def _part(file: IO[bytes], opened: Opened, part: str, promised: dict[str, Any], verdict: Verdict) -> bool:
    """Hold each line of a part against its digest, and all of them against the manifest; tell whether all is right."""
    there, listed = opened.members.get(lines_name(part)), opened.members.get(digests_name(part))
    if there is None or listed is None:
        verdict.wrong("part_missing", part=part)
        return False
    computed, differing = _digests(file, there, listed)
    if len(computed) != promised["lines"]:
        verdict.wrong("lines", part=part, wanted=promised["lines"], found=len(computed))
    as_promised = commitment(computed) == promised["commitment"]
    if not as_promised and not differing:
        verdict.wrong("part_other", part=part)
    if not as_promised and len(differing) == promised["lines"] > 1:
        verdict.wrong("part_other", part=part)
        return False
    for number, name in differing[:TOLD_MAX]:
        verdict.wrong("digest_line" if as_promised else "line", part=part, line=number, name=name)
    return as_promised and not differing


def _digests(file: IO[bytes], there: Member, listed: Member) -> tuple[list[bytes], list[tuple[int, str]]]:
    """Give the digest of every line, and the numbers and names of those that the bundle's own list has otherwise."""
    computed: list[bytes] = []
    differing: list[tuple[int, str]] = []
    both = zip_longest(lines(file, there, LINE_BYTES_MAX), _digest_lines(file, listed))
    for number, (line, wanted) in enumerate(both, 1):
        if number > LINES_MAX:
            break
        found = digest(line) if line is not None else b""
        if line is not None:
            computed.append(found)
        if wanted != found.hex().encode() + b"\n":
            differing.append((number, _name(line or b"")))
    return computed, differing


def _digest_lines(file: IO[bytes], member: Member) -> Iterator[bytes]:
    """Give the digests that a list holds, each with the end of its line."""
    rest = b""
    for piece in pieces(file, member):
        rest += piece
        for at in range(0, len(rest) - DIGEST_LINE_BYTES + 1, DIGEST_LINE_BYTES):
            yield rest[at : at + DIGEST_LINE_BYTES]
        rest = rest[len(rest) - len(rest) % DIGEST_LINE_BYTES :]
    if rest:
        yield rest


def _name(line: bytes) -> str:
    """Give how people find a record again: its id, or its number in its partition."""
    if found := _ID.search(line):
        return found[1].decode()
    if found := _SEQ.search(line):
        return f"#{found[1].decode()}"
    return ""


def _contents(
    file: IO[bytes],
    opened: Opened,
    manifest: dict[str, Any],
    sound: list[str],
    known: Sequence[bytes],
    verdict: Verdict,
) -> None:
    """Hold what the lines say against each other and against the signed heads."""
    proofs = _proofs(manifest, known)
    for part, take in _takers(proofs).items():
        if part in LATER and part not in manifest["parts"]:
            continue
        if part not in sound:
            verdict.wrong("part_missing", part=part)
            return
        for number, line in enumerate(lines(file, opened.members[lines_name(part)], LINE_BYTES_MAX), 1):
            value = read_json(line)
            fault = take(value) if value is not None else "unreadable"
            if fault:
                outcome = OTHER_KEY if fault == "stamp_issuer" else CHANGED
                verdict.wrong(fault, outcome, part=part, line=number, name=_name(line))
    for fault, params in (*proofs.journal.ended(), *(proofs.registers.ended() if proofs.registers else ())):
        verdict.wrong(fault, **params)
    tell(manifest, proofs, verdict)


def _proofs(manifest: dict[str, Any], known: Sequence[bytes]) -> Proofs:
    journal = JournalProof(manifest["installation_key"])
    ledger = LedgerProof(journal) if manifest["version"] >= WITH_LEDGER else None
    whole = ledger if manifest["version"] >= WITH_REGISTERS else None
    return Proofs(
        journal=journal,
        ledger=ledger,
        registers=RegistersProof(journal, whole) if whole else None,
        alarms=AlarmsProof(whole) if whole else None,
        recordings=RecordingsProof(journal.device_keys),
        stamps=StampsProof(journal, manifest["installation_key"], known),
    )


def _takers(proofs: Proofs) -> dict[str, Callable[[dict[str, Any]], str]]:
    """Give who takes the lines of each part, in an order in which all is known that a line leads to."""
    journal, ledger, registers, alarms = proofs.journal, proofs.ledger, proofs.registers, proofs.alarms
    return {
        KEYS: journal.key,
        RECORDS: journal.record,
        BATCHES: journal.batch,
        REGISTERS: registers.take if registers else journal.register,
        **(dict.fromkeys((FINDINGS, ACTS, RULES), ledger.take) if ledger else {}),
        **({AUDIT: ledger.entry} if ledger and registers else {}),
        **({ACTS: alarms.act, ALARMS: alarms.take} if alarms else {}),
        TREES: journal.tree,
        HEADS: journal.head,
        RECORDINGS: proofs.recordings.take,
        STAMPS: proofs.stamps.take,
    }
