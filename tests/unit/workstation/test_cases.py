"""Cases at the workstation: two inspectors, one administrator, and what each may do about what is prescribed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from baqylau.domain.orders import ExclusionZone
from baqylau.domain.rights import Bounds, Role
from baqylau.monitoring.workstation.tokens import digest
from tests.unit.workstation import invented
from tests.unit.workstation.invented import AYAN, NOW
from tests.unit.workstation.office import Office

CSRF = "a token of the test"
GROUNDS = "court act 17 of today"
CASE = f"/people/{AYAN}/case"
PROPOSALS = f"{CASE}/proposals"


class Colleague:
    """Somebody who is signed in; no password is hashed for it."""

    def __init__(self, office: Office, address: str, login: str, role: Role, bounds: Bounds) -> None:
        office.employ(login, role, bounds)
        office.stores.sessions.open(digest(login), login, CSRF, office.clock() + timedelta(hours=9))
        self._headers = {"Origin": address, "X-CSRF-Token": CSRF, "Cookie": f"baqylau={login}"}
        self._address = address

    def get(self, path: str) -> Any:
        answer = self._ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self._ask("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def propose(
        self, change: dict[str, Any], status: int = 200, path: str = PROPOSALS, version: int | None = None
    ) -> Any:
        known = self.get(CASE)["version"] if version is None else version
        return self.post(path, {"change": change, "version": known, "grounds": GROUNDS}, status)

    def answer(self, number: int, status: int = 200, *, approve: bool = True) -> Any:
        return self.post(f"/proposals/{number}/answer", {"approve": approve, "grounds": GROUNDS}, status)

    def _ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return httpx.request(
            method, f"{self._address}/api{path}", json=body, headers=self._headers, timeout=30, trust_env=False
        )


class Service:
    def __init__(self, office: Office, address: str) -> None:
        self._office, self._address = office, address
        self.aliya = self.employ("aliya")
        self.bolat = self.employ("bolat")

    def employ(self, login: str, role: Role = Role.INSPECTOR, bounds: Bounds = Bounds()) -> Colleague:  # noqa: B008
        return Colleague(self._office, self._address, login, role, bounds)


@contextmanager
def opened(office: Office) -> Iterator[Service]:
    with office.open() as address:
        yield Service(office, address)


@pytest.fixture
def service(office: Office) -> Iterator[Service]:
    office.populate()
    with opened(office) as service:
        yield service


def market(**changes: Any) -> dict[str, Any]:
    zone = invented.TOWN.restrictions[0]
    assert isinstance(zone, ExclusionZone)
    body = msgspec.to_builtins(zone) | {"version": 0, "from_at": NOW.isoformat()} | changes
    return {"type": "set_restriction", "restriction": body}


def round_market(radius_m: float) -> dict[str, Any]:
    return {"type": "circle", "name": "Market", "center": [43.25, 76.95], "radius_m": radius_m}


def test_a_narrower_zone_holds_at_once_and_a_wider_one_when_a_colleague_agrees(service: Service) -> None:
    made = service.aliya.propose(market(zone=round_market(100)))
    assert (made["state"], made["stricter"]) == ("applied", [])

    waits = service.aliya.propose(market(zone=round_market(900)))
    assert (waits["state"], waits["may_answer"], waits["may_withdraw"]) == ("waiting", False, True)
    assert [one["key"] for one in waits["stricter"]] == ["case.stricter.zone_larger"]
    assert service.aliya.answer(waits["number"], 403)["params"] == {"others": "Bolat"}

    listed = service.bolat.get("/proposals")
    assert ([one["number"] for one in listed["rows"]], listed["mine"]) == ([waits["number"]], 1)
    page = service.bolat.get(f"/proposals/{waits['number']}")
    assert (page["row"]["may_answer"], page["preview"]["faults"]) == (True, [])
    assert service.bolat.answer(waits["number"])["answered_by_name"] == "Bolat"

    case = service.bolat.get(CASE)
    found = [(one["restriction"]["version"], one["standing"]) for one in case["orders"][0]["restrictions"]]
    assert found == [(3, "in_force"), (2, "replaced"), (1, "replaced")]
    assert [(one["by_name"], one["fields"]) for one in case["history"][:2]] == [
        ("Aliya", ["zone"]),
        ("Aliya", ["from_at", "zone"]),
    ]
    assert (case["proposals"], case["answerers"], case["may_propose"]) == ([], ["Aliya"], True)
