"""What is written to whom: from what happened to an alarm to notices, and from a notice to its letter. Pure.

As little personal data as possible leaves the house: number, what, when and a link. The name only where the target is
allowed it; the person themselves is told what to do and nothing else.
"""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from baqylau.crypto.digests import finding_id
from baqylau.domain.alarms import Alarm
from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from baqylau.domain.notices import WEARER, Announcement, Channel, Notice, NoticeId, Why
from baqylau.domain.people import Person
from baqylau.domain.targets import Target, Telling, not_before, wants
from baqylau.links.notices.way import Letter
from baqylau.locales import text
from baqylau.storage.alarms.outbox import Due, News

DISTRICT_OF_NOBODY = ""


def notices_of(telling: Telling, news: News) -> Iterator[Notice]:
    """Give the notices that follow from an announcement; none of an alarm that an incident explains by now."""
    said, alarm, person = news.announcement, news.alarm, news.person
    if alarm.incident_id is not None:
        return
    zone, asked_at = ZoneInfo(telling.timezone), _asked_at(said, alarm)
    district = person.district if person else DISTRICT_OF_NOBODY
    if telling.wearer_first and _is_for_wearer(said, alarm.code) and person is not None and person.phone:
        yield _notice(said, WEARER, Channel.SMS, Why.WEARER_FIRST, said.at)
    for target in telling.targets:
        if wants(target, alarm, said.level, district):
            due_at = not_before(target.quiet, alarm.priority, asked_at, zone)
            yield _notice(said, target.name, target.channel, said.why, due_at)


def _asked_at(said: Announcement, alarm: Alarm) -> datetime:
    """Give from when others than the wearer are asked: an alarm may be left to the wearer first."""
    return max(said.at, alarm.waits_since) if said.why is Why.RAISED else said.at


def _is_for_wearer(said: Announcement, code: Code) -> bool:
    return said.why is Why.RAISED and EVENTS[code].tell_wearer_first


def _notice(said: Announcement, target: str, channel: Channel, why: Why, due_at: datetime) -> Notice:
    return Notice(
        id=NoticeId(finding_id("notice", str(said.alarm_id), str(said.id), target)),
        alarm_id=said.alarm_id,
        target=target,
        channel=channel,
        why=why,
        level=said.level,
        created_at=said.at,
        next_at=due_at,
    )


def letter_to(telling: Telling, target: Target, due: Due, at: datetime) -> Letter:
    """Give what is told to a target."""
    alarm, notice = due.alarm, due.notice
    words = target.language.value
    title = text(words, f"alarm.{alarm.code}.title")
    since = alarm.began_at.astimezone(ZoneInfo(telling.timezone))
    link = f"{telling.link.rstrip('/')}/alarms/{alarm.id}" if telling.link else ""
    name = due.person.name if target.names and due.person else ""
    lines = [
        text(words, f"notice.why.{notice.why}", number=alarm.id, level=text(words, f"level.{notice.level}")),
        text(words, "notice.what", priority=alarm.priority, title=title, at=f"{since:%d.%m.%Y %H:%M}"),
        *([text(words, "notice.who", name=name)] if name else []),
        *([link] if link else []),
    ]
    facts: dict[str, str | int] = {
        "alarm": alarm.id,
        "code": alarm.code.value,
        "priority": alarm.priority,
        "level": notice.level,
        "why": notice.why.value,
        "began_at": alarm.began_at.isoformat(),
        "raised_at": alarm.raised_at.isoformat(),
    }
    return Letter(
        id=notice.id,
        address=target.address,
        subject=text(words, "notice.subject", number=alarm.id, title=title),
        text="\n".join(lines),
        facts=facts | ({"link": link} if link else {}) | ({"name": name} if name else {}),
        at=at,
    )


def letter_to_wearer(person: Person, alarm: Alarm, notice: Notice, at: datetime) -> Letter:
    """Give what the person themselves is told: what to do, in their language."""
    return Letter(
        id=notice.id,
        address=person.phone,
        subject="",
        text=text(person.language.value, f"notice.wearer.{alarm.code}"),
        at=at,
    )
