"""How the routes of an enrolment are asked while nothing was brought."""

from tests.unit.workstation.staff_routes import Example


def of_enrolment(door: str) -> dict[tuple[str, str], Example]:
    """Give each route of the enrolment behind a door with what it answers."""
    return {
        ("GET", "/people/{id}/enrolment"): Example(door),
        ("POST", "/people/{id}/enrolment"): Example(door, {"credential": None}, 409),
        ("POST", "/people/{id}/enrolment/pieces"): Example(f"{door}/pieces?kind=photo", status=422),
        ("DELETE", "/people/{id}/enrolment/pieces"): Example(f"{door}/pieces"),
        ("POST", "/people/{id}/enrolment/look"): Example(f"{door}/look", status=409),
        ("POST", "/people/{id}/enrolment/sheet"): Example(f"{door}/sheet", status=409),
        ("POST", "/people/{id}/enrolment/deletion"): Example(f"{door}/deletion", {"reason": "a"}, 409),
    }
