"""JSON in and out: bounded, typed, and with the wrong field named."""

import re
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

import anyio
import msgspec
from starlette.requests import Request
from starlette.responses import Response

from baqylau.monitoring.workstation.refusals import RefusedError

MAX_BODY_BYTES = 65_536
BODY_WITHIN_S = 10

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)
_FIELD = re.compile(r"`\$\.?([^`]*)`")
_NAMED = re.compile(r"field `([^`]*)`")


def _wrong_field(error: msgspec.ValidationError) -> RefusedError:
    """Name the field by which a well-formed body is not what was asked for."""
    text = str(error)
    named = _NAMED.search(text) or _FIELD.search(text)
    return RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field=named.group(1) if named else "")


async def body_of(request: Request, most_bytes: int, within_s: float) -> bytes:
    """Read the body, but no more than is allowed and not for longer."""
    try:
        with anyio.fail_after(within_s):
            return await _read(request, most_bytes)
    except TimeoutError:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "request.refused.too_slow") from None


async def _read(request: Request, most_bytes: int) -> bytes:
    too_large = RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request.refused.too_large", limit=most_bytes)
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > most_bytes:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            raise too_large
    return bytes(body)


_NOTHING = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""The character of number 0: no database keeps it, so that no field may carry it."""


async def received(request: Request, kind: type[_T]) -> _T:
    """Read one JSON message of this type, or refuse with the reason."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "request.refused.not_json")
    body = await body_of(request, MAX_BODY_BYTES, BODY_WITHIN_S)
    try:
        message = msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as wrong:
        raise _wrong_field(wrong) from wrong
    except (msgspec.DecodeError, UnicodeDecodeError) as broken:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "request.refused.not_json") from broken
    if _NOTHING.search(body):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "request.refused.not_json")
    return message


def reply(value: Any, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer with a message as JSON."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def chosen(request: Request, field: str, among: type[_E]) -> _E | None:
    """Read a word of the query that is one of an enumeration, None where it is left out, or refuse it by its name."""
    text = request.query_params.get(field, "")
    try:
        return among(text) if text else None
    except ValueError:
        return _refuse(field)


def instant(text: str, field: str) -> datetime:
    """Read an ISO 8601 instant with its offset, or refuse it by its field's name."""
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo is not None else _refuse(field)
    except (ValueError, OverflowError):
        return _refuse(field)


def _refuse(field: str) -> NoReturn:
    raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "request.refused.field", field=field) from None


def degrees(text: str, field: str, most: float) -> float:
    """Read a figure between `-most` and `most`, or refuse it by its field's name."""
    try:
        figure = float(text)
    except ValueError:
        _refuse(field)
    return figure if -most <= figure <= most else _refuse(field)


def whole_number(text: str, field: str) -> int:
    """Read a non-negative number that fits the database's 64 bits, or refuse it by its field's name."""
    if not (text.isascii() and text.isdecimal()) or int(text[:20]) >= 2**63:
        _refuse(field)
    return int(text)
