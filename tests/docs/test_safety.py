"""Every hazard that SAFETY names has a test, and the test exists."""

import re
from collections.abc import Iterator

import pytest

from tests.arch.tree import ROOT

PARTS = 5


def proofs() -> Iterator[tuple[str, str, list[str]]]:
    """Hazard, file and the sentences that are the names of its tests."""
    text = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    for hazard, proof in re.findall(r"^\| (?!hazard|-)(.+?) \| .+? \| (.+) \|$", text, re.MULTILINE):
        for file, said in re.findall(r"`([^`]+)`([^`]*)", proof):
            yield hazard, file, re.findall(r"· ([^<]+)", said)


@pytest.mark.parametrize(("hazard", "file", "sentences"), list(proofs()))
def test_the_proof_of_a_hazard_exists(hazard: str, file: str, sentences: list[str]) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    assert sentences, hazard
    for sentence in sentences:
        assert f"def test_{sentence.strip().replace(' ', '_')}(" in source


def test_every_hazard_has_a_proof() -> None:
    text = (ROOT / "SAFETY.md").read_text(encoding="utf-8")
    hazards = re.findall(r"^\| (?!hazard|-)(.+?) \|", text, re.MULTILINE)
    assert len(hazards) > PARTS
    assert set(hazards) == {hazard for hazard, _, _ in proofs()}
