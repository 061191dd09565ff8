"""What each handler of the interface takes, gives and refuses: said beside the handler, read by the description."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from msgspec import Struct

from baqylau.monitoring.workstation.door import Endpoint

NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
_Handler = TypeVar("_Handler", bound=Endpoint)


class Speech(Struct, frozen=True, kw_only=True):
    """The types of one handler."""

    takes: Any = None
    """Type of the JSON body; None where there is none."""
    gives: Any = None
    """Type of the JSON answer; None where the answer has no body, or is a file."""
    media: str = "application/json"
    """Of the answer, where it is a file."""
    status: int = 200
    asks: Mapping[str, Any] = NOTHING
    """Types of the words of the query that may be left out."""
    needs: Mapping[str, Any] = NOTHING
    """Types of the words of the query that may not."""
    refuses: tuple[int, ...] = ()
    """Statuses of its own refusals, beside those of the gate and of a body that cannot be read."""


_SAID: dict[Endpoint, Speech] = {}


def speaks(**said: Any) -> Callable[[_Handler], _Handler]:
    """Say of a handler what it takes, gives and refuses; see `Speech`."""
    speech = Speech(**said)

    def keep(handler: _Handler) -> _Handler:
        _SAID[handler] = speech
        return handler

    return keep


def speech_of(handler: Endpoint) -> Speech | None:
    """Give what was said of a handler, None where nothing was."""
    return _SAID.get(handler)
