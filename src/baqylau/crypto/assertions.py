"""What somebody confirmed with a passkey of their own (WebAuthn), proved without a server and without a library for it.

The key's owner was there and was recognised by it: without these two marks it is no confirmation.
"""

import json
from base64 import b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

_ENROLMENT = b"baqylau enrolment 1\n"
"""Stands before what is signed, so that no confirmation of anything else passes for one of an enrolment."""
_PRESENT_AND_KNOWN = 0b101
_FLAGS_AT = 32


@dataclass(frozen=True)
class Assertion:
    """How a key signed: everything in base64, so that it can be kept as JSON."""

    public: str
    """The key (SubjectPublicKeyInfo, DER)."""
    authenticator: str
    client: str
    """What the browser says it was asked, where."""
    signature: str

    @property
    def key(self) -> str:
        """Give the digest by which people compare the key."""
        return sha256(b64decode(self.public)).hexdigest()


def challenge_of(statement: bytes) -> bytes:
    """Give what a key is asked to sign for a statement about an enrolment."""
    return sha256(_ENROLMENT + statement).digest()


def confirmed(assertion: Assertion, statement: bytes) -> str:
    """Give where a key confirmed a statement, such as `https://baqylau.example`; empty where it did not."""
    try:
        public, authenticator, client, signature = (
            b64decode(one, validate=True)
            for one in (assertion.public, assertion.authenticator, assertion.client, assertion.signature)
        )
        wanted = urlsafe_b64encode(challenge_of(statement)).rstrip(b"=").decode()
        said = json.loads(client)
        origin = str(said["origin"])
        right = said["type"] == "webauthn.get" and said["challenge"] == wanted
        named = origin.partition("://")[2]
        place = sha256((named.rpartition(":")[0] or named).encode()).digest()
        marked = authenticator[:_FLAGS_AT] == place and _marked(authenticator)
        _prove(public, authenticator + sha256(client).digest(), signature)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, InvalidSignature, UnsupportedAlgorithm):
        return ""
    return origin if right and marked else ""


def _marked(authenticator: bytes) -> bool:
    flags = authenticator[_FLAGS_AT : _FLAGS_AT + 1]
    return bool(flags) and flags[0] & _PRESENT_AND_KNOWN == _PRESENT_AND_KNOWN


def _prove(public: bytes, message: bytes, signature: bytes) -> None:
    """Raise `InvalidSignature` for another signature, and `UnsupportedAlgorithm` for keys that passkeys have not."""
    key = load_der_public_key(public)
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, message, ec.ECDSA(SHA256()))
    elif isinstance(key, ed25519.Ed25519PublicKey):
        key.verify(signature, message)
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, message, padding.PKCS1v15(), SHA256())
    else:
        raise UnsupportedAlgorithm(type(key).__name__)
