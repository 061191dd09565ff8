"""Browsers come over TLS: by a certificate of ours, or by a proxy that stands in front."""

import os
import ssl
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx

from baqylau.cli.roles.web import decided_in
from baqylau.links.wall_clock import now
from baqylau.monitoring.server import settings as installation
from baqylau.monitoring.server.pages_file import NAME
from baqylau.storage.equipment.authorities import server_chain
from tests.unit.workstation.office import Browser, Office

TOKEN = "an invented token of enough letters"  # noqa: S105 - invented
OUTSIDE = "https://bq.example.kz"


def decided(folder: Path, *lines: str) -> dict[str, Any]:
    """What `pages.yaml` with these lines decides, as `baqylau web` reads it."""
    file = folder / NAME
    file.write_text("\n".join(lines), encoding="utf-8")
    file.chmod(0o600)
    read = decided_in(installation.Settings(data_dir=folder))
    names = "public_origin trusted_proxies certificate_file key_file metrics_token"
    return {name: getattr(read, name) for name in names.split()}


def test_whoever_comes_by_a_proxy_signs_in_and_is_known_by_their_own_address(office: Office, tmp_path: Path) -> None:
    office.employ()
    with office.browser(**decided(tmp_path, f"address: {OUTSIDE}", "proxies: [127.0.0.1]")) as browser:
        assert browser.sign_in().json()["key"] == "request.refused.wrong_origin"
        browser.headers |= {"Origin": OUTSIDE, "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        assert browser.sign_in().headers["set-cookie"].startswith("__Host-baqylau=")
        assert browser.sign_in("nobody").status_code == 401
    throttle, since = office.stores.throttle, office.clock() - timedelta(hours=1)
    assert throttle.failures("", "203.0.113.7", since).of_peer == 1
    assert throttle.failures("", "127.0.0.1", since).of_peer == 0, "the proxy is not locked out for everybody"


def test_figures_do_not_leave_by_the_proxy(office: Office, tmp_path: Path) -> None:
    with office.browser(**decided(tmp_path, f"address: {OUTSIDE}")) as browser:
        assert browser.get("/metrics").status_code == 403
    with office.browser(**decided(tmp_path, f"address: {OUTSIDE}", f"metrics_token: {TOKEN}")) as browser:
        assert browser.get("/metrics").status_code == 403
        assert browser.get("/metrics", Authorization=f"Bearer {TOKEN}").status_code == 200


def test_a_certificate_of_our_own_seals_the_line(office: Office, tmp_path: Path) -> None:
    office.employ()
    keys = tmp_path / "keys"
    keys.mkdir()
    chain, key = server_chain(keys, ("127.0.0.1",), os.urandom, now())
    trust = ssl.create_default_context(cadata=ssl.DER_cert_to_PEM_cert((keys / "root.der").read_bytes()))
    with office.open(**decided(tmp_path, f"certificate: {chain}", f"key: {key}")) as address:
        assert address.startswith("https://127.0.0.1:")
        browser = Browser(address)
        browser.client = httpx.Client(base_url=address, verify=trust, trust_env=False)
        with browser.client:
            assert browser.sign_in().headers["set-cookie"].startswith("__Host-baqylau=")
            assert browser.get("/metrics").status_code == 200, "nobody stands in front"
