"""A time-stamp says who saw which bytes when, and nothing else passes for one."""

import json
import random
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from baqylau.crypto.timestamps import StampWrongError, certificates_in, stamp_request, stamped, token_in
from tests.unit.crypto.authority import Authority

HEAD = b"a head of the journal"
VECTOR = json.loads((Path(__file__).parents[2] / "vectors" / "timestamp.json").read_text())


def test_a_token_of_openssl_is_read_and_believed() -> None:
    content, root = VECTOR["content"].encode(), certificates_in(VECTOR["root"].encode())
    token = token_in(b64decode(VECTOR["answer"]), content, VECTOR["nonce"], root)
    told = stamped(token, content, root)
    assert (told.at, told.authority) == (datetime(2026, 11, 23, 2, 17, 21, tzinfo=UTC), "CN=Time,O=Invented Authority")
    assert told.trusted


def test_what_we_ask_is_what_openssl_asks() -> None:
    asked = stamp_request(VECTOR["content"].encode(), VECTOR["nonce"])
    assert asked == b64decode(VECTOR["request"])


def test_an_authority_of_our_own_is_believed_by_its_root_alone() -> None:
    authority, other = Authority(), Authority("Another")
    token = token_in(authority.answer(stamp_request(HEAD, 5)), HEAD, 5)
    own, strange = (one.root.public_bytes(Encoding.DER) for one in (authority, other))
    assert stamped(token, HEAD, [strange, own]).at == authority.now
    assert not stamped(token, HEAD).trusted
    with pytest.raises(StampWrongError, match="issuer"):
        stamped(token, HEAD, [strange])


def test_another_nonce_other_bytes_a_refusal_or_another_purpose_prove_nothing() -> None:
    authority = Authority()
    answer = authority.answer(stamp_request(HEAD, 5))
    with pytest.raises(StampWrongError, match="other"):
        token_in(answer, HEAD, 6)
    with pytest.raises(StampWrongError, match="other"):
        token_in(answer, b"something else", 5)
    authority.refuses = True
    with pytest.raises(StampWrongError, match="refused"):
        token_in(authority.answer(stamp_request(HEAD, 5)), HEAD, 5)
    wrong = Authority(purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(StampWrongError, match="purpose"):
        token_in(wrong.answer(stamp_request(HEAD, 5)), HEAD, 5)


def test_a_token_from_outside_the_time_of_its_certificate_is_not_believed() -> None:
    authority = Authority()
    authority.now = datetime(2061, 1, 1, tzinfo=UTC)
    with pytest.raises(StampWrongError, match="time"):
        token_in(authority.answer(stamp_request(HEAD, 5)), HEAD, 5)


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
def test_no_changed_bit_moves_the_time_and_no_bytes_make_it_fail() -> None:
    authority, drawn = Authority(), random.Random(3)  # noqa: S311 - a test's choice
    token = token_in(authority.answer(stamp_request(HEAD, 5)), HEAD, 5)
    for _ in range(1_500):
        changed = bytearray(token[: drawn.randrange(len(token))] if drawn.random() < 0.1 else token)
        if changed:
            changed[drawn.randrange(len(changed))] ^= 1 << drawn.randrange(8)
        try:
            assert stamped(bytes(changed), HEAD).at == authority.now
        except StampWrongError:
            continue
