"""Who may sign in and who is signed in."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.people import Language
from baqylau.domain.rights import Role
from baqylau.storage.access.accounts import (
    Account,
    Accounts,
    Failures,
    InvitationSpentError,
    Invited,
    LoginTakenError,
    Throttle,
)
from baqylau.storage.access.audit import Audit
from baqylau.storage.access.sessions import Sessions
from tests.unit.storage.kept import NOON, House, after

DANA = Account(login="dana", name="Дана", password="argon2 text", language=Language.KK, role=Role.OPERATOR)  # noqa: S106 - invented
LINK = b"digest of a link".ljust(32)
TOKEN = b"digest of a token".ljust(32)


@pytest.fixture
def accounts(house: House) -> Accounts:
    return Accounts(house.engine, house.clock)


@pytest.fixture
def sessions(house: House) -> Sessions:
    return Sessions(house.engine, house.clock)


def test_an_account_is_made_once(house: House, accounts: Accounts) -> None:
    assert accounts.all() == []
    accounts.create(DANA, by="root")
    assert accounts.all() == [DANA]
    assert accounts.get("dana") == DANA
    assert accounts.get("erlan") is None
    with pytest.raises(LoginTakenError):
        accounts.create(replace(DANA, name="another"), by="root")
    assert [one.what for one in Audit(house.engine, house.clock).latest(5)] == ["account.create"]


def test_language_and_password_can_be_changed(accounts: Accounts, sessions: Sessions) -> None:
    accounts.create(DANA, by="root")
    sessions.open(TOKEN, "dana", "csrf", after(3600))
    accounts.set_language("dana", Language.RU)
    accounts.set_password("dana", "new text", by="dana")
    assert accounts.get("dana") == replace(DANA, language=Language.RU, password="new text")  # noqa: S106 - invented
    assert sessions.get(TOKEN) is None


def test_a_link_makes_one_account_and_is_spent(accounts: Accounts) -> None:
    accounts.invite(LINK, Invited(role=Role.ADMINISTRATOR), after(600))
    assert accounts.invitation(LINK) == Invited(role=Role.ADMINISTRATOR)
    made = accounts.accept(LINK, "dana", "Дана", "argon2 text", Language.KK)
    assert accounts.get("dana") == made == replace(DANA, role=Role.ADMINISTRATOR)
    assert accounts.invitation(LINK) is None
    with pytest.raises(InvitationSpentError):
        accounts.accept(LINK, "erlan", "Ерлан", "argon2 text", Language.KK)


def test_a_link_with_which_a_taken_login_was_tried_still_holds(accounts: Accounts) -> None:
    accounts.create(DANA, by="root")
    accounts.invite(LINK, Invited(role=Role.ADMINISTRATOR), after(600))
    with pytest.raises(LoginTakenError):
        accounts.accept(LINK, "dana", "another", "argon2 text", Language.KK)
    assert accounts.invitation(LINK) == Invited(role=Role.ADMINISTRATOR)


def test_a_link_expires_and_a_newer_one_takes_its_place(house: House, accounts: Accounts) -> None:
    accounts.invite(LINK, Invited(role=Role.ADMINISTRATOR), after(600))
    accounts.invite(TOKEN, Invited(role=Role.ADMINISTRATOR), after(600))
    assert accounts.invitation(LINK) is None
    assert accounts.invitation(TOKEN) == Invited(role=Role.ADMINISTRATOR)
    house.now = after(600)
    assert accounts.invitation(TOKEN) is None


def test_of_two_who_use_one_link_at_once_one_gets_in(accounts: Accounts) -> None:
    accounts.invite(LINK, Invited(role=Role.ADMINISTRATOR), after(600))

    def accept(login: str) -> bool:
        try:
            accounts.accept(LINK, login, login, "argon2 text", Language.KK)
        except InvitationSpentError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, ["dana", "erlan"])) == [False, True]


def test_a_session_holds_until_it_ends_or_expires(house: House, accounts: Accounts, sessions: Sessions) -> None:
    accounts.create(DANA, by="root")
    sessions.open(TOKEN, "dana", "csrf", after(3600))
    house.now = after(3599)
    found = sessions.get(TOKEN)
    assert found is not None
    assert (found.account, found.csrf, found.expires_at) == (DANA, "csrf", after(3600))
    house.now = after(3600)
    assert sessions.get(TOKEN) is None

    sessions.open(LINK, "dana", "csrf", after(9999))
    sessions.close(LINK)
    sessions.close(LINK)
    assert sessions.get(LINK) is None
    assert [one.what for one in Audit(house.engine, house.clock).latest(3)] == [
        "session.close",
        "session.open",
        "session.open",
    ]


def test_failures_are_counted_by_login_and_by_peer_and_forgotten(house: House) -> None:
    throttle = Throttle(house.engine, house.clock)
    for login, peer in (("dana", "one"), ("dana", "two"), ("erlan", "one")):
        throttle.failed(login, peer)
    assert throttle.failures("dana", "one", NOON) == Failures(
        of_login=2, of_peer=2, login_last_at=NOON, peer_last_at=NOON
    )
    assert throttle.failures("dana", "one", after(1)) == Failures(of_login=0, of_peer=0)

    throttle.forget("dana")
    assert throttle.failures("dana", "one", NOON) == Failures(of_login=0, of_peer=1, peer_last_at=NOON)
    house.now = NOON + timedelta(days=2)
    throttle.failed("dana", "two")
    assert throttle.failures("erlan", "one", NOON) == Failures(of_login=0, of_peer=0)
