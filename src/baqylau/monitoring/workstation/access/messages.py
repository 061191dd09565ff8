"""What the pages about accounts, rights and the audit say to the server and hear from it."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from baqylau.domain.acts import Word
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.access.audit import AuditEntry
from baqylau.storage.access.program_keys import ProgramKey
from baqylau.storage.access.sessions import SessionRow
from baqylau.storage.access.wishes import Wish


class Stating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why somebody looks beyond their duty."""

    about: Word
    """What the refused page was about: `person/<id>`, `alarm/<number>`, `device/<id>` or `observation/<id>`."""
    purpose: Annotated[str, Meta(min_length=10, max_length=1_000, pattern=r"^[^\x00]*$")]


class Stated(Struct, frozen=True, kw_only=True):
    """A purpose that now holds."""

    until_at: datetime


class Unlocking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password again, of who is signed in."""

    password: Word


class NewPassword(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another password of one's own."""

    old: Word
    new: Word


class OneTimeCode(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A code of the authenticator."""

    code: Word


class Authenticator(Struct, frozen=True, kw_only=True):
    """What an authenticator application is told. It is shown once."""

    secret: str
    address: str
    """`otpauth://`, which applications open."""


class RecoveryCodes(Struct, frozen=True, kw_only=True):
    """Each opens the account once, where the authenticator is lost. They are shown once."""

    codes: tuple[str, ...]


class PasskeyAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the browser's authenticator made or proved, as browsers write it in JSON."""

    credential: dict[str, Any]
    name: Word = ""
    """How its owner calls a new one."""


class PasskeyRow(Struct, frozen=True, kw_only=True):
    """One passkey of one's own."""

    id: str
    name: str
    created_at: datetime
    used_at: datetime | None


class OwnSession(Struct, frozen=True, kw_only=True):
    """One session of one's own."""

    session: SessionRow
    this: bool
    """The one that asks."""


class OwnAccount(Struct, frozen=True, kw_only=True):
    """Everything about one's own account that somebody may see."""

    login: str
    name: str
    role: Role
    bounds: Bounds
    totp: bool
    recovery_left: int
    passkeys: tuple[PasskeyRow, ...]
    sessions: tuple[OwnSession, ...]
    keys: tuple[ProgramKey, ...]
    scopes: tuple[str, ...]
    """What a key for a program may be given."""


class NewKey(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for a program."""

    name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
    scope: tuple[Word, ...]
    days: Annotated[int, Meta(ge=1, le=366)]


class IssuedKey(Struct, frozen=True, kw_only=True):
    """The key itself. It is shown once."""

    key: str
    expires_at: datetime


class NewColleague(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be invited."""

    role: Role
    bounds: Bounds


class Link(Struct, frozen=True, kw_only=True):
    """A one-time link to hand over. It is shown once; none where a second administrator has to agree first."""

    path: str | None
    expires_at: datetime | None


class Employment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Role and bounds of an account."""

    role: Role
    bounds: Bounds


class Suspension(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether nobody comes in by an account."""

    suspended: bool


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a second administrator says to a wish."""

    agreed: bool


class AccountRow(Struct, frozen=True, kw_only=True):
    """One account, as administrators and auditors see it."""

    login: str
    name: str
    role: Role
    bounds: Bounds
    suspended: bool
    totp: bool
    passkeys: int
    sessions: int
    used_at: datetime | None
    """When one of its open sessions was used last."""


class Staff(Struct, frozen=True, kw_only=True):
    """The people of the service."""

    accounts: tuple[AccountRow, ...]
    wishes: tuple[Wish, ...]
    districts: tuple[str, ...]
    """All that people under supervision live in."""


class AuditPage(Struct, frozen=True, kw_only=True):
    """A stretch of the audit, newest first."""

    entries: tuple[AuditEntry, ...]
    next: int | None
    """`before` of the next page; none at the end."""


class ChainState(Struct, frozen=True, kw_only=True):
    """Whether the audit is as it was written."""

    entries: int
    broken: tuple[int, ...]
    """Numbers of entries that were changed or that miss."""
    at: datetime


class SignInWays(Struct, frozen=True, kw_only=True):
    """By what one may sign in beside password and passkey."""

    provider: str
    """Name of the installation's own identity provider; empty where it has none."""


class ToProvider(Struct, frozen=True, kw_only=True):
    """A sign-in at the provider begins."""

    address: str
