"""Who wants to be told of what, and when they want to be left alone: the file `notices.yaml` of an installation."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from baqylau.domain.alarms import Alarm
from baqylau.domain.notices import WEARER, Channel
from baqylau.domain.people import Language
from baqylau.domain.terms import Ahead

Port = Annotated[int, Meta(ge=1, le=65_535)]
Minute = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""Civil time such as `22:00`."""
Level = Annotated[int, Meta(ge=0, le=2)]
Priority = Annotated[int, Meta(ge=1, le=3)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
AT_ONCE = 1
"""Priority that knows no quiet hours."""


class Security(StrEnum):
    """How the line to a mail server is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Encoding(StrEnum):
    """How the fields of a request are written."""

    FORM = "form"
    JSON = "json"


class Email(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mail server that takes our letters."""

    host: str
    sender: str
    port: Port = 587
    security: Security = Security.STARTTLS
    login: str = ""
    password: str = ""


class HttpReceipts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an SMS gateway is asked what became of a message. `url` and fields hold {reference}, {phone} and {id}.

    Where an answer in JSON has a word is told by names and numbers with dots between them, such as `messages.0.state`.
    """

    url: str
    state: str
    """Where the answer has what became of the message."""
    delivered: tuple[str, ...]
    """The words that say that the telephone has it."""
    failed: tuple[str, ...] = ()
    """The words that say that it never will."""
    reference: str = ""
    """Where the answer to the message itself has its name at the gateway; empty: the gateway knows it by our {id}."""
    fields: dict[str, str] = {}
    """What is posted, encoded as messages are; the question is a GET when there are none."""


class HttpGateway(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="http", tag_field="kind"):
    """An SMS gateway that takes a request for each message. Fields hold the places {phone}, {text} and {id}."""

    url: str
    fields: dict[str, str]
    encoding: Encoding = Encoding.FORM
    headers: dict[str, str] = {}
    receipts: HttpReceipts | None = None
    """None: it never tells what became of a message."""


class SmppGateway(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="smpp", tag_field="kind"):
    """An SMS centre that speaks SMPP 3.4. Without TLS the line is not protected: lead it through a tunnel."""

    host: str
    system_id: str
    password: str
    source: str
    """From whom messages seem to come: a number or up to eleven letters."""
    port: Port = 2775
    tls: bool = False
    authority: str = ""
    """File with the certificate by which the centre is to be known; empty: by those that the machine trusts."""
    inbound: str = ""
    """Where to bring what trackers send: the address of the device link's door for it. Empty: it is not taken."""
    inbound_authority: str = ""
    """File with the certificate by which that door is to be known; empty: by those that the machine trusts."""


Gateway = HttpGateway | SmppGateway


class QuietHours(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When nothing but priority 1 is told. May go over midnight."""

    begin: Minute
    end: Minute


class Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody, or some system, that is told."""

    name: Name
    channel: Channel
    address: str
    """An e-mail address, a telephone number or a URL."""
    language: Language = Language.RU
    priorities: tuple[Priority, ...] = (1, 2, 3)
    levels: tuple[Level, ...] = (0, 1, 2)
    districts: tuple[str, ...] = ()
    """Empty: all, and what concerns no person."""
    names: bool = False
    """Whether the person's name may be told."""
    quiet: QuietHours | None = None
    secret: str = ""
    """Of a webhook: its receiver proves by it that a message is ours."""


class Telling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. The default tells nobody."""

    link: str = ""
    """Address of the workstation as the receivers reach it, such as `https://bq.example.kz`."""
    timezone: str = "Asia/Almaty"
    email: Email | None = None
    sms: Annotated[Gateway | None, Meta(description="SMS gateway")] = None
    wearer_first: bool = False
    ahead: Ahead = Ahead()
    """How many days before their end court acts, suspensions, permissions, consents and hours of labour are told of."""
    targets: tuple[Target, ...] = ()

    def target(self, name: str) -> Target | None:
        """Give the target of this name."""
        return next((one for one in self.targets if one.name == name), None)


class Mistake(Struct, frozen=True, kw_only=True):
    """What cannot be right: which target, and a word that names the sentence."""

    target: str
    what: str


def mistakes(telling: Telling) -> Iterator[Mistake]:
    """Give what each field allows and all together do not."""
    seen: set[str] = set()
    for target in telling.targets:
        if target.name in seen or target.name == WEARER:
            yield Mistake(target=target.name, what="name_taken")
        seen.add(target.name)
        if target.channel is Channel.EMAIL and (telling.email is None or "@" not in target.address):
            yield Mistake(target=target.name, what="no_mail")
        if target.channel is Channel.SMS and telling.sms is None:
            yield Mistake(target=target.name, what="no_gateway")
        if target.channel is Channel.WEBHOOK and not (target.address.startswith(("http://", "https://"))):
            yield Mistake(target=target.name, what="no_url")
        if target.channel is Channel.WEBHOOK and not target.secret:
            yield Mistake(target=target.name, what="no_secret")
    if telling.wearer_first and telling.sms is None:
        yield Mistake(target=WEARER, what="no_gateway")


def wants(target: Target, alarm: Alarm, level: int, district: str) -> bool:
    """Whether the target is to be told of an alarm at a level. `district` is the person's, empty without one."""
    return (
        alarm.priority in target.priorities
        and level in target.levels
        and (not target.districts or district in target.districts)
    )


def not_before(quiet: QuietHours | None, priority: int, at: datetime, zone: ZoneInfo) -> datetime:
    """Give the first instant from `at` on at which the target may be told."""
    if quiet is None or priority == AT_ONCE:
        return at
    begin, end = time.fromisoformat(quiet.begin), time.fromisoformat(quiet.end)
    civil = at.astimezone(zone)
    now = civil.time()
    within = begin <= now < end if begin <= end else now >= begin or now < end
    if not within:
        return at
    day = civil.date() if now < end else civil.date() + timedelta(days=1)
    return max(at, datetime.combine(day, end, zone).astimezone(at.tzinfo))
