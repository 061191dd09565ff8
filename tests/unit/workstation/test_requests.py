"""Requests that are not as they must be: each is refused with a reason, and none hurts the next."""

import json
import socket
from collections.abc import Iterator

import httpx
import pytest

from baqylau.monitoring.workstation import wire
from tests.unit.workstation.office import Browser, Office


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    office.employ()
    office.populate()
    with office.browser() as browser:
        browser.sign_in()
        yield browser


def _refusal(answer: httpx.Response) -> tuple[int, str, object]:
    body = answer.json()
    return answer.status_code, body["key"], body["params"].get("field")


def _send(browser: Browser, content: bytes, content_type: str = "application/json") -> httpx.Response:
    headers = {**browser.headers, "Content-Type": content_type}
    return browser.client.post("/api/alarms/1/acts", content=content, headers=headers)


def test_a_body_that_is_not_what_was_asked_for_is_refused_by_its_field(browser: Browser) -> None:
    field = "request.refused.field"
    cases = (
        (b'{"type":"note","text":1}', (422, field, "text")),
        (b'{"type":"note"}', (422, field, "text")),
        (b"{}", (422, field, "type")),
        (b'{"type":"escalate","level":2}', (422, field, "type")),
        (b'{"type":"note","text":"a","nobody":1}', (422, field, "nobody")),
        (b'{"type":"note","text":"a\\u0000b"}', (422, field, "text")),
        (json.dumps({"type": "note", "text": "a" * 4_001}).encode(), (422, field, "text")),
        (b"[]", (422, field, "")),
        (b'{"text":', (400, "request.refused.not_json", None)),
        (b'{"text":"\\ud800"}', (400, "request.refused.not_json", None)),
        (b'{"type":"note","text":"\xff"}', (400, "request.refused.not_json", None)),
        (b"", (400, "request.refused.not_json", None)),
        (b"[" * 60_000, (422, field, "")),
    )
    for content, expected in cases:
        assert _refusal(_send(browser, content)) == expected, content[:40]
    assert _refusal(_send(browser, b"text=a", "application/x-www-form-urlencoded"))[0] == 415
    assert _refusal(_send(browser, b'{"text":"a"}', "text/plain"))[0] == 415


def test_the_character_of_number_zero_is_refused_wherever_it_stands(browser: Browser) -> None:
    invited = {"role": "operator", "bounds": {"districts": ["a\0"]}}
    assert _refusal(browser.change("POST", "/api/accounts/invitations", invited))[0] == 400
    invited = {"role": "operator", "bounds": {"districts": ["a\\u0000"]}}
    assert browser.change("POST", "/api/accounts/invitations", invited).is_success, (
        "a backslash is a letter as others are"
    )


def test_a_body_that_is_too_large_is_refused_announced_or_not(browser: Browser) -> None:
    large = b'{"text":"' + b"a" * wire.MAX_BODY_BYTES + b'"}'
    assert _refusal(_send(browser, large))[:2] == (413, "request.refused.too_large")

    def in_pieces() -> Iterator[bytes]:
        for at in range(0, len(large), 4_096):
            yield large[at : at + 4_096]

    headers = {**browser.headers, "Content-Type": "application/json"}
    answer = browser.client.post("/api/alarms/1/acts", content=in_pieces(), headers=headers)
    assert _refusal(answer)[:2] == (413, "request.refused.too_large")


def test_a_body_that_does_not_come_is_not_waited_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "BODY_WITHIN_S", 0.2)
    with office.browser() as browser:
        host, port = browser.client.base_url.host, browser.client.base_url.port
        assert port
        with socket.create_connection((host, port)) as line:
            line.sendall(
                f"POST /api/session HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: http://{host}:{port}\r\n"
                "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
            )
            line.settimeout(10)
            assert line.recv(4_096).startswith(b"HTTP/1.1 408 ")


def test_paths_that_lead_nowhere_are_not_found_and_say_so_as_json(browser: Browser) -> None:
    for path, key in (
        ("/api/nothing", "request.refused.not_found"),
        ("/api/alarms/999999", "alarm.refused.not_found"),
        ("/api/alarms/-1", "alarm.refused.not_found"),
        ("/api/alarms/9999999999999999999999", "alarm.refused.not_found"),
        ("/api/alarms/%D9%A1", "alarm.refused.not_found"),
        ("/api/people/nobody", "person.refused.not_found"),
        ("/api/people/a%00b", "person.refused.not_found"),
        ("/api/people/';drop table alarm;--", "person.refused.not_found"),
        ("/api/observations/zz", "observation.refused.not_found"),
        ("/api/observations/" + "0" * 32, "observation.refused.not_found"),
    ):
        assert _refusal(browser.get(path))[:2] == (404, key), path
    assert _refusal(browser.act(999999, "take"))[:2] == (404, "alarm.refused.not_found")
    assert _refusal(browser.change("PUT", "/api/live", {}))[:2] == (405, "request.refused.method")


def test_numbers_in_the_query_are_checked(browser: Browser) -> None:
    for query, field in (
        ("state=gone", "state"),
        ("before=x", "before"),
        ("limit=-1", "limit"),
        ("before=" + "9" * 30, "before"),
    ):
        assert _refusal(browser.get(f"/api/alarms?{query}")) == (422, "request.refused.field", field)
    assert _refusal(browser.get("/api/feed?after=x")) == (422, "request.refused.field", "after")


def test_nothing_below_the_api_is_open_to_strangers(office: Office) -> None:
    with office.browser() as stranger:
        for path in (
            "live", "feed", "alarms", "alarms/1", "people", "people/p-1", "observations/" + "0" * 32,
            "health", "basemap/town.geojson", "nothing", "session/", "",
        ):  # fmt: skip
            answer = stranger.get(f"/api/{path}")
            assert (answer.status_code, answer.json()["key"]) == (401, "session.refused.not_signed_in"), path
        for method, path in (("POST", "alarms/1/acts"), ("DELETE", "session"), ("PUT", "session/language")):
            assert stranger.change(method, f"/api/{path}", {}).status_code == 401


def test_every_answer_tells_the_browser_what_not_to_do(browser: Browser) -> None:
    for path in ("/", "/api/live", "/api/nothing", "/healthz", "/assets/missing.js"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    assert browser.get("/api/live").headers["cache-control"] == "no-store"


def test_our_own_fault_is_a_sentence_for_the_operator_and_no_trace(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(*_arguments: object) -> None:
        msg = "a secret of the house"
        raise RuntimeError(msg)

    monkeypatch.setattr("baqylau.storage.judging.live.Live.all", break_down)
    answer = browser.get("/api/people")
    assert (answer.status_code, answer.json()) == (500, {"key": "server.refused.own_fault", "params": {}})
    assert answer.headers["content-security-policy"]
