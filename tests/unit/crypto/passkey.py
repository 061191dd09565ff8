"""A passkey in a test: what an authenticator does when somebody puts a finger on it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from cbor2 import dumps
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from baqylau.crypto.passkeys import NewPasskey

PRESENT, KNOWN = 0b001, 0b100


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Passkey:
    """An Ed25519 key that says who asked it, where, and whether it knew its owner."""

    def __init__(self, seed: int = 1, name: bytes = b"a key") -> None:
        self.name, self.count = name, 0
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)

    @property
    def new(self) -> NewPasskey:
        """As an account keeps it."""
        point = self._key.public_key().public_bytes_raw()
        return NewPasskey(id=self.name, public=dumps({1: 1, 3: -8, -1: 6, -2: point}), count=0)

    def signed(self, challenge: bytes, origin: str, flags: int = PRESENT | KNOWN, **said: str) -> dict[str, Any]:
        """Sign as a browser passes it on."""
        self.count += 1
        place = sha256((urlsplit(origin).hostname or "").encode()).digest()
        authenticator = place + bytes([flags]) + self.count.to_bytes(4, "big")
        words = {"type": "webauthn.get", "challenge": text(challenge), "origin": origin, "crossOrigin": False} | said
        client = json.dumps(words).encode()
        signature = self._key.sign(authenticator + sha256(client).digest())
        return {
            "id": text(self.name),
            "rawId": text(self.name),
            "type": "public-key",
            "clientExtensionResults": {},
            "response": {
                "authenticatorData": text(authenticator),
                "clientDataJSON": text(client),
                "signature": text(signature),
            },
        }

    def answer(self, asked: dict[str, Any], origin: str) -> dict[str, Any]:
        """Answer what a server asked a browser."""
        assert [one["id"] for one in asked["allowCredentials"]] == [text(self.name)]
        return self.signed(raw(asked["challenge"]), origin)
