"""What a passkey confirmed is proved without a server, and nothing else passes for it."""

import json
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from baqylau.crypto.assertions import Assertion, challenge_of, confirmed
from baqylau.crypto.passkeys import NotProvedError, assertion
from tests.unit.crypto.passkey import KNOWN, PRESENT, Passkey, text

STATEMENT = b'{"person":"aigul"}'
TOWN = "https://baqylau.example"


def of(key: Passkey, statement: bytes = STATEMENT, origin: str = TOWN, flags: int = PRESENT | KNOWN) -> Assertion:
    return assertion(key.signed(challenge_of(statement), origin, flags), key.new.public)


def test_a_confirmation_says_where_it_was_given() -> None:
    assert confirmed(of(Passkey()), STATEMENT) == TOWN
    assert confirmed(of(Passkey(), origin="http://localhost:8080"), STATEMENT) == "http://localhost:8080"


def test_keys_of_other_kinds_are_proved_as_well() -> None:
    place, client = sha256(b"baqylau.example").digest(), _asked(challenge_of(STATEMENT))
    authenticator = place + bytes([PRESENT | KNOWN, 0, 0, 0, 1])
    message = authenticator + sha256(client).digest()
    curve, modulus = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
    signatures = (
        (curve.public_key(), curve.sign(message, ec.ECDSA(SHA256()))),
        (modulus.public_key(), modulus.sign(message, padding.PKCS1v15(), SHA256())),
    )
    for public, signature in signatures:
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        parts = (b64encode(one).decode() for one in (der, authenticator, client, signature))
        assert confirmed(Assertion(*parts), STATEMENT) == TOWN


def _asked(challenge: bytes) -> bytes:
    return json.dumps({"type": "webauthn.get", "challenge": text(challenge), "origin": TOWN}).encode()


def test_what_was_not_confirmed_by_that_key_of_that_statement_there_is_none() -> None:
    right, other = of(Passkey()), of(Passkey(seed=2))
    wrong = {
        "another statement": of(Passkey(), b"{}"),
        "nobody touched it": of(Passkey(), flags=KNOWN),
        "it did not know its owner": of(Passkey(), flags=PRESENT),
        "another key": replace(right, public=other.public),
        "another signature": replace(right, signature=other.signature),
        "another place": replace(right, authenticator=of(Passkey(), origin="https://else.example").authenticator),
        "words that were not signed": replace(right, client=other.client[:-8] + "AAAAAAA="),
        "no bytes": replace(right, signature="*"),
        "no key": replace(right, public=""),
        "nothing": Assertion("", "", "", ""),
    }
    for what, one in wrong.items():
        assert confirmed(one, STATEMENT) == "", what


def test_a_sign_in_is_no_confirmation_of_an_enrolment() -> None:
    key = Passkey()
    made = assertion(key.signed(challenge_of(STATEMENT), TOWN, type="webauthn.create"), key.new.public)
    assert confirmed(made, STATEMENT) == ""
    signed_in = assertion(key.signed(sha256(STATEMENT).digest(), TOWN), key.new.public)
    assert confirmed(signed_in, STATEMENT) == ""


@pytest.mark.parametrize("credential", [{}, {"response": 1}, {"response": {"authenticatorData": "*"}}])
def test_what_a_browser_did_not_bring_is_no_assertion(credential: dict[str, object]) -> None:
    with pytest.raises(NotProvedError):
        assertion(credential, Passkey().new.public)
