"""The page of a device, and orders to it. A look is audited before anything is read; an order with its own words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import assert_never

import msgspec
from msgspec import Struct

from baqylau.domain.commands import CommandState, Order, ReportNow, TellPerson
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.observations import Blind, Fix, Heard, LinkHealth, Nearness, NoFix, Observation, ReceiverHealth
from baqylau.domain.people import Device, DeviceKind, Language, Supervision
from baqylau.domain.rights import Action, may
from baqylau.monitoring.workstation import hearing
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.directory import Book
from baqylau.monitoring.workstation.equipment.messages import (
    Ask,
    AskReport,
    AskTell,
    DevicePage,
    Lane,
    LinkStanding,
    ReceiverPresence,
    SaidLast,
    Served,
    StrangerList,
    UnitWord,
    Walk,
)
from baqylau.monitoring.workstation.pages import worn
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.monitoring.workstation.stores import Stores
from baqylau.protocols.batch.records import LocalFinding, WalkTest
from baqylau.protocols.fleet import has_words
from baqylau.rules.clock import instant
from baqylau.rules.spans import ALWAYS, fitted
from baqylau.storage.access.accounts import Account
from baqylau.storage.equipment.commands import CommandRow
from baqylau.storage.equipment.link_records import Word

LINK = "link"
WALK, LOCAL = "walk", "local"
_SHOWN = timedelta(hours=6)
_DAY = timedelta(hours=24)
_TELL_WITHIN = timedelta(hours=12)
"""A message that was not shown by then is not shown any more."""
_REPORT_WITHIN = timedelta(minutes=10)
_MOST_WORDS = 20
_MESSAGE = TellPerson(message_id="", text="", language=Language.KK)
_HAS_ITS_OWN = (Heard, ReceiverHealth, LinkHealth, Blind, Nearness, Fix, NoFix)
"""What is shown elsewhere, and better."""
_RECEIVERS = (DeviceKind.HOME_UNIT, DeviceKind.MOBILE_UNIT)
_TRANSMITTERS = (DeviceKind.BRACELET, DeviceKind.RELAY)


class _Fitted(Struct, frozen=True):
    """On whom a device is now: under an order, or on nobody."""

    supervision: Supervision
    since_at: datetime


class DeviceRecords:
    """The equipment side of the pages."""

    def __init__(self, stores: Stores, clock: Callable[[], datetime]) -> None:
        self._stores = stores
        self._clock = clock

    def strangers(self) -> StrangerList:
        """Give who called and is not registered."""
        known = [(one.protocol, one.number) for one in self._stores.directory.book().devices.values()]
        return StrangerList(at=self._clock(), devices=tuple(self._stores.strangers.unregistered(known)))

    def page(self, device_id: DeviceId, by: Account) -> DevicePage:
        """Give everything that one device is known by."""
        now, book = self._clock(), self._stores.directory.book()
        device = _device(book, device_id, by)
        served = self._within(by, _fitted(book, device_id, now))
        on = served[0] if served else None
        people = [book.people[one.supervision.person_id] for one in served]
        looked_at: list[PersonId | None] = [one.id for one in people]
        for person_id in looked_at or [None]:
            self._stores.duty.look(by, "look.device", person_id, f"device/{device_id}", veiled=True)
        named = all(self._stores.duty.identified(by, person.id) for person in people)
        of_each = [(one, self._told(one, now)) for one in served]
        told = of_each[0][1] if of_each else []
        heard = [self._heard(device, one, its, now) for one, its in of_each]
        return DevicePage(
            at=now,
            id=device.id,
            kind=device.kind,
            protocol=device.protocol,
            serial=device.number,
            person_id=people[0].id if people and named else None,
            person_name=people[0].name if people and named else "",
            also=tuple(Served(person_id=one.id, person_name=one.name) for one in people[1:] if named),
            fitted_at=on.since_at if on is not None else None,
            heard_at=max((one.received_at for one in told if one.device_id == device_id), default=None),
            keys=tuple(self._stores.device_keys.lives(device_id)),
            link=self._link(device_id) if device.protocol == LINK else None,
            said_last=_said_last(told, device_id),
            from_at=now - _SHOWN,
            lanes=tuple({(one.receiver_id, one.transmitter_id): one for lanes, _ in heard for one in lanes}.values()),
            health=hearing.health(_recent(told, now), device_id),
            presence=tuple(one for _, presence in heard for one in presence),
            commands=self._commands(device_id, on),
            walks=tuple(
                Walk(at=word.observed_at, test=msgspec.convert(word.body, WalkTest))
                for word in self._words(WALK, device_id, served)
            ),
            words=tuple(
                UnitWord(at=word.observed_at, finding=msgspec.convert(word.body, LocalFinding))
                for word in self._words(LOCAL, device_id, served)
            ),
            may_command=(
                may_command := may(by.role, Action.ORDER_DEVICE) and on is not None and self._takes_orders(device)
            ),
            may_tell=may_command and (device.protocol == LINK or has_words(device.protocol, _MESSAGE)),
        )

    def give(self, device_id: DeviceId, ask: Ask, by: Account) -> CommandRow:
        """Order a device something, and give what the command is then."""
        now, book = self._clock(), self._stores.directory.book()
        device, served = _device(book, device_id, by), _fitted(book, device_id, now)
        for one in served:
            self._stores.duty.act(by, one.supervision.person_id)
        if not served:
            raise RefusedError(HTTPStatus.CONFLICT, "device.refused.not_fitted")
        if not self._takes_orders(device):
            raise RefusedError(HTTPStatus.CONFLICT, "device.refused.no_link")
        person = book.people[served[0].supervision.person_id]
        order: Order
        match ask:
            case AskTell(text=text, urgent=urgent):
                named = f"{device_id}/{now.isoformat()}"
                order = TellPerson(message_id=named, text=text.strip(), language=person.language, urgent=urgent)
                expires_at = now + _TELL_WITHIN
            case AskReport():
                order, expires_at = ReportNow(), now + _REPORT_WITHIN
            case _:
                assert_never(ask)
        if device.protocol != LINK and not has_words(device.protocol, order):
            raise RefusedError(HTTPStatus.CONFLICT, "device.refused.no_words")
        return CommandRow(
            command=self._stores.commands.give(device_id, order, expires_at, by.login),
            by=by.login,
            state=CommandState.QUEUED,
        )

    def _within(self, by: Account, served: list[_Fitted]) -> list[_Fitted]:
        """Give those whom the account may read of; the first where it is nobody, so that the look is refused."""
        within = self._stores.duty.within(by)
        theirs = [one for one in served if within(one.supervision.person_id)]
        return theirs or served[:1]

    def _takes_orders(self, device: Device) -> bool:
        """Whether it is a bought tracker that can be ordered, or speaks the link with a key by which to know it."""
        if has_words(device.protocol, ReportNow()):
            return True
        keys = self._stores.device_keys.lives(device.id)
        return device.protocol == LINK and any(key.revoked_at is None for key in keys)

    def _heard(
        self, device: Device, on: _Fitted, told: Sequence[Observation], now: datetime
    ) -> tuple[tuple[Lane, ...], tuple[ReceiverPresence, ...]]:
        """Give what was heard of one person's equipment as far as the device has to do with it."""
        presence = self._stores.hearing.of(on.supervision, now - _DAY, now)
        lanes = hearing.lanes(_recent(told, now), _pairs(on.supervision, device, now), presence)
        mine = device.kind in _TRANSMITTERS
        return lanes, tuple(one for one in presence if mine or device.id == one.receiver_id)

    def _told(self, on: _Fitted, now: datetime) -> list[Observation]:
        return self._stores.timelines.heard(on.supervision, max(on.since_at, now - _DAY), now)

    def _link(self, device_id: DeviceId) -> LinkStanding:
        kept = self._stores.link_records.of(device_id)
        due = self._stores.link_configurations.version_of(device_id)
        if kept is None:
            return LinkStanding(
                heard_at=None, through=0, beyond=0, missing=0, unseen=0, configuration=0, configuration_due=due
            )
        return LinkStanding(
            heard_at=kept.heard_at,
            through=kept.through,
            beyond=_count(kept.beyond),
            missing=_count(kept.missing),
            unseen=self._stores.link_records.unseen(device_id),
            configuration=kept.configuration,
            configuration_due=due,
        )

    def _commands(self, device_id: DeviceId, on: _Fitted | None) -> tuple[CommandRow, ...]:
        if on is None:
            return ()
        rows = self._stores.commands.of([device_id], _MOST_WORDS)
        return tuple(row for row in rows if row.command.issued_at >= on.since_at)

    def _words(self, kind: str, device_id: DeviceId, served: Sequence[_Fitted]) -> list[Word]:
        """Give what it told of these people; what it told of all who live there is about each."""
        if not served:
            return []
        people = {one.supervision.person_id for one in served}
        together_from = max(one.since_at for one in served) if len(served) > 1 else ALWAYS
        words = self._stores.link_records.words(kind, [device_id], _MOST_WORDS)
        return [
            word
            for word in words
            if word.person_id in people or (word.person_id is None and word.observed_at >= together_from)
        ]


def _device(book: Book, device_id: DeviceId, by: Account) -> Device:
    device = book.devices.get(device_id)
    if device is None:
        raise missing(by, "device.refused.not_found")
    return device


def _fitted(book: Book, device_id: DeviceId, at: datetime) -> list[_Fitted]:
    """Give on whom it is, in a lasting order: on one person, or on everybody of a flat that it serves."""
    return [
        _Fitted(supervision, time.from_at)
        for _, supervision in sorted(book.supervisions.items())
        if book.under_order(supervision.person_id, at)
        for time in fitted(supervision, device_id)
        if time.holds(at)
    ]


def _pairs(supervision: Supervision, device: Device, at: datetime) -> list[tuple[DeviceId, DeviceId]]:
    """Give which receiver may have heard which transmitter, of those that the device is one of."""
    theirs = worn(supervision, at)
    return [
        (receiver.id, transmitter.id)
        for receiver in theirs
        if receiver.kind in _RECEIVERS
        for transmitter in theirs
        if transmitter.kind in _TRANSMITTERS and device.id in {receiver.id, transmitter.id}
    ]


def _recent(told: Iterable[Observation], now: datetime) -> list[Observation]:
    return [one for one in told if instant(one) >= now - _SHOWN]


def _said_last(told: Sequence[Observation], device_id: DeviceId) -> tuple[SaidLast, ...]:
    last: dict[str, SaidLast] = {}
    for one in told:
        if one.device_id == device_id:
            for body in one.bodies:
                if not isinstance(body, _HAS_ITS_OWN):
                    last[str(body.__struct_config__.tag)] = SaidLast(at=instant(one), body=body)
    return tuple(last.values())


def _count(stretches: Iterable[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in stretches)
