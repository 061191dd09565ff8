"""The people of the service: who may sign in, as what and for whom. What gives more needs a second administrator."""

from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import assert_never

from baqylau.domain.rights import Action, Bounds, Role, may
from baqylau.monitoring.workstation.access.messages import AccountRow, Employment, Link, NewColleague, Staff
from baqylau.monitoring.workstation.access.tokens import digest, fresh
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account, Invited
from baqylau.storage.access.identities import Identities
from baqylau.storage.access.wishes import Change, Employ, Reset

_NONE_YET = Link(path=None, expires_at=None)
_ALONE = "nobody: the only administrator"


def more_than(role: Role, bounds: Bounds, other_role: Role, other_bounds: Bounds) -> bool:
    """Tell whether one role with its bounds may anything that the other may not."""
    actions = any(may(role, action) and not may(other_role, action) for action in Action)
    if other_bounds.everybody:
        return actions
    districts = bounds.districts is None or not set(bounds.districts) <= set(other_bounds.districts or ())
    return actions or districts or not set(bounds.people) <= set(other_bounds.people)


class StaffRecords:
    """The administrators' side of the storage."""

    def __init__(
        self, stores: Stores, settings: Settings, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._stores = stores
        self._settings = settings
        self._clock = clock
        self._random = random

    def all(self) -> Staff:
        """Give every account with what it has, and what waits for an answer."""
        people = self._stores.directory.book().people.values()
        return Staff(
            accounts=tuple(self._row(one) for one in self._stores.accounts.all()),
            wishes=tuple(self._stores.wishes.waiting()),
            districts=tuple(sorted({one.district for one in people if one.district})),
        )

    def _row(self, one: Account) -> AccountRow:
        factors, sessions = self._stores.second_factors.of(one.login), self._stores.sessions.of(one.login)
        return AccountRow(
            login=one.login,
            name=one.name,
            role=one.role,
            bounds=one.bounds,
            suspended=one.suspended,
            totp=factors.totp,
            passkeys=len(factors.passkeys),
            sessions=len(sessions),
            used_at=max((session.used_at for session in sessions), default=None),
        )

    def invite(self, asked: NewColleague, by: Account) -> Link:
        """Make a one-time link for somebody new, within the bounds of who invites."""
        self._within_own(asked.bounds, by)
        return self._link(Invited(role=asked.role, bounds=asked.bounds), by.login, self._settings.welcome_s)

    def employ(self, login: str, asked: Employment, by: Account) -> bool:
        """Give an account a role and bounds; tell whether it is done, or waits because it gives more."""
        one = self._other(login, by)
        self._within_own(asked.bounds, by)
        change = Employ(role=asked.role, bounds=asked.bounds)
        if more_than(asked.role, asked.bounds, one.role, one.bounds) and self._waits(login, change, by):
            return False
        self._do(login, change, by.login, "")
        return True

    def suspend(self, login: str, by: Account, *, suspended: bool) -> None:
        """Let nobody in by an account, or let them in again."""
        one = self._other(login, by)
        self._stores.accounts.suspend(one.login, by.login, suspended=suspended)

    def reset(self, login: str, by: Account) -> Link:
        """Make a link for a new password. Where the account may more than who asks, a second has to agree first."""
        one = self._other(login, by)
        if more_than(one.role, one.bounds, by.role, by.bounds) and self._waits(login, Reset(), by):
            return _NONE_YET
        return self._do(login, Reset(), by.login, "")

    def answer(self, number: int, by: Account, *, agreed: bool) -> Link:
        """Agree to what another asked for, or refuse it. Nobody agrees with themselves, nor about themselves."""
        wish = next((one for one in self._stores.wishes.waiting() if one.id == number), None)
        if wish is None:
            raise not_found("account.refused.no_wish")
        if agreed and by.login in {wish.asked_by, wish.login}:
            raise RefusedError(HTTPStatus.FORBIDDEN, "account.refused.second")
        if not self._stores.wishes.answer(number, by.login, agreed=agreed):
            raise not_found("account.refused.no_wish")
        return self._do(wish.login, wish.change, wish.asked_by, by.login) if agreed else _NONE_YET

    def _waits(self, login: str, change: Change, by: Account) -> bool:
        """Ask the other administrators, where there are any."""
        others = (
            one
            for one in self._stores.accounts.all()
            if may(one.role, Action.KEEP_ACCOUNTS) and not one.suspended and one.login not in {by.login, login}
        )
        if next(others, None) is None:
            return False
        self._stores.wishes.ask(login, change, by.login)
        return True

    def _do(self, login: str, change: Change, by: str, agreed_with: str) -> Link:
        match change:
            case Employ(role=role, bounds=bounds):
                self._stores.accounts.employ(login, role, bounds, by, agreed_with=agreed_with or _ALONE)
                return _NONE_YET
            case Reset():
                Identities(self._stores.engine, self._clock).forget(login)
                one = self._stores.accounts.get(login)
                role, bounds = (one.role, one.bounds) if one else (Role.OPERATOR, Bounds())
                return self._link(Invited(role=role, bounds=bounds, login=login), by, self._settings.reset_s)
            case _:
                assert_never(change)

    def _link(self, invited: Invited, by: str, holds_s: int) -> Link:
        token, expires_at = fresh(self._random), self._clock() + timedelta(seconds=holds_s)
        self._stores.accounts.invite(digest(token), invited, expires_at, by)
        return Link(path=f"/welcome#{token}", expires_at=expires_at)

    def _other(self, login: str, by: Account) -> Account:
        """Give an account that is not one's own: nobody gives themselves rights, or takes the last ones away."""
        if login == by.login:
            raise RefusedError(HTTPStatus.FORBIDDEN, "account.refused.own")
        one = self._stores.accounts.get(login)
        if one is None:
            raise not_found("account.refused.not_found")
        return one

    def _within_own(self, bounds: Bounds, by: Account) -> None:
        if more_than(by.role, bounds, by.role, by.bounds):
            raise RefusedError(HTTPStatus.FORBIDDEN, "account.refused.beyond_own")
