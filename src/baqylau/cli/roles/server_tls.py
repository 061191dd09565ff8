"""The server's side of TLS towards our own devices: by the certificate that `link.yaml` names, or by our own."""

import os
import ssl
from pathlib import Path

import structlog

from baqylau.links.wall_clock import now
from baqylau.monitoring.server.link.link_file import HERE, LinkFile, LinkFileError
from baqylau.storage.equipment.authorities import server_chain

log = structlog.get_logger()

LINK_CHAIN = "tls"


def server_context(file: LinkFile, host: str, data_dir: Path, name: str = LINK_CHAIN) -> ssl.SSLContext | None:
    """Give TLS 1.2 or later; None for plain HTTP, which other machines get only behind a proxy.

    `name`: of the files of our own certificate; each program has its own.
    """
    if file.plain:
        if host not in HERE:
            log.warning("link_without_tls", host=host)
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    chain = (Path(file.certificate), Path(file.key)) if file.certificate else own_chain(file, data_dir, name)
    try:
        context.load_cert_chain(*chain)
    except (OSError, ssl.SSLError) as wrong:
        msg = f"the certificate {chain[0]} cannot be used: {wrong}"
        raise LinkFileError(msg) from wrong
    return context


def own_chain(file: LinkFile, data_dir: Path, name: str = LINK_CHAIN) -> tuple[Path, Path]:
    """Write a fresh certificate of ours with its key, and give both files."""
    return server_chain(data_dir / "keys", file.names, os.urandom, now(), name)
