"""What is sent to be more than a value stays a value: in headers, paths, questions to the database and answers."""

from datetime import timedelta
from urllib.parse import quote

from baqylau.monitoring.workstation.access.tokens import digest
from tests.unit.workstation.office import Office, visitor

MORE_THAN_VALUES = (
    "a\r\nSet-Cookie: baqylau=taken\r\n\r\n<script>1</script>",
    "../../../../etc/passwd",
    "..\\..\\secret",
    "p-1'; DROP TABLE audit; --",
    "' OR '1'='1",
    '<img src=x onerror="alert(1)">',
    "{{7*7}}${7*7}#{7*7}",
    "\ud7ff\u202e\u0000",
)
DOORS = ("/people/{}", "/devices/{}", "/alarms/{}", "/observations/{}", "/papers/{}", "/checks/{}", "/basemap/{}")
QUESTIONS = ("/alarms?state={}", "/alarms?before={}", "/people/p-1/minute?at={}", "/feed?after={}", "/load?from={}")


def test_nothing_that_is_sent_becomes_a_header_a_path_a_statement_or_a_page(office: Office) -> None:
    office.populate()
    office.employ()
    office.stores.sessions.open(digest("token"), "aliya", "csrf", office.clock() + timedelta(hours=1))
    audited = office.stores.audit.count()
    with office.open() as address, visitor(f"{address}/api") as client:
        for evil in MORE_THAN_VALUES:
            for door in (*DOORS, *QUESTIONS):
                answer = client.get(door.format(quote(evil, safe="")), headers={"Cookie": "baqylau=token"})
                assert answer.status_code in {401, 403, 404, 422}, (door, evil, answer.text)
                assert "set-cookie" not in answer.headers
                assert answer.headers["content-type"] == "application/json", (door, evil)
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert "onerror" not in answer.text
                assert "root:" not in answer.text
    assert office.stores.audit.verify() == []
    assert office.stores.audit.count() >= audited
