"""Reminders of what ends soon, run beside the messenger: an alarm for each, told like any other."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from baqylau.domain.terms import Ahead
from baqylau.storage.registers.terms import Terms

LOOK_EVERY = timedelta(minutes=10)


class Reminding:
    """Looks every few minutes at what ends; what was said is not said again, whoever looks."""

    def __init__(self, terms: Terms, now: Callable[[], datetime]) -> None:
        """Take where the registers are; `look` begins."""
        self._terms, self._now = terms, now
        self._looked_at = datetime.min.replace(tzinfo=UTC)
        self._ahead = Ahead()

    def look(self, ahead: Ahead, timezone: str) -> int:
        """Remind of what ends soon, at once where somebody changed what soon is, and give how much was said.

        A day ends as the time zone says.
        """
        now = self._now()
        if now - self._looked_at < LOOK_EVERY and ahead == self._ahead:
            return 0
        self._looked_at, self._ahead = now, ahead
        return len(self._terms.remind(now, ahead, ZoneInfo(timezone)))
