"""Is a bundle what the installation signed, and does everything in it lead to what was signed? Told in sentences.

Nothing that a file can hold makes this raise, take memory without bound or go on for ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from re import compile as pattern
from typing import IO, Any

from baqylau.crypto.signing import signed_by
from baqylau.crypto.timestamps import TOKEN_BYTES_MAX, Stamp, StampWrongError, stamped
from baqylau.protocols.evidence.container import ContainerError, Member, Opened, lines, open_container, pieces, whole
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
    commitment,
    digest,
    digests_name,
    lines_name,
    read_json,
)
from baqylau.protocols.evidence.recordings import RecordingsProof
from baqylau.protocols.evidence.stamps import StampsProof
from baqylau.protocols.evidence.unpacking import plain

SOUND, CHANGED, UNREADABLE, OTHER_KEY = 0, 1, 2, 3
"""How a check ends, as the exit code of a program."""
JUDGED_OTHERWISE = 4
"""Everything is as it was signed, and the rules find something else in it."""
_GRAVITY = (SOUND, JUDGED_OTHERWISE, OTHER_KEY, CHANGED, UNREADABLE)
TOLD_MAX = 100
KEY_BYTES = 32
_ID = pattern(rb'"id":"([0-9a-f]{32})"')
_SEQ = pattern(rb'"seq":(\d{1,18})')


@dataclass(frozen=True)
class Sentence:
    """A key of the catalogues and what fills its places."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass
class Verdict:
    """What was found. Without a fault everything that `facts` say is proved."""

    faults: list[Sentence] = field(default_factory=list)
    facts: list[Sentence] = field(default_factory=list)
    outcome: int = SOUND
    manifest: dict[str, Any] | None = None

    def wrong(self, fault: str, outcome: int = CHANGED, /, **params: Any) -> None:
        """Note what is wrong. The gravest outcome stays."""
        self.outcome = max(self.outcome, outcome, key=_GRAVITY.index)
        if len(self.faults) < TOLD_MAX:
            self.faults.append(Sentence(f"evidence.fault.{fault}", params))

    def right(self, fact: str, /, **params: Any) -> None:
        """Note what is proved."""
        self.facts.append(Sentence(f"evidence.fact.{fact}", params))

    def saved(self, count: int, folder: str) -> None:
        """Note how many recordings were written out, and where."""
        if count:
            self.right("saved", count=count, folder=folder)


def fingerprint(key: str) -> str:
    """Give a key as people compare it: groups of four digits."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))


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
        _tell_stamp(stamp, verdict, compared=bool(known))
        for name, given in papers.items():
            verdict.right("file" if given else "file_withheld", name=name)
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
    proof = JournalProof(manifest["installation_key"])
    recordings = RecordingsProof(proof.device_keys)
    ledger = LedgerProof(proof) if manifest["version"] >= WITH_LEDGER else None
    stamps = StampsProof(proof, manifest["installation_key"], known)
    takers = {
        KEYS: proof.key,
        RECORDS: proof.record,
        BATCHES: proof.batch,
        REGISTERS: proof.register,
        **(dict.fromkeys((FINDINGS, ACTS, RULES), ledger.take) if ledger else {}),
        TREES: proof.tree,
        HEADS: proof.head,
        RECORDINGS: recordings.take,
        STAMPS: stamps.take,
    }
    for part, take in takers.items():
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
    for fault, params in proof.ended():
        verdict.wrong(fault, **params)
    _tell(manifest, proof, verdict)
    _tell_rest(manifest, proof, ledger, verdict)
    _tell_stamps(stamps, verdict)
    _tell_recordings(recordings, verdict)


def _tell(manifest: dict[str, Any], proof: JournalProof, verdict: Verdict) -> None:
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


def _tell_rest(manifest: dict[str, Any], proof: JournalProof, ledger: LedgerProof | None, verdict: Verdict) -> None:
    count = {part: promised["lines"] for part, promised in manifest["parts"].items()}
    verdict.right("findings", count=count.get(FINDINGS, 0))
    rest = sum(count.get(part, 0) for part in (ALARMS, AUDIT, REGISTERS))
    if ledger is None:
        verdict.right("signed_alone", count=rest + sum(count.get(part, 0) for part in (FINDINGS, ACTS)))
        return
    verdict.right("words", count=ledger.count, withheld=ledger.withheld, heads_at=proof.heads_at)
    if ledger.late:
        verdict.right("words_late", count=ledger.late)
    if ledger.waiting:
        verdict.right("words_waiting", count=ledger.waiting)
    verdict.right("rest_signed_alone", count=rest)


def _tell_stamp(stamp: Stamp | None, verdict: Verdict, *, compared: bool) -> None:
    if stamp is not None:
        verdict.right("stamp_bundle", authority=stamp.authority, at=plain(stamp.at))
        told = "stamp_known" if compared else "stamp_unknown"
        verdict.right(told, authority=stamp.authority, fingerprint=fingerprint(stamp.fingerprint))


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
