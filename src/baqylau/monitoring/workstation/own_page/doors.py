"""The doors of a person's own page. None of them is told whose page it is: the session says."""

from http import HTTPStatus
from typing import Final

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from baqylau.domain.people import Language
from baqylau.monitoring.workstation.desk import desk_of
from baqylau.monitoring.workstation.giving.papers import shelf_of
from baqylau.monitoring.workstation.looks import alarm_number
from baqylau.monitoring.workstation.own_page import entrance
from baqylau.monitoring.workstation.own_page.gate import OwnDoor, own_of, person_of
from baqylau.monitoring.workstation.own_page.messages import OwnAsking, OwnSaying
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.wire import received, reply, whole_number

FILE_BYTES: Final = 5_000_000
"""A photograph of a telephone, or two minutes of a voice."""
_WITHIN_S: Final = 120
_TYPES: Final = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/webp": (b"RIFF",),
    "audio/webm": (b"\x1aE\xdf\xa3",),
    "audio/ogg": (b"OggS",),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/wav": (b"RIFF",),
    "audio/mp4": (),
    "audio/aac": (b"\xff\xf1", b"\xff\xf9"),
    "audio/amr": (b"#!AMR",),
}
"""What telephones make, and how it begins; MP4 says so after four octets."""
_ALIASES: Final = {
    "audio/x-m4a": "audio/mp4",
    "audio/m4a": "audio/mp4",
    "audio/x-wav": "audio/wav",
    "audio/3gpp": "audio/mp4",
}


async def page(request: Request) -> Response:
    """Give everything on the page; `language` says in which language."""
    desk = desk_of(request)
    return reply(await desk.do(desk.own_page.page, own_of(request), _language(request)))


def _language(request: Request) -> Language | None:
    asked = request.query_params.get("language", "")
    return Language(asked) if asked in set(Language) else None


async def message_read(request: Request) -> Response:
    """Say that a message was read."""
    desk = desk_of(request)
    number = whole_number(request.path_params["number"], "number")
    await desk.do(desk.own_page.received, person_of(request), number)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def say(request: Request) -> Response:
    """Explain an alarm, or contest it."""
    desk = desk_of(request)
    given = await received(request, OwnSaying)
    await desk.do(desk.own_page.say, person_of(request), alarm_number(request), given)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def ask(request: Request) -> Response:
    """Ask for a permission."""
    desk = desk_of(request)
    await desk.do(desk.own_page.ask, person_of(request), await received(request, OwnAsking))
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def unask(request: Request) -> Response:
    """Take back what was asked for."""
    desk = desk_of(request)
    number = whole_number(request.path_params["number"], "number")
    await desk.do(desk.own_page.unask, person_of(request), number)
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def attach(request: Request) -> Response:
    """Attach a photograph or a voice note to an alarm."""
    desk, number = desk_of(request), alarm_number(request)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    media_type = _ALIASES.get(media_type, media_type)
    if media_type not in _TYPES:
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "own.refused.file_kind")
    content = await _content(request)
    if not _is(media_type, content):
        raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "own.refused.file_kind")
    return reply(await desk.do(desk.own_page.attach, person_of(request), number, media_type, content))


def _is(media_type: str, content: bytes) -> bool:
    if media_type == "audio/mp4":
        return content[4:8] == b"ftyp"
    return content.startswith(_TYPES[media_type])


async def _content(request: Request) -> bytes:
    too_large = RefusedError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "own.refused.file_size", limit=FILE_BYTES // 1_000_000
    )
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > FILE_BYTES:
        raise too_large
    content = bytearray()
    try:
        with anyio.fail_after(_WITHIN_S):
            async for chunk in request.stream():
                content += chunk
                if len(content) > FILE_BYTES:
                    raise too_large
    except TimeoutError:
        raise RefusedError(HTTPStatus.REQUEST_TIMEOUT, "request.refused.too_slow") from None
    return bytes(content)


async def file(request: Request) -> Response:
    """Give back what was attached."""
    desk = desk_of(request)
    number = whole_number(request.path_params["number"], "number")
    return file_of(*await desk.do(desk.own_page.file, person_of(request), number))


def file_of(media_type: str, content: bytes) -> Response:
    """Give a file that somebody sent: it is shown where it is asked for, and never opened as a page."""
    return Response(content, media_type=media_type, headers={"Content-Disposition": "attachment"})


async def copy(request: Request) -> Response:
    """Give a copy of what is kept of the person, as JSON."""
    desk = desk_of(request)
    content = await desk.do(desk.own_page.copy, shelf_of(request), person_of(request))
    headers = {"Content-Disposition": f'attachment; filename="baqylau-{desk.clock():%Y%m%d}.json"'}
    return Response(content, media_type="application/json", headers=headers)


OWN: list[BaseRoute] = [
    OwnDoor("/session", entrance.show, entrance=True),
    OwnDoor("/session", entrance.leave, method="DELETE"),
    OwnDoor("/code", entrance.use_code, method="POST", entrance=True),
    OwnDoor("/pin", entrance.say_pin, method="POST", entrance=True),
    OwnDoor("/phone", entrance.forget_phone, method="DELETE"),
    OwnDoor("/page", page),
    OwnDoor("/messages/{number}/receipt", message_read, method="POST"),
    OwnDoor("/alarms/{number}/words", say, method="POST"),
    OwnDoor("/alarms/{number}/files", attach, method="POST"),
    OwnDoor("/requests", ask, method="POST"),
    OwnDoor("/requests/{number}", unask, method="DELETE"),
    OwnDoor("/files/{number}", file),
    OwnDoor("/copy", copy),
]
