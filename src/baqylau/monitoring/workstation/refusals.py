"""Every refusal leaves as JSON with a key of the catalogues: never a bare code, never a stack trace."""

from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from baqylau.domain.acts import ActRefusedError
from baqylau.monitoring.workstation.headers import ALWAYS
from baqylau.monitoring.workstation.messages import Refusal
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.journal.archived import DaysArchivedError

_KEYS = {
    HTTPStatus.NOT_FOUND: "request.refused.not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "request.refused.method",
}


class RefusedError(Exception):
    """What was asked is not done; `key` names the sentence that says why."""

    def __init__(self, status: HTTPStatus, key: str, *, retry_after_s: int | None = None, **params: str | int) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.params: dict[str, str | int | float] = dict(params)
        self.retry_after_s = retry_after_s

    def response(self) -> Response:
        """Give the refusal as the browser gets it."""
        headers = {} if self.retry_after_s is None else {"Retry-After": str(self.retry_after_s)}
        body = msgspec.json.encode(Refusal(key=self.key, params=self.params))
        return Response(body, self.status, headers, "application/json")


def not_found(key: str) -> RefusedError:
    """Give the refusal for something that does not exist."""
    return RefusedError(HTTPStatus.NOT_FOUND, key)


async def refused(_request: Request, error: Exception) -> Response:
    """Answer a refusal that a page made."""
    assert isinstance(error, RefusedError)  # noqa: S101 - Starlette's signature is wider than its promise
    return error.response()


async def act_refused(_request: Request, error: Exception) -> Response:
    """Answer an act that does not fit the alarm's state."""
    assert isinstance(error, ActRefusedError)  # noqa: S101 - as above
    refusal = RefusedError(HTTPStatus.CONFLICT, error.key)
    refusal.params.update(error.params)
    return refusal.response()


async def http_error(_request: Request, error: Exception) -> Response:
    """Answer what the framework itself refuses: unknown paths, wrong methods."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    status = HTTPStatus(error.status_code)
    return RefusedError(status, _KEYS.get(status, "request.refused.malformed")).response()


async def database_away(_request: Request, _error: Exception) -> Response:
    """Answer while the database cannot be reached: nothing was done, try again."""
    return RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "server.refused.database_away", retry_after_s=2).response()


async def days_archived(_request: Request, error: Exception) -> Response:
    """Answer what rests on days that are in the archive alone."""
    assert isinstance(error, DaysArchivedError)  # noqa: S101 - as above
    first, last = str(error.days[0]), str(error.days[-1])
    return RefusedError(HTTPStatus.CONFLICT, "archive.refused.days", first=first, last=last).response()


async def own_fault(_request: Request, _error: Exception) -> Response:
    """Answer our own fault; the server's log holds the trace. No middleware sees this answer."""
    response = RefusedError(HTTPStatus.INTERNAL_SERVER_ERROR, "server.refused.own_fault").response()
    response.headers.update(ALWAYS)
    return response


HANDLERS = {
    RefusedError: refused,
    ActRefusedError: act_refused,
    HTTPException: http_error,
    StorageUnavailableError: database_away,
    DaysArchivedError: days_archived,
    Exception: own_fault,
}
