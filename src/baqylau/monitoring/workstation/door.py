"""A route with the action that it is. What names none is closed: the gate lets nobody through."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Mount, Route
from starlette.types import ASGIApp, Scope

from baqylau.domain.rights import Action

Endpoint = Callable[[Request], Awaitable[Response]]


class Door(Route):
    """One path and method, and what somebody does who comes by it."""

    def __init__(self, path: str, endpoint: Endpoint, action: Action, *, method: str = "GET") -> None:
        """Name the action; `GET` answers `HEAD` too."""
        super().__init__(path, endpoint, methods=[method])
        self.action = action


class Hall(Mount):
    """Everything below a path, as one action."""

    def __init__(self, path: str, app: ASGIApp, action: Action) -> None:
        """Name the action."""
        super().__init__(path, app)
        self.action = action


def action_of(route: BaseRoute) -> Action | None:
    """Give what a route does, None where it does not say."""
    return route.action if isinstance(route, Door | Hall) else None


def asked(routes: list[BaseRoute], scope: Scope) -> tuple[bool, Action | None]:
    """Tell whether a request leads anywhere, and to which action."""
    for route in routes:
        if route.matches(scope)[0] is Match.FULL:
            return True, action_of(route)
    return False, None
