"""Notices: what is told to somebody who does not sit at a workstation, and how far the telling has come.

An announcement says that something happened to an alarm; it is written in the transaction in which it happens. From
it follow notices, one for each target that wants to know. A notice has a name that follows from both, so that no crash
loses or doubles one; the receiver may get it twice and tells that by the name.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from msgspec import Struct
from msgspec.structs import replace

from baqylau.domain.ids import AlarmId

NoticeId = NewType("NoticeId", str)
"""32 hex digits, derived from the announcement and the target."""

WEARER = "wearer"
"""Name of the target that is the person themselves."""
ATTEMPTS_MAX = 12
"""With the pauses below this is about four hours."""
PAUSE = timedelta(seconds=5)
"""Before the second attempt; each further pause is twice as long."""
PAUSE_MAX = timedelta(minutes=30)


class Channel(StrEnum):
    """How somebody is told."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    SMS = "sms"


class Why(StrEnum):
    """What happened to the alarm."""

    RAISED = "raised"
    ESCALATED = "escalated"
    INCIDENT = "incident"
    """An alarm that holds many with one cause was raised."""
    WEARER_FIRST = "wearer_first"
    """The catalogue says that the person is told before anybody calls."""


class NoticeState(StrEnum):
    """How far a notice has come."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    """Taken over by the next system on the way."""
    DELIVERED = "delivered"
    """The receiver's own system has said that it is there."""
    FAILED = "failed"
    """The last attempt failed; there will be another one."""
    GIVEN_UP = "given_up"
    NEEDLESS = "needless"
    """The alarm was closed, or explained by an incident, before the notice could be sent."""


WAITING = (NoticeState.QUEUED, NoticeState.SENDING, NoticeState.FAILED)
"""States after which there is something to do."""


class Announcement(Struct, frozen=True, kw_only=True):
    """Something that happened to an alarm and that people want to be told of."""

    id: int
    alarm_id: AlarmId
    why: Why
    level: int
    """How far the alarm has climbed: 0 operator, 1 senior, 2 duty officer."""
    at: datetime


class Notice(Struct, frozen=True, kw_only=True):
    """One telling to one target. Holds neither the address nor the text: both are looked up when it is sent."""

    id: NoticeId
    alarm_id: AlarmId
    target: str
    channel: Channel
    why: Why
    level: int
    created_at: datetime
    state: NoticeState = NoticeState.QUEUED
    attempts: int = 0
    next_at: datetime | None = None
    """When to try, or to try again; None when there is nothing more to do."""
    last_error: str = ""
    """A word of ours, such as `timeout` or `http_500`."""
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    reference: str = ""
    """By which name the gateway speaks of it in a delivery receipt."""


def began(notice: Notice, at: datetime, lease: timedelta) -> Notice:
    """Give the notice as it is during an attempt. Whoever does not come back within the lease has lost it."""
    return replace(notice, state=NoticeState.SENDING, attempts=notice.attempts + 1, next_at=at + lease)


def taken_over(notice: Notice, at: datetime, *, reference: str = "", delivered: bool = False) -> Notice:
    """Give the notice after an attempt that went well."""
    return replace(
        notice,
        state=NoticeState.DELIVERED if delivered else NoticeState.SENT,
        next_at=None,
        last_error="",
        sent_at=at,
        delivered_at=at if delivered else None,
        reference=reference,
    )


def failed(notice: Notice, at: datetime, error: str, *, lasting: bool, jitter: float) -> Notice:
    """Give the notice after an attempt that failed: another after a pause, or none when it would not help.

    `jitter` from 0 to 1 spreads the pause over half to the whole of its length.
    """
    if lasting or notice.attempts >= ATTEMPTS_MAX:
        return replace(notice, state=NoticeState.GIVEN_UP, next_at=None, last_error=error)
    pause = min(PAUSE * 2 ** (notice.attempts - 1), PAUSE_MAX) * (0.5 + jitter / 2)
    return replace(notice, state=NoticeState.FAILED, next_at=at + pause, last_error=error)


def needless(notice: Notice) -> Notice:
    """Give the notice of an alarm that is closed already."""
    return replace(notice, state=NoticeState.NEEDLESS, next_at=None)
