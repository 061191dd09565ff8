"""The mobile consoles at the door of the device link: who asks, whose package it is, what they bring is opened.

A console asks before it brings anything, so that the server knows how its clock goes. An officer begins with their
password; from then on the console may ask by itself for a fresh package, sealed to that officer. A console whose key is
revoked is told so and nothing else, and wipes what it has.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.crypto.boxes import BoxKey
from baqylau.crypto.cose import PublicKey, SharedKey
from baqylau.crypto.passwords import hashed, matches
from baqylau.crypto.sealing import SealBrokenError
from baqylau.crypto.signing import Signer
from baqylau.domain.alarms import AlarmState
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.people import DeviceKind, Person
from baqylau.monitoring.server.link import caseload
from baqylau.monitoring.server.link.desk import Outcome, Reply
from baqylau.monitoring.server.link.field_desk import FieldDesk
from baqylau.monitoring.server.link.view import WALK, View
from baqylau.protocols.console.envelope import opened_ask, sealed_given, sealed_news, sealed_package
from baqylau.protocols.console.words import Ask, Given, News, Now, Package
from baqylau.storage.access.accounts import Account, Accounts, Throttle
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.database import StorageUnavailableError
from baqylau.storage.equipment.consoles import Assigned, Consoles, Contact
from baqylau.storage.equipment.link_records import LinkRecords
from baqylau.storage.judging.live import Live
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.registers import Registers

TRIED_WITHIN = timedelta(minutes=15)
TRIES = 5
"""Wrong passwords within that time; then none is looked at."""
TIMEZONE = "Asia/Almaty"
SEED_BYTES = 32
_NOBODY = hashed("")
"""Compared with where there is no such account: the answer takes as long."""


class Stores(Struct, frozen=True, kw_only=True):
    """Where everything about consoles is kept."""

    consoles: Consoles
    accounts: Accounts
    throttle: Throttle
    registers: Registers
    live: Live
    alarms: Alarms
    records: LinkRecords
    photos: Photos


class ServerKeys(Struct, frozen=True):
    """By what the server signs, and what opens the records of consoles."""

    signer: Signer
    box: BoxKey


class ConsoleDesk:
    """Answers what consoles ask."""

    def __init__(
        self,
        stores: Stores,
        keys: ServerKeys,
        view: Callable[[], View],
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        field: FieldDesk,
        renew: Callable[[], Awaitable[None]],
    ) -> None:
        """Take the stores, the server's keys, what the link knows of devices, time and chance.

        `field` takes over what officers did; `renew` lets the link know of it before the console goes on.
        """
        self._stores, self._signer, self.box, self._view = stores, keys.signer, keys.box, view
        self._field, self._renew = field, renew
        self._clock, self._random = clock, random
        self._contacts = stores.consoles.contacts()

    @property
    def contacts(self) -> Mapping[DeviceId, Contact]:
        """How the clocks of the consoles went when they last asked."""
        return self._contacts

    async def ask(self, raw: bytes, _peer: str) -> Reply:
        """Answer a console."""
        view, named = self._view(), [DeviceId("")]

        def key_of(device_id: DeviceId) -> PublicKey | SharedKey | None:
            named.append(device_id)
            return view.key_of(device_id)

        ask = opened_ask(raw, key_of)
        if ask is None:
            return Reply(Outcome.REVOKED if named[-1] in view.revoked else Outcome.NOT_BELIEVED)
        device = view.fleet.device(ask.device_id)
        if device is None or device.kind is not DeviceKind.CONSOLE:
            return Reply(Outcome.UNKNOWN_DEVICE, device_id=ask.device_id)
        try:
            if await asyncio.to_thread(self._field.settle):
                await self._renew()
            given = await asyncio.to_thread(self._given, ask, self._view())
        except StorageUnavailableError:
            return Reply(Outcome.NOT_KEPT, device_id=ask.device_id)
        if given is None:
            return Reply(Outcome.NOT_UNDERSTOOD, device_id=ask.device_id)
        return Reply(Outcome.ANSWERED, sealed_given(given, self._signer), ask.device_id)

    def _given(self, ask: Ask, view: View) -> Given | None:
        """Give the answer; None for a recording."""
        known = self._contacts.get(ask.device_id)
        login = ask.officer or (known.login if known is not None else "")
        officers = {one.login: one for one in self._stores.consoles.officers(ask.device_id)}
        refused = self._refused(ask, login, officers)
        assigned = officers.get(login)
        begins = ask.officer_key if ask.password and not refused else b""
        contact = Contact(
            device_id=ask.device_id,
            count=ask.count,
            login=login if not refused else (known.login if known is not None else ""),
            boot=ask.boot,
            monotonic_ms=ask.monotonic_ms,
            console_at=ask.at,
            seen_at=self._clock(),
        )
        if not self._stores.consoles.contacted(contact, begins):
            return None
        self._contacts = {**self._contacts, ask.device_id: contact}
        package = None
        if ask.wants and not refused and assigned is not None:
            package = self._package(ask, assigned, begins or assigned.officer_key, view)
        news = None
        if ask.news and not refused and assigned is not None:
            news = self._news(ask, assigned, begins or assigned.officer_key)
        return Given(
            device_id=ask.device_id,
            count=ask.count,
            at=contact.seen_at,
            server_key=self.box.public_key,
            refused=refused,
            package=package,
            news=news,
        )

    def _refused(self, ask: Ask, login: str, officers: Mapping[str, Assigned]) -> str:
        """Say why this officer gets nothing; nothing where they do."""
        if ask.password:
            return self._mistaken(ask, officers)
        return "" if login in officers and officers[login].officer_key else "no_officer"

    def _mistaken(self, ask: Ask, officers: Mapping[str, Assigned]) -> str:
        peer = f"console/{ask.device_id}"
        throttle, since = self._stores.throttle, self._clock() - TRIED_WITHIN
        if throttle.failures(ask.officer, peer, since).of_peer >= TRIES:
            return "too_often"
        account = self._stores.accounts.get(ask.officer)
        if not matches(_NOBODY if account is None else account.password, ask.password) or account is None:
            throttle.failed(ask.officer, peer)
            return "wrong_password"
        return "" if account.login in officers else "not_assigned"

    def _package(self, ask: Ask, assigned: Assigned, officer_key: bytes, view: View) -> bytes | None:
        account = self._stores.accounts.get(assigned.login)
        if account is None or not officer_key:
            return None
        package = self._made(assigned, account, view)
        try:
            sealed = sealed_package(package, ask.box_key, officer_key, self._random(SEED_BYTES))
        except SealBrokenError:
            return None
        self._stores.consoles.packaged(ask.device_id, account.login, [one.person.id for one in package.cases])
        return sealed

    def _news(self, ask: Ask, assigned: Assigned, officer_key: bytes) -> bytes | None:
        """Give what became of the officer's acts, and how those stand whose page is open."""
        account = self._stores.accounts.get(assigned.login)
        if account is None or not officer_key:
            return None
        people = [one.id for one in self._caseload(assigned, account) if one.id in ask.about]
        news = News(
            at=self._clock(),
            people=tuple(self._now(one) for one in people),
            acts=self._field.told(ask.device_id, assigned.login),
        )
        try:
            sealed = sealed_news(news, ask.device_id, (ask.box_key, officer_key), self._random(SEED_BYTES))
        except SealBrokenError:
            return None
        if people:
            self._stores.consoles.asked_about(ask.device_id, account.login, people)
        return sealed

    def _caseload(self, assigned: Assigned, account: Account) -> list[Person]:
        return list(caseload.chosen(assigned, account.bounds, self._stores.registers.people()))

    def _now(self, person_id: PersonId) -> Now:
        stores, at = self._stores, self._clock()
        worn = caseload.worn(stores.registers.supervision(person_id).fittings, at)
        walks = stores.records.words(WALK, worn, limit=1)
        return caseload.now_of(
            person_id,
            stores.live.of(person_id),
            sum(one.alarm.state is not AlarmState.CLOSED for one in stores.alarms.of_person(person_id)),
            next(iter(walks), None),
        )

    def _made(self, assigned: Assigned, account: Account, view: View) -> Package:
        now = self._clock()
        registers = self._stores.registers
        supervisions = registers.supervisions()
        people = self._caseload(assigned, account)
        known = caseload.Known(
            people=people,
            supervisions=supervisions,
            photos=self._stores.photos.of(one.id for one in people),
            live={row.person_id: row for row in self._stores.live.all()},
            alarms=Counter(one.alarm.person_id for one in self._stores.alarms.open()),
        )
        cases, until_at = caseload.cases(known, now), now + caseload.LASTS
        on_anybody = caseload.worn((one for each in supervisions.values() for one in each.fittings), now)
        carried = {*assigned.spares, *self._field.taken_off(assigned.device_id, account.login)}
        spares = caseload.spares(carried, registers.devices(), on_anybody)
        return Package(
            console_id=assigned.device_id,
            officer=account.login,
            officer_name=account.name,
            language=account.language,
            timezone=TIMEZONE,
            issued_at=now,
            expires_at=until_at,
            cases=cases,
            keys=caseload.keys(cases, spares, view.beacons, now, until_at),
            spares=spares,
        )
