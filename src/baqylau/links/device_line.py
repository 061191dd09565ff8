"""The line of a device of ours to the server: HTTPS, one request at a time, signed bytes in and out."""

import ssl
from http import HTTPStatus
from pathlib import Path

import httpx

BATCHES, POLL, CONSOLE = "/v1/batches", "/v1/poll", "/v1/console"
ANSWER_BYTES_MAX = 1 << 20
_WITHIN_S = 30.0


class LineError(Exception):
    """There is no answer that could be read: no network, nobody there, or a refusal."""


class RevokedError(LineError):
    """The server says that this device must not speak any more."""


class ServerLine:
    """Requests to one server."""

    def __init__(self, server: str, authority: Path | None = None) -> None:
        """Take the server's address and the certificate that it is to be known by; none: the machine's own list."""
        context = ssl.create_default_context(cafile=str(authority) if authority is not None else None)
        self._http = httpx.AsyncClient(
            base_url=server, verify=context, timeout=_WITHIN_S, trust_env=False, follow_redirects=False
        )

    async def post(self, path: str, body: bytes, waits_s: float = 0.0) -> bytes:
        """Give the answer's bytes, or raise `LineError`. `waits_s`: how long the server may keep us waiting."""
        timeout = httpx.Timeout(_WITHIN_S, read=_WITHIN_S + waits_s)
        headers = {"Content-Type": "application/cose"}
        try:
            response = await self._http.post(path, content=body, headers=headers, timeout=timeout)
        except (httpx.HTTPError, ssl.SSLError, OSError) as wrong:
            raise LineError(type(wrong).__name__) from wrong
        if response.status_code == HTTPStatus.FORBIDDEN and response.text == "revoked":
            raise RevokedError(response.text)
        if response.status_code != HTTPStatus.OK or len(response.content) > ANSWER_BYTES_MAX:
            raise LineError(f"{response.status_code} {response.text[:40]}")
        return response.content

    async def close(self) -> None:
        """End it."""
        await self._http.aclose()
