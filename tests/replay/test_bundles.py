"""Bundles that were given out once verify for ever: those of every version are kept here, about invented people."""

from pathlib import Path

import pytest

from baqylau.crypto.signing import Signer
from baqylau.crypto.timestamps import certificates_in
from baqylau.monitoring.server.evidence.rejudging import judge_again
from baqylau.protocols.evidence.checking import check
from baqylau.protocols.evidence.verdict import SOUND

BUNDLES = sorted((Path(__file__).parent / "bundles").glob("*.zip"))
KEY = Signer(bytes(32)).public_key


@pytest.mark.parametrize("bundle", BUNDLES, ids=[one.stem for one in BUNDLES])
def test_a_bundle_from_before_is_still_proved(bundle: Path) -> None:
    authority = bundle.with_suffix(".authority.pem")
    known = certificates_in(authority.read_bytes()) if authority.exists() else []
    with bundle.open("rb") as file:
        verdict = check(file, KEY, known)
        assert (verdict.outcome, verdict.faults) == (SOUND, [])
        judge_again(file, verdict)
    assert bool(known) == any(one.key == "evidence.fact.stamp_known" for one in verdict.facts)
    told = {one.key for one in (*verdict.faults, *verdict.facts)}
    assert told & {"evidence.fact.judged", "evidence.fact.judged_by_others", "evidence.fact.not_judged"}
