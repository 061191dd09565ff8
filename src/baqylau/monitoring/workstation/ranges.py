"""Content by ranges (RFC 9110, 14): as browsers ask for it when they play a recording."""

import re
from collections.abc import Callable
from http import HTTPStatus

from starlette.responses import Response

SHOWN = frozenset({"image/jpeg", "image/png", "video/webm", "audio/webm", "audio/ogg", "audio/wav"})
"""What a browser may show as ours. Anything else that a unit calls its recording is only saved."""
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
NEVER_KEPT = {"Cache-Control": "no-store", "Accept-Ranges": "bytes"}


def asked_for(header: str, size: int) -> tuple[int, int] | None:
    """Give the first and last byte that are asked for, both included; None for all of it.

    A form that we do not serve is answered whole, as the standard allows. `ValueError` where nothing of it is there.
    """
    found = _RANGE.fullmatch(header.strip().replace(" ", ""))
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        begin, end = max(0, size - int(last)), size - 1
    else:
        begin, end = int(first), min(int(last), size - 1) if last else size - 1
    if first and last and int(last) < int(first):
        return None
    if begin > end:
        raise ValueError(header)
    return begin, end


def in_ranges(header: str, size: int, media_type: str, read: Callable[[int, int], bytes]) -> Response:
    """Give the content or the part of it that `header` asks for; `read` takes the first and the last byte."""
    try:
        part = asked_for(header, size)
    except ValueError:
        headers = NEVER_KEPT | {"Content-Range": f"bytes */{size}"}
        return Response(status_code=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers=headers)
    begin, end = part or (0, size - 1)
    shown = media_type in SHOWN
    headers = NEVER_KEPT | {"Content-Disposition": "inline" if shown else "attachment"}
    headers |= {"Content-Range": f"bytes {begin}-{end}/{size}"} if part else {}
    status = HTTPStatus.PARTIAL_CONTENT if part else HTTPStatus.OK
    return Response(read(begin, end), status, headers, media_type if shown else "application/octet-stream")
