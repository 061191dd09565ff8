"""How browsers come to the workstation: `pages.yaml` in the folder of the installation. It may hold a secret.

address: https://bq.example.kz    # as browsers see it
proxies: [127.0.0.1]              # who stands in front and ends TLS; believed when they say who asks
certificate: /etc/baqylau/bq.pem  # or TLS of our own: the chain, with `key`
key: /etc/baqylau/bq.key
metrics_token: ...                # for a Prometheus on another machine or behind the proxy
"""

import re
import ssl
from ipaddress import ip_network
from pathlib import Path

from msgspec import Struct

from baqylau.monitoring.server.notice_file import NoticeFileError, secret_file

NAME = "pages.yaml"
TOKEN_CHARS = 32
_ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:\d{1,5})?")


class PagesFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says. Without one browsers come from this machine, or over a line that others can read."""

    address: str = ""
    proxies: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    metrics_token: str = ""

    @property
    def sealed(self) -> bool:
        """Whether browsers come over TLS."""
        return bool(self.certificate) or self.address.startswith("https://")

    def address_or(self, host: str, port: int) -> str:
        """Give where browsers find the pages, which listen there."""
        name = f"[{host}]" if ":" in host else host
        return self.address or f"{'https' if self.sealed else 'http'}://{name}:{port}"


def pages_in(data_dir: Path) -> PagesFile:
    """Read how browsers come; the usual way where there is no file. `NoticeFileError` when it cannot be so."""
    file = data_dir / NAME
    told = secret_file(file, PagesFile)
    if mistake := _mistake(told):
        key, params = mistake
        raise NoticeFileError(f"front.file.{key}", file=str(file), **params)
    return told


def _mistake(told: PagesFile) -> tuple[str, dict[str, str]] | None:
    if told.address and not _ORIGIN.fullmatch(told.address):
        return "address", {"address": told.address}
    if strange := [one for one in told.proxies if not _is_network(one)]:
        return "proxy", {"proxy": strange[0]}
    if bool(told.certificate) is not bool(told.key):
        return "pair", {}
    if told.metrics_token and len(told.metrics_token) < TOKEN_CHARS:
        return "token", {"least": str(TOKEN_CHARS)}
    if told.certificate and (why := _unusable(told.certificate, told.key)):
        return "certificate", {"certificate": told.certificate, "why": why}
    return None


def _is_network(said: str) -> bool:
    try:
        ip_network(said)
    except ValueError:
        return False
    return True


def _unusable(certificate: str, key: str) -> str:
    """Say why nobody can be met with a certificate, or nothing."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as wrong:
        return wrong.strerror or str(wrong)
    return ""
