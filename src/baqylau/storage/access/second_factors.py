"""What proves somebody beside the password: the codes of an authenticator, recovery codes, passkeys.

The secret of an authenticator is sealed with the installation's key; recovery codes are kept by SHA-256 and work once.
"""

from base64 import b32encode
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from baqylau.crypto import one_time
from baqylau.crypto.passkeys import NewPasskey
from baqylau.crypto.sealing import NONCE_BYTES
from baqylau.storage.access import audit
from baqylau.storage.access.access_tables import account_passkey, account_recovery, account_totp
from baqylau.storage.database import transaction
from baqylau.storage.vault import Vault

_CODES = 10
_CODE_BYTES = 10


class PasskeyInUseError(Exception):
    """This passkey opens an account already."""


class Passkey(Struct, frozen=True, kw_only=True):
    """One passkey of an account."""

    id: bytes
    login: str
    name: str
    public: bytes
    count: int
    created_at: datetime
    used_at: datetime | None


class Factors(Struct, frozen=True, kw_only=True):
    """What an account has beside its password."""

    totp: bool
    recovery_left: int
    passkeys: tuple[Passkey, ...]


def _digest(code: str) -> bytes:
    return sha256(code.replace("-", "").replace(" ", "").upper().encode()).digest()


class SecondFactors:
    """Keeps and checks them. Every change is in the audit."""

    def __init__(
        self, engine: Engine, vault: Vault, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._engine = engine
        self._vault = vault
        self._clock = clock
        self._random = random

    def of(self, login: str) -> Factors:
        """Give what an account has."""
        left = select(func.count()).where(account_recovery.c.login == login, account_recovery.c.used_at.is_(None))
        keys = select(account_passkey).where(account_passkey.c.login == login).order_by(account_passkey.c.created_at)
        with transaction(self._engine) as connection:
            return Factors(
                totp=self._secret(connection, login, confirmed=True) is not None,
                recovery_left=connection.scalar(left) or 0,
                passkeys=tuple(Passkey(**row) for row in connection.execute(keys).mappings()),
            )

    def begin_totp(self, login: str) -> bytes:
        """Make a secret for an authenticator; it counts once a code of it was said."""
        secret, key = self._random(one_time.SECRET_BYTES), self._vault.key_for(None)
        sealed = key.seal.close(secret, nonce=self._random(NONCE_BYTES), context=login.encode())
        mine = account_totp.c.login == login
        with transaction(self._engine) as connection:
            connection.execute(delete(account_totp).where(mine, account_totp.c.confirmed_at.is_(None)))
            connection.execute(insert(account_totp).values(login=login, key_id=key.id, sealed=sealed, last_step=0))
        return secret

    def confirm_totp(self, login: str, code: str) -> tuple[str, ...]:
        """Let the secret count, and give the recovery codes, this once; none where the code is wrong."""
        with transaction(self._engine) as connection:
            if not self._fits(connection, login, code, confirmed=False):
                return ()
            confirmed = update(account_totp).where(account_totp.c.login == login)
            connection.execute(confirmed.values(confirmed_at=self._clock()))
            connection.execute(delete(account_recovery).where(account_recovery.c.login == login))
            codes = tuple(b32encode(self._random(_CODE_BYTES)).decode() for _ in range(_CODES))
            rows = [{"code": _digest(one), "login": login} for one in codes]
            connection.execute(insert(account_recovery), rows)
            self._note(connection, login, "account.totp")
        return tuple("-".join(one[at : at + 4] for at in range(0, len(one), 4)) for one in codes)

    def remove_totp(self, login: str) -> None:
        """Ask for no code any more; the recovery codes go with it."""
        with transaction(self._engine) as connection:
            for table in (account_totp, account_recovery):
                connection.execute(delete(table).where(table.c.login == login))
            self._note(connection, login, "account.totp_removed")

    def check(self, login: str, code: str) -> bool:
        """Tell whether a code of the authenticator or a recovery code fits; either works once."""
        spent = update(account_recovery).where(
            account_recovery.c.code == _digest(code),
            account_recovery.c.login == login,
            account_recovery.c.used_at.is_(None),
        )
        with transaction(self._engine) as connection:
            if self._fits(connection, login, code.replace(" ", ""), confirmed=True):
                return True
            if connection.execute(spent.values(used_at=self._clock())).rowcount:
                self._note(connection, login, "account.recovery_used")
                return True
        return False

    def add_passkey(self, login: str, name: str, new: NewPasskey) -> None:
        """Let a passkey open the account. `PasskeyInUseError`."""
        values = {"id": new.id, "login": login, "name": name, "public": new.public, "count": new.count}
        with transaction(self._engine) as connection:
            if connection.scalar(select(account_passkey.c.login).where(account_passkey.c.id == new.id)) is not None:
                raise PasskeyInUseError
            connection.execute(insert(account_passkey).values(**values, created_at=self._clock()))
            self._note(connection, login, "account.passkey")

    def passkey(self, key_id: bytes) -> Passkey | None:
        """Give the passkey with this name."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(account_passkey).where(account_passkey.c.id == key_id)).mappings().first()
        return Passkey(**row) if row else None

    def used_passkey(self, key_id: bytes, count: int) -> None:
        """Remember that it was used, and how often it says it was."""
        used = update(account_passkey).where(account_passkey.c.id == key_id)
        with transaction(self._engine) as connection:
            connection.execute(used.values(count=count, used_at=self._clock()))

    def remove_passkey(self, login: str, key_id: bytes) -> bool:
        """Let a passkey open the account no more; tell whether there was one."""
        gone = delete(account_passkey).where(account_passkey.c.login == login, account_passkey.c.id == key_id)
        with transaction(self._engine) as connection:
            found = connection.execute(gone).rowcount > 0
            if found:
                self._note(connection, login, "account.passkey_removed")
        return found

    def _secret(self, connection: Connection, login: str, *, confirmed: bool) -> tuple[bytes, int] | None:
        wanted = select(account_totp).where(
            account_totp.c.login == login, account_totp.c.confirmed_at.is_not(None) == confirmed
        )
        row = connection.execute(wanted.with_for_update()).first()
        if row is None:
            return None
        return self._vault.opener(row.key_id).open(row.sealed, context=login.encode()), row.last_step

    def _fits(self, connection: Connection, login: str, code: str, *, confirmed: bool) -> bool:
        found = self._secret(connection, login, confirmed=confirmed)
        if found is None:
            return False
        secret, last_step = found
        step = one_time.matched(secret, code, self._clock(), after_step=last_step)
        if step is None:
            return False
        connection.execute(update(account_totp).where(account_totp.c.login == login).values(last_step=step))
        return True

    def _note(self, connection: Connection, login: str, what: str) -> None:
        audit.record(connection, who=login, what=what, about=f"account/{login}", at=self._clock())
