"""What became of short messages: an SMS centre tells by itself, a gateway of requests is asked for each one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from baqylau.domain.notices import WEARER, NoticeId
from baqylau.domain.targets import Telling
from baqylau.links.notices.http import SmsByHttp
from baqylau.links.notices.smpp import Smpp
from baqylau.links.notices.way import NotTakenError, Receipt
from baqylau.storage.alarms.outbox import Due, Outbox

log = structlog.get_logger()

EVERY = timedelta(seconds=5)
AWAITED = timedelta(days=2)
"""So long a gateway is asked what became of a message."""
UNKNOWN_MAX = 1_000
AT_ONCE = 100
"""Messages that a gateway of requests is asked about, the newest; each again after half its age."""


class Receipts:
    """Writes down what became of messages. Its rounds are asked for by one thread at a time."""

    def __init__(self, outbox: Outbox, telling: Telling, asked: Smpp | SmsByHttp | None) -> None:
        """`asked` is the way to telephones; None when there is none."""
        self._outbox, self._telling, self._asked = outbox, telling, asked
        self._unknown: list[Receipt] = []
        """Receipts that came before we wrote under which name the gateway speaks of the message."""
        self._again_at: dict[NoticeId, datetime] = {}

    def fetch(self, at: datetime) -> None:
        """Write down what has become known."""
        awaited = self._outbox.awaiting(at - AWAITED, AT_ONCE) if self._asked else []
        if not awaited and not (isinstance(self._asked, Smpp) and self._asked.listens):
            return
        try:
            receipts = [*self._unknown, *self._told(awaited, at)]
        except NotTakenError as why:
            log.warning("no_receipts", error=why.error)
            return
        known = [self._outbox.receipt(one.reference, at, delivered=one.delivered) for one in receipts]
        self._unknown = [one for one, settled in zip(receipts, known, strict=True) if not settled][-UNKNOWN_MAX:]

    def _told(self, awaited: Sequence[Due], at: datetime) -> Iterator[Receipt]:
        if isinstance(self._asked, Smpp):
            yield from self._asked.receipts()
        elif self._asked is not None:
            self._again_at = {one.notice.id: self._next_at(one) for one in awaited}
            for due in awaited:
                if self._next_at(due) <= at:
                    yield from self._about(self._asked, due, at)

    def _next_at(self, due: Due) -> datetime:
        return self._again_at.get(due.notice.id, _sent_at(due))

    def _about(self, gateway: SmsByHttp, due: Due, at: datetime) -> Iterator[Receipt]:
        notice = due.notice
        self._again_at[notice.id] = at + max(EVERY, (at - _sent_at(due)) / 2)
        receipt = gateway.receipt(notice.reference, notice.id, self._phone(due))
        if receipt is not None:
            yield receipt

    def _phone(self, due: Due) -> str:
        if due.notice.target == WEARER:
            return due.person.phone if due.person else ""
        target = self._telling.target(due.notice.target)
        return target.address if target else ""


def _sent_at(due: Due) -> datetime:
    return due.notice.sent_at or due.notice.created_at
