"""What of a bundle's lines stands in the ledger: sayings of findings, rules, acts, entries of audit and registers.

The word is put together from the very fields that a reader sees, so that nothing can be said beside it.
"""

from collections.abc import Iterator
from typing import Any

from baqylau.crypto.canonical import canonical
from baqylau.crypto.merkle import leaf

LEDGER = 65
"""The number under which the ledger stands among the signed heads."""
TAKEN_AWAY = "superseded"
NOT_SHOWN = "password"
"""What of a row of the registers is in no word, so that nobody has to show it."""
Word = tuple[dict[str, Any], dict[str, Any] | None, bytes]
"""The row, its mark of the ledger (None while it waits for one), and the digest of what is shown."""


def words_of(line: dict[str, Any]) -> Iterator[Word]:
    """Give what a line shows of the ledger; of a line that shows nothing of it, nothing. Raises as wrong lines do."""
    if "events" in line:
        for event in line["events"]:
            said = {"finding": said_by(event, line["finding"]), "kind": event["kind"], "alarm": event["alarm_id"]}
            yield _word("finding", event, said)
    elif "act" in line:
        yield _word("act", line, {"act": line["act"], "by": line["by"], "alarm": line["alarm_id"]})
    elif "figures" in line:
        yield _word("rules", line, {"code": line["code"], "figures": line["figures"]})
    elif "ledger" in line and "who" in line:
        yield _word("audit", line, {name: line[name] for name in ("who", "what", "object", "purpose")})
    elif "ledger" in line and "key" in line:
        said = {name: line[name] for name in ("kind", "key", "version", "by")}
        body = {name: value for name, value in line["body"].items() if name != NOT_SHOWN}
        yield _word("register", line | {"at": line["recorded_at"]}, {**said, "body": body})


def said_by(event: dict[str, Any], finding: dict[str, Any]) -> Any:
    """Give what one saying of a finding said: as the finding stands, unless it was another then."""
    if event["kind"] == TAKEN_AWAY:
        return finding["id"]
    return event["said"] or finding


def _word(kind: str, row: dict[str, Any], said: dict[str, Any]) -> Word:
    mark = row["ledger"]
    if mark is None:
        return row, None, b""
    word = {**said, "id": row["id"], "at": row["at"], "salt": mark["salt"], "sealed_at": mark["sealed_at"]}
    return row, mark, leaf(kind.encode(), canonical(word))


def leaves_of(line: dict[str, Any]) -> dict[int, str]:
    """Give the digests by which the ledger knows what a line shows, by their numbers."""
    return {int(mark["seq"]): shown.hex() for _, mark, shown in words_of(line) if mark is not None}
