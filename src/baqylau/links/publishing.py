"""Ways by which a head of the journal leaves: into a folder, to somebody's system, to a time-stamping authority."""

import os
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

import httpx

from baqylau.crypto.authentication import code
from baqylau.crypto.digests import observation_id
from baqylau.crypto.timestamps import TOKEN_BYTES_MAX, StampWrongError, certificates_in, stamp_request, token_in
from baqylau.domain.heads import HookTarget, StampTarget
from baqylau.links.notices.way import NotTakenError

NONCE_BITS = 63


def into_folder(folder: Path, name: str, content: bytes, tokens: Mapping[str, bytes]) -> None:
    """Put a head into a folder, each token beside it; what is there is there whole. `NotTakenError`."""
    files = {f"{name}.json": content} | {f"{name}.{authority}.tst": token for authority, token in tokens.items()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, held in files.items():
            unfinished = folder / f".{file}"
            unfinished.write_bytes(held)
            unfinished.replace(folder / file)
    except OSError as wrong:
        raise NotTakenError((os.strerror(wrong.errno or 0)).replace(" ", "_").lower()) from wrong


def to_hook(http: httpx.Client, target: HookTarget, content: bytes, moment: int) -> None:
    """Post a head; a 2xx says that the receiver has it. Signed as all our webhooks are. `NotTakenError`."""
    signed = code(target.secret.encode(), f"{moment}.".encode() + content)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": observation_id(content),
        "Baqylau-Signature": f"t={moment},v1={signed}",
    }
    _answered(http, http.build_request("POST", target.url, content=content, headers=headers))


def to_authority(http: httpx.Client, target: StampTarget, known: Path, content: bytes, nonce: int) -> bytes:
    """Ask an authority for a token over a head; give it, proved by the authority's certificate. `NotTakenError`."""
    request = http.build_request(
        "POST",
        target.url,
        content=stamp_request(content, nonce),
        headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
    )
    signed_in = httpx.BasicAuth(target.user, target.password) if target.user else None
    try:
        certificates = certificates_in(known.read_bytes())
    except (OSError, ValueError) as wrong:
        raise NotTakenError("no_certificate") from wrong
    answer = _answered(http, request, signed_in)
    try:
        return token_in(answer, content, nonce, certificates)
    except StampWrongError as wrong:
        raise NotTakenError(f"stamp_{wrong}") from wrong


def _answered(http: httpx.Client, request: httpx.Request, auth: httpx.Auth | None = None) -> bytes:
    try:
        answer = http.send(request, auth=auth, stream=True)
        try:
            held = b""
            for piece in answer.iter_raw():
                held += piece
                if len(held) > TOKEN_BYTES_MAX:
                    raise NotTakenError("too_long")
        finally:
            answer.close()
    except httpx.TimeoutException as late:
        raise NotTakenError("timeout") from late
    except httpx.HTTPError as broken:
        raise NotTakenError("not_reached") from broken
    if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
        raise NotTakenError(f"http_{answer.status_code}")
    return held
