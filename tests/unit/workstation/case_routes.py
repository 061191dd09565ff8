"""How the routes of cases are asked about one person: path, body, and what becomes of it where it may be."""

from typing import Any

LEAVE = {
    "type": "grant_permission",
    "permission": {
        "id": "",
        "person_id": "",
        "restriction_id": None,
        "from_at": "2026-11-22T03:00:00Z",
        "until_at": "2026-11-22T05:00:00Z",
        "reason": "clinic",
        "granted_by": "",
    },
}
"""Not stricter: it holds at once."""
LABOUR = {"type": "labour_set", "hours": 100, "act": "1-26"}
BEGIN = {
    "type": "register_person",
    "person": {"id": "", "name": "Invented", "district": "Солтүстік"},
    "order": {
        "id": "",
        "person_id": "",
        "court": "Invented court",
        "act_number": "1",
        "act_date": "2026-11-01",
        "from_at": "2026-11-22T00:00:00Z",
        "until_at": "2027-11-22T00:00:00Z",
    },
}


def case_routes(person: str, proposal: int) -> dict[tuple[str, str], tuple[str, Any, int]]:
    """Give them by method and route. The last version of anything is lower than the one that is named."""
    leave, begin = {"change": LEAVE}, {"change": BEGIN}
    return {
        ("GET", "/people/{id}/case"): (f"/people/{person}/case", None, 200),
        ("POST", "/people/{id}/case/preview"): (f"/people/{person}/case/preview", leave, 200),
        ("POST", "/people/{id}/case/proposals"): (
            f"/people/{person}/case/proposals",
            {**leave, "version": 99, "grounds": "a"},
            200,
        ),
        ("GET", "/people/{id}/case/facts"): (f"/people/{person}/case/facts", None, 200),
        ("POST", "/people/{id}/case/facts"): (f"/people/{person}/case/facts", {"fact": LABOUR}, 200),
        ("GET", "/templates"): ("/templates", None, 200),
        ("POST", "/templates"): (
            "/templates",
            {"name": "a", "person_id": person, "restriction_id": "r-none"},
            404,
        ),
        ("DELETE", "/templates/{number}"): ("/templates/1", None, 404),
        ("POST", "/templates/{number}/binding"): ("/templates/1/binding", {}, 422),
        ("POST", "/people/{id}/case/requests/{number}/refusal"): (
            f"/people/{person}/case/requests/99/refusal",
            {"text": "a"},
            409,
        ),
        ("GET", "/requests"): ("/requests", None, 200),
        ("GET", "/visits"): ("/visits", None, 200),
        ("GET", "/terms"): ("/terms", None, 200),
        ("POST", "/cases/preview"): ("/cases/preview", begin, 200),
        ("POST", "/cases/proposals"): ("/cases/proposals", {**begin, "version": 0, "grounds": "a"}, 200),
        ("GET", "/proposals"): ("/proposals", None, 200),
        ("GET", "/proposals/{number}"): (f"/proposals/{proposal}", None, 200),
        ("POST", "/proposals/{number}/answer"): (
            f"/proposals/{proposal}/answer",
            {"approve": False, "grounds": "a"},
            200,
        ),
        ("POST", "/proposals/{number}/withdrawal"): (f"/proposals/{proposal}/withdrawal", None, 409),
        ("POST", "/zones/read"): ("/zones/read", {"text": "no zone"}, 422),
        ("GET", "/devices/free"): ("/devices/free", None, 200),
    }
