"""Kept journals end in the findings that were looked at and blessed.

A journal is kept for ever in the form it was written in, so that later versions have to read it: a line for what was
prescribed, then a line for each observation in the order of receipt. `make bless` rewrites the findings beside it; the
difference is what the change does to people, and is read as such.
"""

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold

JOURNALS = sorted((Path(__file__).parent / "journals").glob("*.journal.jsonl"))
AFTERWARDS = timedelta(hours=12)


@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.name.partition(".")[0])
def test_a_kept_journal_ends_in_the_blessed_findings(journal: Path) -> None:
    prescribed, *entries = journal.read_bytes().splitlines()
    supervision = msgspec.json.decode(prescribed, type=Supervision)
    observations = sorted((msgspec.json.decode(entry, type=Observation) for entry in entries), key=order_key)
    until = max(observation.received_at for observation in observations) + AFTERWARDS
    _, findings = fold(supervision, begin(), observations, until)
    said = b"".join(msgspec.json.encode(finding) + b"\n" for finding in findings)
    golden = journal.with_name(journal.name.replace(".journal.", ".findings."))
    if os.environ.get("BAQYLAU_BLESS"):
        golden.write_bytes(said)
    assert said.decode().splitlines() == golden.read_text(encoding="utf-8").splitlines()


def test_there_are_journals_to_judge() -> None:
    assert JOURNALS
