"""What the pages ask and are told, as bytes."""

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.ids import PersonId

BODY_BYTES_MAX = 400_000


def said(value: object, status: int = HTTPStatus.OK) -> Response:
    """Give an answer."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def named(request: Request) -> PersonId:
    """Give the person whom the address names."""
    return PersonId(request.path_params["id"])


async def body(request: Request) -> bytes:
    """Give what was sent; 413 where it is too much or says not how much it is."""
    if int(request.headers.get("content-length", BODY_BYTES_MAX + 1)) > BODY_BYTES_MAX:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await request.body()
