"""Checks as lists show them. Whoever asks has audited the look."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from baqylau.domain.ids import CheckId, ObservationId
from baqylau.domain.observations import Observation
from baqylau.monitoring.workstation.checks import reading as check_reading
from baqylau.monitoring.workstation.checks.messages import CheckRow
from baqylau.monitoring.workstation.checks.reading import Kept
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.checks.check_facts import facts_of
from baqylau.storage.checks.checks import CheckAsked
from baqylau.storage.database import transaction


class CheckRows:
    """Reads checks with everything that was said of them."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores, self._clock = stores, clock

    def of(self, asked: Sequence[CheckAsked]) -> tuple[CheckRow, ...]:
        """Give these checks as they stand now."""
        return tuple(self.row(one) for one in self.kept(asked))

    def named(self, check_ids: Collection[CheckId]) -> tuple[CheckRow, ...]:
        """Give checks by name; `KeyError` when there is none of a name."""
        return self.of([self._stores.checks.get(one) for one in check_ids])

    def behind(self, because: Collection[ObservationId]) -> tuple[CheckRow, ...]:
        """Give the checks of which these entries of the journal tell."""
        return self.named(sorted(set(self._stores.checks.of_facts(because).values())))

    def kept(self, asked: Sequence[CheckAsked]) -> list[Kept]:
        """Give checks with the entries of the journal that tell of them."""
        with transaction(self._stores.engine) as connection:
            names = facts_of(connection, [one.id for one in asked]) if asked else []
        found = [entry.observation for entry in self._stores.journal.entries(names)] if names else []
        return [Kept(asked=one, facts=tuple(fact for fact in found if _tells(fact, one.id))) for one in asked]

    def row(self, kept: Kept) -> CheckRow:
        """Give one as it stands now."""
        return check_reading.row_of(kept, self._clock(), self.name)

    def name(self, login: str) -> str:
        """Give the name behind a login; the login where nobody has it any more."""
        account = self._stores.accounts.get(login)
        return account.name if account else login


def _tells(fact: Observation, check_id: CheckId) -> bool:
    return any(getattr(body, "check_id", None) == check_id for body in fact.bodies)
