"""The description of the interface as OpenAPI 3.1, made from its doors and the types that its handlers state."""

import inspect
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount

from baqylau.domain.rights import BY_HAND, STRANGER, Action, Role, may
from baqylau.monitoring.workstation.door import Door
from baqylau.monitoring.workstation.messages import Refusal
from baqylau.monitoring.workstation.speech import Speech, speaks, speech_of
from baqylau.monitoring.workstation.wire import reply

_REF: Final = "#/components/schemas/{name}"
_PATH_WORD = re.compile(r"{(\w+)(?::\w+)?}")
_OF_BODIES: Final = (400, 408, 413, 415, 422)
_OF_THE_GATE: Final = (401, 403, 423)
_OF_EVERYTHING: Final = (500, 503)
_OF_A_CHANGE: Final = (403,)
_SAFE: Final = frozenset({"GET", "HEAD"})
SILENT: Final = Speech()


def document(doors: Iterable[Door]) -> dict[str, Any]:
    """Describe the doors."""
    known = [(door, speech_of(door.endpoint) or SILENT) for door in doors]
    schemas, definitions = _schemas([speech for _, speech in known])
    paths: dict[str, dict[str, Any]] = {}
    for door, speech in known:
        paths.setdefault(f"/api{_plain(door.path)}", {})[method_of(door).lower()] = _operation(door, speech, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Baqylau",
            "version": version("baqylau"),
            "description": inspect.cleandoc(
                """The workstation's interface. Every refusal is a `Refusal`: a key of the catalogues and what it names.
                A program brings a key (`Authorization: Bearer bqk_...`). A browser brings its cookie and, with
                every change, its own `Origin` and `X-CSRF-Token`.
                A change may bring an `Idempotency-Key` made up for it: who lost the answer asks again with the same
                key, and what was done is not done again (409, `request.refused.done_already`)."""
            ),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(definitions.items())),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A program's key."},
                "session": {"type": "apiKey", "in": "cookie", "name": "baqylau"},
            },
        },
    }


def method_of(door: Door) -> str:
    """Give the method of a door; one that answers `GET` answers `HEAD` too."""
    return next(iter(sorted((door.methods or set()) - {"HEAD"})))


def statuses(door: Door, speech: Speech) -> list[int]:
    """Give every status that a door refuses with."""
    refused = {*speech.refuses, *_OF_EVERYTHING, *(_OF_BODIES if speech.takes else ())}
    refused |= {422} if speech.asks or speech.needs else set()
    refused |= {404} if "{" in door.path else set()
    refused |= set(_of_gate(door))
    return sorted(refused)


def _of_gate(door: Door) -> tuple[int, ...]:
    if door.action in STRANGER:
        return () if method_of(door) in _SAFE else _OF_A_CHANGE
    return _OF_THE_GATE


def _schemas(speeches: Iterable[Speech]) -> tuple[dict[int, Any], dict[str, Any]]:
    """Give the schema of every type by the type's identity, and the definitions they name."""
    types = [Refusal]
    for one in speeches:
        types += [kind for kind in (one.takes, one.gives, *one.asks.values(), *one.needs.values()) if kind is not None]
    unique = list({id(kind): kind for kind in types}.values())
    found, definitions = msgspec.json.schema_components(unique, ref_template=_REF)
    return {id(kind): schema for kind, schema in zip(unique, found, strict=True)}, dict(definitions)


def _plain(path: str) -> str:
    return _PATH_WORD.sub(r"{\1}", path)


def _operation(door: Door, speech: Speech, schemas: Mapping[int, Any]) -> dict[str, Any]:
    roles = [role.value for role in Role if may(role, door.action)]
    said = inspect.getdoc(door.endpoint) or ""
    operation: dict[str, Any] = {
        "operationId": f"{method_of(door).lower()}{re.sub(r'[^a-z]+', '_', door.path.lower()).rstrip('_')}",
        "summary": " ".join(said.partition("\n\n")[0].split()),
        "x-action": door.action.value,
        "x-roles": roles,
        "security": _security(door.action),
        "parameters": _parameters(door, speech, schemas),
        "responses": _responses(door, speech, schemas),
    }
    if speech.takes is not None:
        content = {"application/json": {"schema": schemas[id(speech.takes)]}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _security(action: Action) -> list[dict[str, list[str]]]:
    if action in STRANGER:
        return []
    return [{"session": []}] if action in BY_HAND else [{"session": []}, {"key": []}]


def _parameters(door: Door, speech: Speech, schemas: Mapping[int, Any]) -> list[dict[str, Any]]:
    named = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PATH_WORD.findall(door.path)
    ]
    for words, required in ((speech.needs, True), (speech.asks, False)):
        named += [
            {"name": name, "in": "query", "required": required, "schema": schemas[id(kind)]}
            for name, kind in words.items()
        ]
    return named


def _responses(door: Door, speech: Speech, schemas: Mapping[int, Any]) -> dict[str, Any]:
    right: dict[str, Any] = {"description": HTTPStatus(speech.status).phrase}
    if speech.gives is not None:
        right["content"] = {"application/json": {"schema": schemas[id(speech.gives)]}}
    elif speech.media != "application/json":
        right["content"] = {media: {} for media in speech.media.split(", ")}
    refusal = {"application/json": {"schema": schemas[id(Refusal)]}}
    refused = {
        str(status): {"description": HTTPStatus(status).phrase, "content": refusal} for status in statuses(door, speech)
    }
    return {str(speech.status): right, **refused}


def doors_of(routes: Iterable[BaseRoute]) -> list[Door]:
    """Give every door of an application."""
    return [
        door
        for route in routes
        for door in ([route] if isinstance(route, Door) else doors_of(route.routes) if isinstance(route, Mount) else [])
    ]


@speaks(gives=dict[str, Any])
async def show(request: Request) -> Response:
    """Describe the whole interface, as OpenAPI 3.1."""
    return reply(document(doors_of(request.app.routes)))
