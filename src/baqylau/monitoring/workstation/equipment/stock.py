"""Where equipment is, as the pages show and record it, in a thread. No person is named here."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from baqylau.crypto.signing import Signer
from baqylau.domain.ids import DeviceId, PersonId
from baqylau.domain.orders import Fitting
from baqylau.domain.papers import PaperKind
from baqylau.domain.people import Device, DeviceKind, Language
from baqylau.domain.rights import Action, may
from baqylau.domain.stock import (
    KEEPS_OFF,
    POSSIBLE,
    USABLE,
    Issued,
    KeptAct,
    Lost,
    SentToRepair,
    StockAct,
    StockState,
    TakenIn,
    Withdrawn,
    Worn,
    WrittenOff,
    standing,
    whereabouts,
)
from baqylau.monitoring.server.importing.registry import PROTOCOLS
from baqylau.monitoring.server.papers.facts import StockFile
from baqylau.monitoring.server.papers.making import Maker
from baqylau.monitoring.workstation.access.duty import missing
from baqylau.monitoring.workstation.cases.faults import wrong_fields
from baqylau.monitoring.workstation.cases.messages import FieldFault
from baqylau.monitoring.workstation.equipment.stock_messages import (
    Batch,
    StockCard,
    StockDeed,
    StockPage,
    StockRow,
    StockWorn,
)
from baqylau.monitoring.workstation.refusals import RefusedError, not_found
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.access.accounts import Account
from baqylau.storage.equipment.stock import SignedAct, Stock, UnknownActError
from baqylau.storage.people.papers import Receipt, Wanted
from baqylau.storage.registers.registry import RegisterRefusedError

_AT_ONCE: Final = 500
"""Devices whose acts are read at a time, while a page is filled."""
_SOON: Final = timedelta(hours=1)
_LONG_AGO: Final = timedelta(days=3_660)
_NEEDED: Final[dict[type, tuple[str, ...]]] = {
    TakenIn: ("place",),
    Issued: ("to",),
    SentToRepair: ("workshop", "fault"),
    Lost: ("text",),
    WrittenOff: ("grounds",),
    Withdrawn: ("why",),
}
"""Words without which an act says too little."""
_BY_AN_ACT: Final[dict[StockState, type[StockAct]]] = {
    StockState.ISSUED: Issued,
    StockState.IN_REPAIR: SentToRepair,
    StockState.LOST: Lost,
    StockState.WRITTEN_OFF: WrittenOff,
}
"""States in which nothing is without an act of its kind: only such devices are looked at."""
_CAN_BE_PUT_ON: Final = USABLE | {StockState.FITTED}
"""A home unit that is in one flat may serve one more of its people."""


class StockAsked(Struct, frozen=True, kw_only=True):
    """Which devices are asked for."""

    state: StockState | None = None
    kind: DeviceKind | None = None
    words: str = ""
    after: str = ""
    limit: int = 50


class StockRecords:
    """The pages' side of the store."""

    def __init__(
        self, stores: Stores, timezone: str, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._stores, self._zone, self._clock, self._random = stores, ZoneInfo(timezone), clock, random
        self._stock = Stock(stores.engine, clock)
        self._fitted: tuple[int, Mapping[DeviceId, Sequence[Fitting]]] = (-1, {})

    def page(self, asked: StockAsked, by: Account) -> StockPage:
        """Give the devices that were asked for, by their names."""
        self._stores.audit.record(by.login, "look.stock", "stock")
        found, at = list(self._found(asked)), self._clock()
        return StockPage(
            at=at,
            today=at.astimezone(self._zone).date(),
            rows=tuple(found[: asked.limit]),
            next=found[asked.limit - 1].id if len(found) > asked.limit else None,
            protocols=PROTOCOLS,
            may_keep=may(by.role, Action.KEEP_STOCK),
        )

    def card(self, device_id: DeviceId, by: Account, signer: Signer) -> StockCard:
        """Give everything about where one device was."""
        device = self._device(device_id, by)
        self._stores.audit.record(by.login, "look.stock", f"device/{device_id}")
        return self._card(device, by, signer)

    def take_in(self, batch: Batch, by: Account, signer: Signer) -> StockPage:
        """Register devices that came new, and give the list from the first of them on."""
        faults = list(self._of_batch(batch))
        if faults:
            raise wrong_fields(faults)
        devices = [
            Device(id=self._fresh(batch.kind), kind=batch.kind, protocol=batch.protocol, number=number)
            for number in batch.numbers
        ]
        try:
            self._stock.take_in(devices, batch.act, by.login, signer)
        except RegisterRefusedError as refused:
            taken = {one.key for one in refused.faults}
            numbers = ", ".join(one.number for one in devices if one.id in taken)
            params: dict[str, str | int | float] = {"numbers": numbers}
            raise wrong_fields([FieldFault(field="numbers", key="stock.fault.taken", params=params)]) from None
        return self.page(StockAsked(words=batch.act.batch or batch.numbers[0]), by)

    def act(self, device_id: DeviceId, act: StockAct, by: Account, signer: Signer) -> StockCard:
        """Record what was done with a device."""
        device = self._device(device_id, by)
        faults = list(self._of_act(act))
        if faults:
            raise wrong_fields(faults)

        def judge(so_far: Sequence[KeptAct]) -> None:
            now = whereabouts(so_far, self._times(device_id), self._clock())
            if not isinstance(act, Withdrawn) and type(act) not in POSSIBLE[now.state]:
                raise RefusedError(HTTPStatus.CONFLICT, f"stock.refused.{now.state}")

        try:
            self._stock.record(device_id, act, by.login, signer, judge)
        except UnknownActError:
            raise RefusedError(HTTPStatus.CONFLICT, "stock.refused.no_act") from None
        return self._card(device, by, signer)

    def paper(
        self, maker: Maker, device_id: DeviceId, number: int, language: Language, by: Account
    ) -> tuple[bytes, Receipt]:
        """Make the act of a deed as a paper."""
        device, kept = self._device(device_id, by), self._stock.act(number)
        if kept is None or kept.device_id != device_id or isinstance(kept.act, Withdrawn):
            raise not_found("stock.refused.no_paper")
        wanted = Wanted(
            kind=PaperKind.STOCK,
            person_id=PersonId(""),
            by=by.login,
            purpose=f"device/{device_id}",
            recipient="",
            language=language.value,
        )
        name = self._names().get(kept.by, kept.by)
        known = self._row(device, self._stock.of([device_id]).get(device_id, ())).now
        return maker.about_stock(wanted, StockFile(device=device, kept=kept, act=kept.act, by_name=name, known=known))

    def unusable(self) -> frozenset[DeviceId]:
        """Give the devices that can be put on nobody: in repair, lost or written off."""
        known = self._stores.directory.book().devices
        doubtful = self._stock.ever(*KEEPS_OFF) & known.keys()
        acts = self._stock.of(doubtful)
        now = {one: self._row(known[one], acts[one]).now for one in doubtful}
        return frozenset(one for one in doubtful if now[one].against or now[one].state not in _CAN_BE_PUT_ON)

    def _found(self, asked: StockAsked) -> Iterator[StockRow]:
        """Give one more than is wanted, where there is one more."""
        left, names = asked.limit + 1, self._chosen(asked)
        devices = self._stores.directory.book().devices
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            acts = self._stock.of(some)
            rows = (self._row(devices[one], acts.get(one, ())) for one in some)
            for row in rows:
                if asked.state in {None, row.now.state}:
                    yield row
                    left -= 1
                if not left:
                    return

    def _chosen(self, asked: StockAsked) -> list[DeviceId]:
        """Give the names of devices that may be meant, as far as the registers and an index can tell."""
        devices, words = self._stores.directory.book().devices, asked.words.casefold().split()
        act = _BY_AN_ACT.get(asked.state) if asked.state else None
        names = sorted(devices if act is None else self._stock.ever(act) & devices.keys())
        batch = self._stock.of_batch(asked.words.strip()) if words else frozenset[DeviceId]()
        return [
            name
            for name in names[bisect_right(names, DeviceId(asked.after)) :]
            if asked.kind in {None, devices[name].kind}
            and (name in batch or all(word in _said(devices[name]) for word in words))
        ]

    def _row(self, device: Device, acts: Sequence[KeptAct]) -> StockRow:
        now = whereabouts(acts, self._times(device.id), self._clock())
        return StockRow(id=device.id, kind=device.kind, protocol=device.protocol, number=device.number, now=now)

    def _card(self, device: Device, by: Account, signer: Signer) -> StockCard:
        signed = self._stock.signed(device.id, signer.public_key)
        acts = [one.kept for one in signed]
        stand, row, names = {one.number for one, _ in standing(acts)}, self._row(device, acts), self._names()
        possible = POSSIBLE[row.now.state]
        return StockCard(
            at=self._clock(),
            row=row,
            deeds=tuple(_deed(one, names, stand) for one in reversed(signed)),
            worn=tuple(self._worn(device.id, names)),
            possible=tuple(sorted(str(one.__struct_config__.tag) for one in possible)),
            may_keep=may(by.role, Action.KEEP_STOCK),
        )

    def _worn(self, device_id: DeviceId, names: Mapping[str, str]) -> Iterator[StockWorn]:
        """Give when it was on people and who said so first, the newest first."""
        fittings = self._fittings().get(device_id, ())
        said = self._stock.put_on_by(fittings)
        for one in sorted(fittings, key=lambda one: one.from_at, reverse=True):
            by = said[one.id]
            yield StockWorn(from_at=one.from_at, until_at=one.until_at, by=by, by_name=names.get(by, by))

    def _times(self, device_id: DeviceId) -> Sequence[Worn]:
        fittings = self._fittings().get(device_id, ())
        return [Worn(from_at=one.from_at, until_at=one.until_at) for one in fittings]

    def _fittings(self) -> Mapping[DeviceId, Sequence[Fitting]]:
        """Give when each device was put on whom; read anew when the registers were saved."""
        book = self._stores.directory.book()
        if self._fitted[0] != book.version:
            fitted: dict[DeviceId, list[Fitting]] = defaultdict(list)
            for supervision in book.supervisions.values():
                for one in supervision.fittings:
                    fitted[one.device_id].append(one)
            self._fitted = (book.version, fitted)
        return self._fitted[1]

    def _device(self, device_id: DeviceId, by: Account) -> Device:
        device = self._stores.directory.book().devices.get(device_id)
        if device is None:
            raise missing(by, "device.refused.not_found")
        return device

    def _names(self) -> dict[str, str]:
        return {one.login: one.name for one in self._stores.accounts.all()}

    def _fresh(self, kind: DeviceKind) -> DeviceId:
        return DeviceId(f"{kind.value.replace('_', '-')}-{self._random(5).hex()}")

    def _of_batch(self, batch: Batch) -> Iterator[FieldFault]:
        if batch.protocol not in PROTOCOLS:
            yield FieldFault(field="protocol", key="stock.fault.protocol")
        twice = sorted({one for one in batch.numbers if batch.numbers.count(one) > 1})
        if twice:
            yield FieldFault(field="numbers", key="stock.fault.twice", params={"numbers": ", ".join(twice)})
        yield from self._of_act(batch.act)

    def _of_act(self, act: StockAct) -> Iterator[FieldFault]:
        now = self._clock()
        for name in _NEEDED[type(act)]:
            if not getattr(act, name).strip():
                yield FieldFault(field=f"act.{name}", key="case.fault.empty")
        if not isinstance(act, Withdrawn) and not now - _LONG_AGO < act.at <= now + _SOON:
            yield FieldFault(field="act.at", key="case.fault.later" if act.at > now else "case.fault.year")


def _said(device: Device) -> str:
    return f"{device.id} {device.number} {device.protocol}".casefold()


def _deed(one: SignedAct, names: Mapping[str, str], stand: set[int]) -> StockDeed:
    kept = one.kept
    return StockDeed(
        number=kept.number,
        by=kept.by,
        by_name=names.get(kept.by, kept.by),
        recorded_at=kept.recorded_at,
        act=kept.act,
        counts=kept.number in stand,
        holds=one.holds,
    )
