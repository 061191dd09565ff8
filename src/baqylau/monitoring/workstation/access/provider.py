"""The identity provider of an installation: its addresses, its keys, and a code exchanged for a token."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
from msgspec import Struct

from baqylau.crypto.id_tokens import Expected, TokenRefusedError, pkce_challenge, signed_out, verified

WITHIN_S: Final = 10
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


class Identity(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an installation says of its identity provider. Off where it says nothing."""

    issuer: str
    client_id: str
    client_secret: str
    name: str = "OpenID Connect"
    """What the button says."""
    claim: str = "preferred_username"
    """The claim in which the login of an account stands; `email` counts where the provider verified it."""
    session_s: int = 14_400
    """A session that the provider opened ends this long after, so that it is asked again in the middle of a shift."""


class ProviderAwayError(Exception):
    """The provider does not answer, or not as one."""


class Started(Struct, frozen=True, kw_only=True):
    """A sign-in that went to the provider and has not come back."""

    nonce: str
    verifier: str
    back: str
    """Where the provider sends the browser back to."""


class Provider:
    """Speaks with one provider; what it publishes is read anew for each sign-in, so that its keys may change."""

    def __init__(self, identity: Identity, clock: Callable[[], datetime]) -> None:
        self.identity, self._clock = identity, clock

    def address(self, started: Started, state: str) -> str:
        """Give where a browser goes to sign in. `ProviderAwayError`."""
        with _client() as client:
            door = _text(self._published(client), "authorization_endpoint")
        asked = {
            "response_type": "code",
            "client_id": self.identity.client_id,
            "redirect_uri": started.back,
            "scope": "openid profile email",
            "state": state,
            "nonce": started.nonce,
            "code_challenge": pkce_challenge(started.verifier),
            "code_challenge_method": "S256",
        }
        return f"{door}{'&' if urlsplit(door).query else '?'}{urlencode(asked)}"

    def claims(self, started: Started, code: str) -> Mapping[str, Any]:
        """Give what the provider says of who signed in. `ProviderAwayError`, `TokenRefusedError`."""
        with _client() as client:
            published = self._published(client)
            given = {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": started.back,
                "code_verifier": started.verifier,
            }
            secret = (self.identity.client_id, self.identity.client_secret)
            answer = _read(lambda: client.post(_text(published, "token_endpoint"), data=given, auth=secret))
            keys = _read(lambda: client.get(_text(published, "jwks_uri")))
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise TokenRefusedError
        return verified(token, keys, self._expected(started.nonce), self._clock())

    def signed_out(self, token: str) -> str:
        """Give the subject that the provider signs out. `ProviderAwayError`, `TokenRefusedError`."""
        with _client() as client:
            address = _text(self._published(client), "jwks_uri")
            keys = _read(lambda: client.get(address))
        return signed_out(token, keys, self._expected(), self._clock())

    def _expected(self, nonce: str | None = None) -> Expected:
        return Expected(issuer=self.identity.issuer, client_id=self.identity.client_id, nonce=nonce)

    def _published(self, client: httpx.Client) -> Mapping[str, Any]:
        issuer = self.identity.issuer
        found = _read(lambda: client.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration"))
        if found.get("issuer") != issuer:
            raise ProviderAwayError
        return found


def _client() -> httpx.Client:
    return httpx.Client(timeout=WITHIN_S, trust_env=False, follow_redirects=False)


def _read(ask: Callable[[], httpx.Response]) -> Mapping[str, Any]:
    try:
        found = ask().raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as away:
        raise ProviderAwayError from away
    if not isinstance(found, dict):
        raise ProviderAwayError
    return found


def _text(published: Mapping[str, Any], name: str) -> str:
    """Give an address of the provider: over TLS, unless it is on this machine."""
    address = published.get(name)
    if not isinstance(address, str):
        raise ProviderAwayError
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ProviderAwayError
    return address
