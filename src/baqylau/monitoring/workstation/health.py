"""The way of an observation as it stands: who listens, who judges, how long it takes, and whether we are blind."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from baqylau.monitoring.workstation.messages import Health, Program
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.judging.live import Beats, Live

BLIND_AFTER = timedelta(seconds=15)
"""A gateway or a judge that gave no sign for so long does not do its work: what happens now is not seen."""


def health_of(beats: Beats, quarantined_today: int, at: datetime) -> Health:
    """Judge the programs' signs of life at an instant."""
    return Health(
        at=at,
        devices_connected=beats.devices_connected,
        gateway_alive_at=beats.gateway_alive_at,
        judge_alive_at=beats.judge_alive_at,
        keep_ms=beats.keep_ms,
        judge_ms=beats.judge_ms,
        behind=beats.behind,
        blind=any(_quiet(alive_at, at) for alive_at in (beats.gateway_alive_at, beats.judge_alive_at)),
        quarantined_today=quarantined_today,
    )


def _quiet(alive_at: datetime | None, at: datetime) -> bool:
    return alive_at is None or at - alive_at > BLIND_AFTER


def programs_of(alive: Mapping[str, datetime], at: datetime) -> tuple[Program, ...]:
    """Give every program that ever gave a sign of life, the quiet ones first."""
    said = (Program(role=role, alive_at=alive_at, well=not _quiet(alive_at, at)) for role, alive_at in alive.items())
    return tuple(sorted(said, key=lambda one: (one.well, one.role)))


class HealthDesk:
    """Reads the signs of life. `timezone` says when today began."""

    def __init__(self, live: Live, quarantine: Quarantine, timezone: str) -> None:
        self._live = live
        self._quarantine = quarantine
        self._timezone = ZoneInfo(timezone)

    def at(self, now: datetime) -> Health:
        """Give how things stand."""
        midnight = now.astimezone(self._timezone).replace(hour=0, minute=0, second=0, microsecond=0)
        return health_of(self._live.health(), self._quarantine.count_since(midnight), now)

    def programs(self, now: datetime) -> tuple[Program, ...]:
        """Give every program and whether it lives."""
        return programs_of(self._live.alive(), now)
