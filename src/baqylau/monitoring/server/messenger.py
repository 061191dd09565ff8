"""TELL: takes what the outbox holds to the people it is for.

An attempt has a lease. Who dies in the middle of one leaves the notice in the outbox, and when the lease is over it is
sent once more: a receiver may get a notice twice, never not at all. What fails is tried again with growing pauses; a
target that cannot be told is an alarm of its own (`monitoring.server.watching_over`).
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import structlog

from baqylau.domain.alarms import AlarmState
from baqylau.domain.notices import WEARER, Channel, Notice, Why, failed, needless, taken_over
from baqylau.domain.targets import HttpGateway, SmppGateway, Target, Telling
from baqylau.links.notices.http import Bringing, SmsByHttp, Webhook, client
from baqylau.links.notices.mail import Mail
from baqylau.links.notices.smpp import Smpp
from baqylau.links.notices.way import Letter, NotTakenError, TakenOver, Way
from baqylau.monitoring.server.letters import letter_to, letter_to_wearer, notices_of
from baqylau.monitoring.server.receipts import EVERY as RECEIPTS_EVERY
from baqylau.monitoring.server.receipts import Receipts
from baqylau.storage.alarms.outbox import Due, Outbox

log = structlog.get_logger()

AT_ONCE = 16
"""Notices under way at the same time: a receiver that does not answer does not hold up the others."""
LEASE = timedelta(seconds=90)
"""Longer than any attempt takes."""


class Ways:
    """The ways to receivers, as the installation has them."""

    def __init__(self, telling: Telling) -> None:
        """Open nothing yet."""
        self._telling = telling
        self._http = client()
        self._brought: Bringing | None = None
        self._mail = Mail(telling.email) if telling.email else None
        self.sms = self._to_telephones()

    def to(self, target: Target) -> Way | None:
        """Give the way to a target, None when the installation has none."""
        match target.channel:
            case Channel.WEBHOOK:
                return Webhook(target.secret, self._http)
            case Channel.EMAIL:
                return self._mail
            case Channel.SMS:
                return self.sms

    def _to_telephones(self) -> Smpp | SmsByHttp | None:
        match self._telling.sms:
            case SmppGateway() as gateway:
                return Smpp(gateway, self._bringing(gateway))
            case HttpGateway() as gateway:
                return SmsByHttp(gateway, self._http)
            case None:
                return None

    def _bringing(self, gateway: SmppGateway) -> Callable[[bytes], bool] | None:
        """Give who brings messages of trackers to the device link."""
        if not gateway.inbound:
            return None
        self._brought = Bringing(gateway.inbound, gateway.inbound_authority)
        return self._brought.bring

    def close(self) -> None:
        """End every line."""
        self._http.close()
        if self._brought is not None:
            self._brought.close()
        if isinstance(self.sms, Smpp):
            self.sms.close()


class Messenger:
    """Sends until told to stop."""

    def __init__(
        self,
        outbox: Outbox,
        telling: Telling,
        *,
        now: Callable[[], datetime],
        jitter: Callable[[], float],
    ) -> None:
        """`jitter` gives a number from 0 to 1."""
        self._outbox = outbox
        self._telling = telling
        self._ways = Ways(telling)
        self._now = now
        self._jitter = jitter
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="notice")
        self._under_way: set[Future[None]] = set()
        self._receipts = Receipts(outbox, telling, self._ways.sms)
        self._asking: Future[None] | None = None
        self._ask_at = now()

    def round(self) -> bool:
        """Begin what is due and is not under way yet; tell whether more may be waiting."""
        at = self._now()
        spread = self._outbox.spread(lambda news: notices_of(self._telling, news), at)
        self._finish(timeout_s=0)
        due = self._outbox.take(at, LEASE, AT_ONCE - len(self._under_way))
        self._under_way |= {self._threads.submit(self._attempt, one) for one in due}
        if at >= self._ask_at and not self._asking:
            self._asking, self._ask_at = self._threads.submit(self._receipts.fetch, at), at + RECEIPTS_EVERY
        return bool(spread or due)

    def catch_up(self, stopping: Callable[[], bool]) -> None:
        """Send all that is due; comes back when nothing is left or when what is under way takes its time."""
        while self.round() and not stopping():
            self._finish(timeout_s=0.05)

    def stop(self) -> None:
        """Let what is under way come to its end."""
        self._threads.shutdown()
        try:
            self._finish(timeout_s=0)
        finally:
            self._ways.close()

    def _finish(self, timeout_s: float) -> None:
        """Forget the attempts that have ended; a fault of ours in one of them is raised here."""
        if self._under_way:
            done, self._under_way = wait(self._under_way, timeout_s, FIRST_COMPLETED)
            for attempt in done:
                attempt.result()
        if self._asking and self._asking.done():
            asked, self._asking = self._asking, None
            asked.result()

    def _attempt(self, due: Due) -> None:
        after = self._after(due)
        if self._outbox.settle(after):
            log.info("notice", notice=after.id, target=after.target, state=after.state.value, error=after.last_error)

    def _after(self, due: Due) -> Notice:
        notice = due.notice
        if due.alarm.state is AlarmState.CLOSED or _explained(due):
            return needless(notice)
        try:
            taken = self._sent(due)
        except NotTakenError as why:
            return failed(notice, self._now(), why.error, lasting=why.lasting, jitter=self._jitter())
        return taken_over(notice, self._now(), reference=taken.reference, delivered=taken.delivered)

    def _sent(self, due: Due) -> TakenOver:
        if due.notice.target == WEARER:
            return self._sent_to_wearer(due)
        target = self._telling.target(due.notice.target)
        way = self._ways.to(target) if target else None
        if target is None or way is None:
            raise NotTakenError("no_such_target", lasting=True)
        return way.send(letter_to(self._telling, target, due, self._now()))

    def _sent_to_wearer(self, due: Due) -> TakenOver:
        way = self._ways.sms
        if way is None or due.person is None or not due.person.phone:
            raise NotTakenError("no_such_target", lasting=True)
        return way.send(letter_to_wearer(due.person, due.alarm, due.notice, self._now()))


def _explained(due: Due) -> bool:
    """Whether an incident came to hold the alarm before it was asked about."""
    return due.notice.why is Why.RAISED and due.alarm.incident_id is not None


def tried_on(telling: Telling, target: Target, letter: Letter) -> TakenOver:
    """Send one letter at once, to see whether a way works. `NotTakenError` says why it does not."""
    ways = Ways(telling)
    try:
        way = ways.to(target)
        if way is None:
            raise NotTakenError("no_such_target", lasting=True)
        return way.send(letter)
    finally:
        ways.close()
