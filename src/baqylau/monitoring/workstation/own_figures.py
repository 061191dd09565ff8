"""How the whole installation is, for Prometheus: read from the database at the moment at which it is asked.

The programs tell the database how they are, and any workstation server gives it on, so one address has everything.
No names, no ids of people or devices.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from baqylau.domain.findings import OURSELVES, Code
from baqylau.domain.notices import NoticeState
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.ourselves import Ourselves

OURS = sorted(code for code in Code if code.startswith(OURSELVES))


class OwnFigures(Collector):
    """Asks the database when it is asked, in the thread of whoever asks."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._live = Live(engine)
        self._ourselves = Ourselves(engine)
        self._alarms = Alarms(engine, clock)
        self._outbox = Outbox(engine)

    def describe(self) -> list[GaugeMetricFamily]:
        """Give nothing: only asking tells, and nobody asks at the start."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give every figure as of now. Raises `StorageUnavailableError`."""
        now = self._clock()
        signs, beats = self._ourselves.signs(now), self._live.health()
        alive = [([role], (now - sign.alive_at).total_seconds()) for role, sign in signs.roles.items()]
        yield _several("baqylau_role_silent_seconds", "Since a role's last sign of life", ["role"], alive)
        late = [([role], sign.delay_ms / 1000) for role, sign in signs.roles.items() if sign.delay_ms is not None]
        yield _several("baqylau_role_delay_seconds", "Median time that a role's work takes", ["role"], late)
        yield _one("baqylau_unjudged_entries", "Entries kept and not yet judged", beats.behind)
        yield _one("baqylau_devices_connected", "Devices on a line to a gateway", beats.devices_connected)
        yield _one("baqylau_quarantined_this_hour", "Frames that could not be taken", signs.quarantined)
        yield _age("baqylau_journal_grew_seconds", "Since the journal last grew", signs.appended_at, now)
        yield _age("baqylau_journal_signed_seconds", "Since its heads were last signed", signs.signed_at, now)
        kinds = [([str(one.priority), one.state], one) for one in self._alarms.waiting()]
        of, counted = ["priority", "state"], [(words, one.count) for words, one in kinds]
        yield _several("baqylau_alarms_waiting", "Alarms that are not closed", of, counted)
        longest = [(words, max(0.0, (now - one.since).total_seconds())) for words, one in kinds]
        yield _several("baqylau_alarms_oldest_seconds", "For how long the oldest of them waits", of, longest)
        ours = self._alarms.about_ourselves()
        standing = [([code.value], ours.get(code, 0)) for code in OURS]
        yield _several("baqylau_own_alarms", "Alarms about ourselves whose condition is not over", ["code"], standing)
        counts = self._outbox.counts()
        notices = [([state.value], counts.get(state, 0)) for state in NoticeState]
        yield _several("baqylau_notices", "Notices by state", ["state"], notices)


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, says, value=value)


def _age(name: str, says: str, at: datetime | None, now: datetime) -> GaugeMetricFamily:
    """Give how long ago something was; nothing when it never was."""
    family = GaugeMetricFamily(name, says)
    if at is not None:
        family.add_metric([], (now - at).total_seconds())
    return family


def _several(
    name: str, says: str, labels: Sequence[str], values: Iterable[tuple[Sequence[str], float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=labels)
    for words, value in values:
        family.add_metric(words, value)
    return family
