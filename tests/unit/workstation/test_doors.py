"""Every route of the interface says what it is; one that does not is closed."""

import os

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route

from baqylau.domain.rights import Action
from baqylau.monitoring.workstation import app
from baqylau.monitoring.workstation.access.session import sign_in
from baqylau.monitoring.workstation.app import create_app
from baqylau.monitoring.workstation.door import Door, action_of
from tests.unit.workstation.office import Office


def doors(office: Office) -> list[BaseRoute]:
    served = create_app(office.settings, office.engine, office.vault, office.clock, os.urandom)
    return next(list(one.routes) for one in served.routes if isinstance(one, Mount) and one.path == "/api")


def test_every_route_names_its_action_and_one_method(office: Office) -> None:
    for route in doors(office):
        assert action_of(route) is not None, route
        assert not isinstance(route, Door) or len((route.methods or set()) - {"HEAD"}) == 1


def test_a_route_without_an_action_is_closed_for_everybody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def leak(_request: Request) -> Response:
        return Response("everything")

    monkeypatch.setattr(
        app, "api", lambda _settings: [Door("/session", sign_in, Action.SIGN_IN, method="POST"), Route("/leak", leak)]
    )
    office.employ()
    with office.browser() as browser:
        browser.sign_in()
        refused = browser.get("/api/leak")
    assert (refused.status_code, refused.json()["key"]) == (403, "request.refused.not_allowed")
