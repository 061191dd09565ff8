"""What ends soon, as the page of cases lists it, in a thread."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from baqylau.domain.labour import Forecast, forecast
from baqylau.domain.terms import Ahead, Term, TermKind
from baqylau.monitoring.workstation.cases.term_messages import TermPage, TermRow
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.registers.terms import Terms

_READ_EVERY = timedelta(minutes=1)


class TermRecords:
    """The page's side of them; read anew when the registers were saved, and every minute."""

    def __init__(self, stores: Stores, ahead: Ahead, timezone: str, clock: Callable[[], datetime]) -> None:
        self._stores, self._ahead, self._zone, self._clock = stores, ahead, ZoneInfo(timezone), clock
        self._terms = Terms(stores.engine)
        self._read: tuple[int, datetime, Sequence[Term]] | None = None

    def page(self, after: str, limit: int, by: Account) -> TermPage:
        """Give what ends soon after a place of the list that an earlier page named."""
        now, people = self._clock(), self._stores.directory.book().people
        within = self._stores.duty.within(by)
        terms = self._soon(now)
        rest = terms[bisect_right(terms, after, key=_place) :]
        mine = list(islice((one for one in rest if within(one.person_id)), limit + 1))
        rows = tuple(
            TermRow(
                person_id=one.person_id,
                person_name=people[one.person_id].name if one.person_id in people else "",
                kind=one.kind,
                until_at=one.until_at,
                said=one.said,
                labour_ahead=self._labour(one, now),
            )
            for one in mine[:limit]
        )
        next_ = _place(mine[limit - 1]) if len(mine) > limit else None
        return TermPage(at=now, rows=rows, next=next_, ahead=self._ahead)

    def _labour(self, term: Term, now: datetime) -> Forecast | None:
        if term.kind is not TermKind.LABOUR:
            return None
        return forecast(self._stores.case_facts.of(term.person_id).known, now, self._zone)

    def _soon(self, now: datetime) -> Sequence[Term]:
        version = self._stores.directory.book().version
        read = self._read
        if read is None or read[0] != version or not read[1] <= now < read[1] + _READ_EVERY:
            read = self._read = version, now, self._terms.soon(now, self._ahead, self._zone)
        return read[2]


def _place(term: Term) -> str:
    """Give where something stands in the list, in letters that sort as the list does."""
    return f"{term.until_at.astimezone(UTC):%Y%m%d%H%M%S%f}/{term.kind}/{term.key}"
