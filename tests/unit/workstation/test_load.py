"""The load of alarms and the state of notices, as pages and monitoring systems ask for them."""

from http import HTTPStatus

from tests.unit.workstation.office import Office


def test_the_load_is_for_who_is_signed_in_and_of_a_stretch_that_has_a_length(office: Office) -> None:
    office.employ()
    with office.browser() as browser:
        assert browser.get("/api/load").status_code == HTTPStatus.UNAUTHORIZED
        browser.sign_in()
        figures = browser.get("/api/load").json()
        assert (figures["alarms"], figures["real_share"], figures["by_code"]) == (0, None, [])
        backwards = "/api/load?from=2026-04-01T00:00:00Z&until=2026-03-01T00:00:00Z"
        assert browser.get(backwards).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert browser.get("/api/load?from=yesterday").status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_figures_for_monitoring_count_notices_by_state(office: Office) -> None:
    with office.browser() as browser:
        assert 'baqylau_notices{state="failed"} 0.0' in browser.get("/metrics").text
