"""Built pages and base map: the right file, the right way, and never one from outside."""

import gzip
import socket
from collections.abc import Iterator

import pytest

from baqylau.monitoring.workstation.files import NOT_BUILT
from tests.unit.workstation.office import Browser, Office

PAGE = "<!doctype html><title>Baqylau</title>"
SCRIPT = "console.log('hello')\n" * 50


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    """A server whose pages are built and whose map is there."""
    assets = office.settings.static_dir / "assets"
    assets.mkdir(parents=True)
    (office.settings.static_dir / "index.html").write_text(PAGE)
    (assets / "app-1a2b3c.js").write_text(SCRIPT)
    (assets / "app-1a2b3c.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    maps = office.settings.basemap_dir
    assert maps
    maps.mkdir()
    (maps / "town.pmtiles").write_bytes(bytes(range(256)))
    (maps.parent / "secret.txt").write_text("secret")
    (maps / "link").symlink_to(maps.parent / "secret.txt")
    office.employ()
    with office.browser() as browser:
        yield browser


def test_an_address_that_only_the_page_knows_gives_the_page(browser: Browser) -> None:
    for path in ("/", "/alarms/12", "/people/p-1", "/welcome"):
        answer = browser.get(path)
        assert (answer.status_code, answer.text) == (200, PAGE), path
        assert answer.headers["cache-control"] == "no-cache"


def test_files_whose_name_changes_with_their_content_are_kept_for_ever(browser: Browser) -> None:
    plain = browser.get("/assets/app-1a2b3c.js", **{"Accept-Encoding": "identity"})
    packed = browser.get("/assets/app-1a2b3c.js", **{"Accept-Encoding": "gzip, br"})
    assert plain.text == packed.text == SCRIPT
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    for answer in (plain, packed):
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith("text/javascript")
        assert "Accept-Encoding" in answer.headers["vary"]
    again = browser.get("/assets/app-1a2b3c.js", **{"If-None-Match": packed.headers["etag"]})
    assert again.status_code == 304


def test_a_file_that_is_missing_is_not_replaced_by_the_page(browser: Browser) -> None:
    for path in ("/assets/app-old.js", "/favicon.png"):
        answer = browser.get(path)
        assert (answer.status_code, answer.json()["key"]) == (404, "request.refused.not_found"), path


def test_the_map_is_read_by_range(browser: Browser) -> None:
    browser.sign_in()
    part = browser.get("/api/basemap/town.pmtiles", Range="bytes=16-19")
    assert (part.status_code, part.content) == (206, bytes([16, 17, 18, 19]))
    assert part.headers["content-range"] == "bytes 16-19/256"
    assert browser.get("/api/basemap/town.pmtiles").content == bytes(range(256))
    assert browser.get("/api/basemap/other.pmtiles").status_code == 404


def _ask(browser: Browser, path: str) -> bytes:
    """Ask for a path as it is, which a polite client would tidy up."""
    url = browser.client.base_url
    assert url.port
    cookie = f"baqylau={browser.client.cookies['baqylau']}"
    with socket.create_connection((url.host, url.port)) as line:
        line.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {url.host}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode()
        )
        return b"".join(iter(lambda: line.recv(65_536), b""))


def test_no_path_leads_outside(browser: Browser) -> None:
    browser.sign_in()
    for path in (
        "/api/basemap/../secret.txt",
        "/api/basemap/%2e%2e/secret.txt",
        "/api/basemap/..%2fsecret.txt",
        "/api/basemap/%5c..%5csecret.txt",
        "/api/basemap//etc/passwd",
        "/api/basemap/link",
        "/api/basemap/town.pmtiles%00",
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/%2e%2e/secret.txt",
        "//etc/passwd",
        "/" + "a" * 5_000,
    ):
        answer = _ask(browser, path)
        assert b"secret" not in answer.split(b"\r\n\r\n", 1)[1], path
        assert b"root:" not in answer, path
        assert answer.split(b" ", 2)[1] in {b"200", b"400", b"404"}, path


def test_pages_that_are_not_built_say_how_to_build_them(office: Office) -> None:
    with office.browser() as browser:
        answer = browser.get("/")
        assert (answer.status_code, answer.text) == (503, NOT_BUILT)
        assert browser.get("/healthz").status_code == 200
