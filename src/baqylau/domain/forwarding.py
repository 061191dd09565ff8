"""What leaves for other systems, to whom, and by what right: without a basis in force nothing does.

Targets are the file `forwarding.yaml` of an installation, which holds addresses and secrets; bases are records in the
database, so that every change of them is dated, named and audited.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from baqylau.domain.alarms import Alarm
from baqylau.domain.ids import ObservationId, PersonId
from baqylau.domain.observations import Fix
from baqylau.domain.targets import Mistake, Name, Port

OBJECT_ID_MAX = 0xFFFF_FFFF
"""EGTS names an object by 32 bits."""


class What(StrEnum):
    """What a target takes."""

    POSITIONS = "positions"
    ALARMS = "alarms"


class _Target(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    name: Name
    recipient: Annotated[str, Meta(min_length=1)]
    """Whose system it is: exactly as in the bases by which anything may leave for it."""
    what: tuple[What, ...] = (What.POSITIONS, What.ALARMS)


class EgtsTarget(_Target, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="egts"):
    """Another platform that speaks EGTS. The line itself is not protected: lead it through a tunnel."""

    host: str
    port: Port
    dispatcher: Annotated[int, Meta(ge=1, le=OBJECT_ID_MAX)] | None = None
    """The number by which our platform signs in there; unsaid, it does not sign in."""
    password: str = ""


class WialonTarget(_Target, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="wialon"):
    """A server that takes the Wialon retranslator's packets. The line is not protected: lead it through a tunnel."""

    host: str
    port: Port


class MqttTarget(_Target, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="mqtt"):
    """A broker of MQTT 5; messages go to `<topic>/<name of the person there>/position` and `.../alarm`."""

    host: str
    port: Port = 8883
    topic: Annotated[str, Meta(pattern=r"^[^#+\s]+$")]
    user: str = ""
    password: str = ""
    plain: bool = False
    """Without TLS; only for a broker on this machine or behind a tunnel."""
    ca: str = ""
    """File with the certificate authority, where it is none that this machine knows."""


class WebhookTarget(_Target, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="webhook"):
    """An address that takes signed JSON over HTTP."""

    url: Annotated[str, Meta(pattern=r"^https?://")]
    secret: Annotated[str, Meta(min_length=16)]
    """The receiver proves by it that a request is ours."""


Target = EgtsTarget | WialonTarget | MqttTarget | WebhookTarget


class Forwarding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file. The default forwards nothing."""

    targets: tuple[Target, ...] = ()


def mistakes(forwarding: Forwarding) -> Iterator[Mistake]:
    """Give what each field allows and all together do not."""
    seen: set[str] = set()
    for target in forwarding.targets:
        if target.name in seen:
            yield Mistake(target=target.name, what="name_taken")
        seen.add(target.name)


class Basis(Struct, frozen=True, kw_only=True):
    """By what right one recipient gets what concerns these people, of the instants from one to another."""

    number: int
    recipient: str
    text: str
    """Act, date and number of what allows it, in words."""
    people: dict[PersonId, str]
    """Whom it names, each with the name by which the recipient knows them: nothing else of who they are leaves."""
    from_at: datetime
    until_at: datetime
    recorded_at: datetime
    recorded_by: str
    ended_at: datetime | None = None
    """Before its time."""
    ended_by: str = ""
    ended_why: str = ""

    def in_force(self, now: datetime) -> bool:
        """Whether anything may leave by it now."""
        return self.ended_at is None and self.from_at <= now < self.until_at


class Named(Struct, frozen=True):
    """By which basis something of a person leaves, and under which name."""

    basis: int
    alias: str


def named(bases: Iterable[Basis], person_id: PersonId, at: datetime, now: datetime) -> Named | None:
    """Give by what right something of an instant may leave now; None when it may not.

    Both count: that the basis is in force now, and that it covers the instant the thing is about.
    """
    for basis in bases:
        alias = basis.people.get(person_id)
        if alias is not None and basis.in_force(now) and basis.from_at <= at < basis.until_at:
            return Named(basis.number, alias)
    return None


class Place(Struct, frozen=True, kw_only=True):
    """A position that leaves: what the receiver said, unchanged, and nothing else of its record."""

    id: ObservationId
    person_id: PersonId
    named: Named
    at: datetime
    fix: Fix


class Raised(Struct, frozen=True, kw_only=True):
    """Where an alarm stands after a change of it: its code and state, no words of anybody."""

    id: str
    person_id: PersonId
    named: Named
    at: datetime
    alarm: Alarm


Item = Place | Raised
