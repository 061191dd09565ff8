"""Signing in: who may, who may not, and what a guess costs."""

from tests.unit.workstation.office import Office


def test_an_operator_signs_in_works_and_signs_out(office: Office) -> None:
    office.employ("aliya")
    with office.browser() as browser:
        assert browser.get("/api/session").json() == {"key": "session.refused.not_signed_in", "params": {}}

        answer = browser.sign_in(" ALIYA ")
        assert answer.status_code == 200
        assert answer.json()["login"] == "aliya"
        assert browser.get("/api/session").json() == answer.json()
        assert browser.get("/api/live").status_code == 200

        assert browser.change("PUT", "/api/session/language", {"language": "en"}).status_code == 204
        assert browser.get("/api/session").json()["language"] == "en"

        assert browser.change("DELETE", "/api/session").status_code == 204
        assert browser.get("/api/live").status_code == 401
