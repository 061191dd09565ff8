"""How long recordings stay, and who forbids or allows their destruction: of a check or of a call."""

from http import HTTPStatus

from baqylau.domain.ids import CheckId, PersonId
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation.checks.messages import HeldBack, Keeping
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.checks.media_holds import MediaHolds, NotOnHoldError, OnHoldError
from baqylau.storage.checks.media_rows import Recordings


def keeping(stores: Stores, found: Recordings | None, by: Account) -> Keeping | None:
    """Give how long they stay; None where there are none, or none any more."""
    if found is None or found.destroyed_at is not None:
        return None
    held = None
    if found.held_why and found.held_at is not None and found.held_by is not None:
        account = stores.accounts.get(found.held_by)
        held = HeldBack(why=found.held_why, at=found.held_at, by_name=account.name if account else found.held_by)
    return Keeping(until_at=found.keep_until, held=held, may_hold=may(by.role, Action.HOLD_RECORDING))


class Holding:
    """Holds and releases for the pages; the reason stands in the audit and in the chain of the recordings."""

    def __init__(self, stores: Stores, holds: MediaHolds) -> None:
        self._stores, self._holds = stores, holds

    def hold(self, person_id: PersonId, check_id: CheckId, reason: str, by: Account) -> None:
        """Forbid the destruction until somebody releases them."""
        self._may(person_id, check_id, by)
        try:
            self._holds.hold(check_id, reason.strip(), by=by.login)
        except OnHoldError as stands:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.held", why=str(stands)) from None
        except KeyError:
            raise _gone() from None

    def release(self, person_id: PersonId, check_id: CheckId, reason: str, by: Account) -> None:
        """Let them go again at the end of their time."""
        self._may(person_id, check_id, by)
        try:
            self._holds.release(check_id, reason.strip(), by=by.login)
        except NotOnHoldError:
            raise RefusedError(HTTPStatus.CONFLICT, "checks.refused.not_held") from None
        except KeyError:
            raise _gone() from None

    def _may(self, person_id: PersonId, check_id: CheckId, by: Account) -> None:
        self._stores.duty.act(by, person_id)
        if self._stores.media is None or self._stores.media.of_check(check_id) is None:
            raise not_found("checks.refused.media_missing")


def _gone() -> RefusedError:
    return RefusedError(HTTPStatus.GONE, "checks.refused.media_gone")
