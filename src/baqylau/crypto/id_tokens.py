"""What an identity provider of the installation's own says of somebody who signed in or out there.

By OpenID Connect Core 1.0 and Back-Channel Logout 1.0. Believed is a token alone that the provider signed with one of
its published keys, for us, now, and, of a sign-in, for this very one: by its nonce. Whoever could also make such a
token with a secret that we share is not believed.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from msgspec import Struct

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")
LEEWAY_S: Final = 60
"""By so much the clocks of the provider and ours may differ."""
_LONGEST_S: Final = 600
"""A token that was issued longer ago than this is not of this sign-in."""
_SIGNED_OUT: Final = "http://schemas.openid.net/event/backchannel-logout"


class TokenRefusedError(Exception):
    """The token proves nothing."""


class Expected(Struct, frozen=True, kw_only=True):
    """What a token must say."""

    issuer: str
    client_id: str
    nonce: str | None = None
    """Of the sign-in; None: the token is of none, and must carry none."""


def verified(token: str, keys: Mapping[str, Any], expected: Expected, now: datetime) -> Mapping[str, Any]:
    """Give the claims of a token. `TokenRefusedError` where anything of it is not as it must be."""
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=LEEWAY_S,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": False} if expected.nonce is None else {"essential": True, "value": expected.nonce},
    )
    try:
        found = jwt.decode(token, KeySet.import_key_set(cast("KeySetSerialization", keys)), algorithms=ALGORITHMS)
        registry.validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as wrong:
        raise TokenRefusedError from wrong
    claims = found.claims
    others = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    meant = claims.get("azp", expected.client_id) == expected.client_id and ("azp" in claims or len(others) == 1)
    fresh = now.timestamp() - claims["iat"] <= _LONGEST_S + LEEWAY_S
    if not (meant and fresh and isinstance(claims["sub"], str) and claims["sub"]):
        raise TokenRefusedError
    return claims


def signed_out(token: str, keys: Mapping[str, Any], expected: Expected, now: datetime) -> str:
    """Give the subject that a logout token signs out. `TokenRefusedError`; what opens a session ends none."""
    claims = verified(token, keys, expected, now)
    events = claims.get("events")
    if "nonce" in claims or not isinstance(events, dict) or _SIGNED_OUT not in events:
        raise TokenRefusedError
    return str(claims["sub"])


def pkce_challenge(verifier: str) -> str:
    """Give what is told of a verifier beforehand (RFC 7636, S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
