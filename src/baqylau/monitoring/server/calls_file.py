"""The file that names the servers by which both sides of a live call find each other: `calls.yaml`. It holds secrets.

It lies in the folder of the installation, and where a unit needs others of its own, in the unit's.
"""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from baqylau.crypto.relay_passes import relay_pass
from baqylau.domain.calls import LASTS_S, RING_S, IceServer
from baqylau.monitoring.server.notice_file import NoticeFileError, secret_file

NAME = "calls.yaml"
PASS_LASTS = timedelta(seconds=RING_S + LASTS_S + 300)
"""A pass outlasts the longest call, and little more: whoever reads it later has nothing of it."""
_WORD = "baqylau"
_URL = re.compile(r"stun:[\w.:\[\]-]+|turns?:[\w.:\[\]-]+(\?transport=(udp|tcp))?")


class NamedServer(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One server as the file names it; a TURN server either by name and password, or by a secret that makes them."""

    url: str
    username: str = ""
    credential: str = ""
    secret: str = ""

    def at(self, now: datetime) -> IceServer:
        """Give the server for a call that begins now."""
        name, word = self.username, self.credential
        if self.secret:
            name, word = relay_pass(self.secret, now + PASS_LASTS, _WORD)
        return IceServer(url=self.url, username=name, credential=word)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    servers: tuple[NamedServer, ...] = ()


def ice_in(folder: Path) -> tuple[NamedServer, ...]:
    """Give the servers, none where the file is not there. `NoticeFileError` when it is not as it must be."""
    servers = secret_file(folder / NAME, _File).servers
    for one in servers:
        if not _URL.fullmatch(one.url):
            raise NoticeFileError("call.file.url", file=str(folder / NAME), url=one.url)
        if one.url.startswith("turn") and not (one.secret or (one.username and one.credential)):
            raise NoticeFileError("call.file.no_password", file=str(folder / NAME), url=one.url)
    return servers


def for_call(servers: Sequence[NamedServer], now: datetime) -> tuple[IceServer, ...]:
    """Give the servers for a call that begins now."""
    return tuple(one.at(now) for one in servers)
