"""What an installation decides about its workstation server."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from baqylau.domain.calls import IceServer
from baqylau.domain.terms import Ahead
from baqylau.monitoring.workstation.access.provider import Identity
from baqylau.monitoring.workstation.files import STATIC_DIR
from baqylau.monitoring.workstation.messages import Installation


class Settings(Struct, frozen=True, kw_only=True):
    """Everything that may differ between installations. The defaults are for one machine on its loopback."""

    installation: Installation
    host: str = "127.0.0.1"
    port: int = 8080
    """0 lets the system choose one."""
    public_origin: str = ""
    """Scheme, host and port as browsers see them, such as `https://bq.example.kz`; empty: as asked for."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose `X-Forwarded-*` headers are believed."""
    certificate_file: str = ""
    key_file: str = ""
    idle_s: int = 1_800
    """A session ends this long after its last request; an open feed counts as one."""
    cover_s: int = 900
    """The page is covered this long after the last key or touch; the password uncovers it, the sound stays on."""
    absolute_s: int = 43_200
    """A session ends this long after its sign-in, whatever happens: one shift."""
    invitation_s: int = 3_600
    password_min_chars: int = 12
    reset_s: int = 3_600
    """How long a link for a new password holds."""
    welcome_s: int = 172_800
    """How long a colleague's invitation holds."""
    own_code_s: int = 604_800
    """How long the code for a supervised person's own page holds."""
    own_idle_s: int = 900
    """A person's own page closes this long after its last request; the PIN opens it again."""
    own_absolute_s: int = 43_200
    """And this long after the PIN was said, whatever happens."""
    static_dir: Path = STATIC_DIR
    basemap_dir: Path | None = None
    media_dir: Path | None = None
    """Where the sealed recordings of checks lie; None where none are kept."""
    ice_servers: Callable[[datetime], tuple[IceServer, ...]] = lambda _: ()
    """Gives STUN and TURN servers for a live call that begins then; none: both sides reach each other directly."""
    identity: Identity | None = None
    """The installation's own identity provider; None: nobody signs in by one."""
    told_each: int = 12_000
    """People up to whom a screen is told of each; beyond, it is told how many, and shows those whom its map shows."""
    ahead: Ahead = Ahead()
    """How many days before their end court acts, suspensions, permissions and consents count as ending soon."""
    metrics_token: str = ""
    """Bearer token for `/metrics` from other machines; empty: loopback only, and nobody behind a proxy."""

    @property
    def secure(self) -> bool:
        """Whether browsers come over TLS, so that cookies may be bound to it."""
        return bool(self.certificate_file) or self.public_origin.startswith("https://")

    @property
    def proxied(self) -> bool:
        """Whether somebody stands in front of us, and asks for others."""
        return bool(self.trusted_proxies) or (bool(self.public_origin) and not self.certificate_file)

    @property
    def cookie(self) -> str:
        """Name of the session's cookie."""
        return "__Host-baqylau" if self.secure else "baqylau"
