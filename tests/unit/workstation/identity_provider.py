"""An identity provider on the loopback: real HTTP, real signed tokens, and a way to make each of them wrong."""

import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

from baqylau.crypto.id_tokens import pkce_challenge
from baqylau.monitoring.workstation.access.provider import Identity

CLIENT, SECRET = "baqylau", "a secret of the test"
KEY = RSAKey.generate_key(2048, {"kid": "k-1", "use": "sig"}, private=True)
OTHER = RSAKey.generate_key(2048, {"kid": "k-1", "use": "sig"}, private=True)
Claims = dict[str, Any]


def signed(claims: Claims, key: RSAKey = KEY) -> str:
    """Sign as the provider does, or with a key of somebody else."""
    return jwt.encode({"alg": "RS256", "kid": "k-1"}, claims, key)


def forged(claims: Claims, algorithm: str) -> str:
    """Make a token that needs no secret: unsigned, or signed with the public key as if it were one."""
    head = {"alg": algorithm, "kid": "k-1"}
    said = ".".join(_plain(json.dumps(part).encode()) for part in (head, claims))
    proof = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256") if algorithm == "HS256" else b""
    return f"{said}.{_plain(proof)}"


def _plain(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


class IdentityProvider:
    """What it says of who signs in; a story changes claims, header or key before it is asked."""

    def __init__(self, address: str, clock: Callable[[], datetime]) -> None:
        self.address, self.clock = address, clock
        self.person: Claims = {"sub": "s-17", "preferred_username": "aliya"}
        self.change: Callable[[Claims], Claims] = lambda claims: claims
        self.sign: Callable[[Claims], str] = signed
        self.asked: dict[str, dict[str, str]] = {}
        self.issuer = address

    @property
    def identity(self) -> Identity:
        """What an installation is told of it."""
        return Identity(issuer=self.address, client_id=CLIENT, client_secret=SECRET, name="Invented ID")

    def sign_in(self, address: str) -> str:
        """Do what a person at the provider's page does, and give where the browser goes back to."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = f"c-{len(self.asked)}"
        self.asked[code] = query
        return f"{query['redirect_uri']}?code={code}&state={query['state']}"

    def signs_out(self, **change: Any) -> str:
        """Give the token by which it says that somebody was signed out, changed as a story wants."""
        now = int(self.clock().timestamp())
        event = {"http://schemas.openid.net/event/backchannel-logout": dict[str, Any]()}
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "events": event}
        return self.sign({key: one for key, one in {**claims, **self.person, **change}.items() if one is not None})

    def published(self) -> Claims:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }

    def token(self, form: dict[str, list[str]], basic: str) -> Claims | None:
        """Exchange a code once, for the client and the verifier that it was asked with."""
        asked = self.asked.pop(form["code"][0], None)
        if (
            asked is None
            or basic != f"{CLIENT}:{SECRET}"
            or pkce_challenge(form["code_verifier"][0]) != asked["code_challenge"]
        ):
            return None
        now = int(self.clock().timestamp())
        claims = {**self.person, "iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300}
        said = self.change({**claims, "nonce": asked["nonce"]})
        return {"id_token": self.sign(said)}


class _Door(BaseHTTPRequestHandler):
    provider: ClassVar[IdentityProvider]

    def do_GET(self) -> None:
        if self.path.startswith("/authorize?"):
            back = escape(self.provider.sign_in(self.path))
            self._page(f'<!doctype html><title>Invented ID</title><a href="{back}">Sign in</a>')
            return
        found = {
            "/.well-known/openid-configuration": self.provider.published(),
            "/keys": {"keys": [KEY.as_dict(private=False)]},
        }
        self._answer(found.get(self.path))

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
        basic = b64decode(self.headers["authorization"].partition(" ")[2]).decode()
        self._answer(self.provider.token(form, basic))

    def _page(self, html: str) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(html.encode())

    def _answer(self, body: Claims | None) -> None:
        self.send_response(200 if body else 400)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body or {"error": "invalid_grant"}).encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@contextmanager
def identity_provider(clock: Callable[[], datetime]) -> Iterator[IdentityProvider]:
    """Serve one on a port of the system's choice."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Door) as server:
        provider = IdentityProvider(f"http://127.0.0.1:{server.server_port}", clock)
        _Door.provider = provider
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(20)
