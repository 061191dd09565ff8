"""Timers of alarms, run beside the judge: what nobody answers climbs, rests end, nothing expires in silence.

What is due follows from the alarms as they are stored, so a program that was killed goes on where it stood, and two at
once do nothing twice.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from baqylau.domain.escalation import TIMERS, Timers, due
from baqylau.storage.alarms.waiting import Waiting

log = structlog.get_logger()

AT_ONCE = 100
"""So many alarms are treated in a look; the rest waits for the next one."""


class Escalating:
    """Looks for alarms whose time has come."""

    def __init__(self, waiting: Waiting, now: Callable[[], datetime], timers: Timers = TIMERS) -> None:
        """Take where the alarms are; `look` begins."""
        self._waiting = waiting
        self._now = now
        self._timers = timers

    def look(self) -> int:
        """Do what is due, and give how much that was."""
        now = self._now()
        rules = partial(due, now=now, timers=self._timers)
        run_out = self._waiting.run_out(now, self._timers, AT_ONCE)
        done = sum(self._waiting.apply(number, rules, now) for number in run_out)
        if done:
            log.info("timers_of_alarms", done=done)
        return done
