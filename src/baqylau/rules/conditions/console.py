"""Checks by hand: an officer's mobile console heard the device (K01), or did not (K02), and told us of it late (K03).

Every check is found; those of one device within a minute are one. A console that heard nobody at all may be deaf, so
that it did not hear this one is found only while it heard others. Source: catalogue K01 to K03 (clause 2.4).
"""

from datetime import timedelta

from baqylau.domain.console import ConsoleCheck
from baqylau.domain.findings import Code
from baqylau.domain.people import DeviceKind
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import CHECKED_LATE_S, CHECKED_WITHIN_S

_WORN = frozenset({DeviceKind.BRACELET, DeviceKind.TRACKER})


def _read(check: ConsoleCheck) -> Word | None:
    return Word.CERTAIN if check.heard else None


def _not_found(check: ConsoleCheck) -> Word | None:
    return Word.CERTAIN if not check.heard and check.others > 0 else None


def late(check: ConsoleCheck) -> bool:
    """Whether it reached us so late that what was decided meanwhile is judged again."""
    checked_at = check.console_at - timedelta(seconds=check.ahead_s)
    return check.kept_at - checked_at > timedelta(seconds=CHECKED_LATE_S)


def _late(check: ConsoleCheck) -> Word | None:
    return Word.CERTAIN if late(check) else None


READ = Kind(
    name="console_read",
    begins=Code.CONSOLE_READ,
    devices=_WORN,
    body=ConsoleCheck,
    says=_read,
    moment_s=CHECKED_WITHIN_S,
)
NOT_FOUND = Kind(
    name="console_not_found",
    begins=Code.CONSOLE_NOT_FOUND,
    devices=_WORN,
    body=ConsoleCheck,
    says=_not_found,
    moment_s=CHECKED_WITHIN_S,
)
LATE = Kind(
    name="console_late",
    begins=Code.CONSOLE_LATE,
    devices=_WORN,
    body=ConsoleCheck,
    says=_late,
    moment_s=CHECKED_WITHIN_S,
)
KINDS = (READ, NOT_FOUND, LATE)
