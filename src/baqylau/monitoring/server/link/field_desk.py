"""Who takes over what officers did in the field: whether they may, then what follows, one act after another."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import msgspec
import structlog
from msgspec import Struct

from baqylau.domain.field import FieldKind, FieldRefusal, FieldState, Stage
from baqylau.domain.ids import DeviceId
from baqylau.domain.people import Device
from baqylau.domain.rights import Action, may
from baqylau.monitoring.server.link.fieldwork import named, outcome
from baqylau.monitoring.server.link.view import View
from baqylau.protocols.console.words import Act, Settled
from baqylau.storage.access.accounts import Accounts
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.consoles import Consoles
from baqylau.storage.equipment.field_acts import FieldAct, FieldActs, Ground, Outcome
from baqylau.storage.registers.registers import Registers

log = structlog.get_logger()

TOLD_FOR = timedelta(days=7)
"""So long an officer is told what became of an act."""


class FieldStores(Struct, frozen=True, kw_only=True):
    """Where everything about work in the field is kept."""

    acts: FieldActs
    commands: Commands
    consoles: Consoles
    accounts: Accounts
    registers: Registers


class FieldDesk:
    """Takes acts over. Use it from any thread; two at once do no harm."""

    def __init__(self, stores: FieldStores, view: Callable[[], View], clock: Callable[[], datetime]) -> None:
        self._stores, self._view, self._clock = stores, view, clock

    def settle(self) -> bool:
        """Take over what waits, in its order; give whether there was anything."""
        waiting = self._stores.acts.waiting()
        for act in waiting:
            said = msgspec.convert(act.body, Act)
            self._stores.acts.settle(act, named(said), partial(self._outcome, act, said))
            log.info("field_act", number=act.number, kind=act.kind, stage=act.stage)
        return bool(waiting)

    def _outcome(self, act: FieldAct, said: Act, ground: Ground) -> Outcome:
        if not self._theirs(act):
            return FieldRefusal.NOT_THEIRS
        return outcome(said, act.at, self._clock(), ground, self._knows)

    def _theirs(self, act: FieldAct) -> bool:
        """Whether the officer may act for this person with this console."""
        stores = self._stores
        account, person = stores.accounts.get(act.officer), stores.registers.person(act.person_id)
        assigned = next((one for one in stores.consoles.officers(act.console_id) if one.login == act.officer), None)
        if account is None or person is None or assigned is None or account.suspended:
            return False
        chosen = person.district in assigned.districts or person.id in assigned.people
        right = Action.ORDER_DEVICE if act.kind is FieldKind.ORDER else Action.WORK_IN_THE_FIELD
        return chosen and account.bounds.hold(person.id, person.district) and may(account.role, right)

    def _knows(self, device: Device) -> bool:
        view = self._view()
        return view.beacons.knows(device.id) or device.id in view.keys

    def taken_off(self, console_id: DeviceId, officer: str) -> frozenset[DeviceId]:
        """Give what an officer took off people in the last days: they carry it, as far as nobody wears it."""
        acts = self._stores.acts.of_officer(console_id, officer, self._clock() - TOLD_FOR)
        done = (one for one in acts if one.stage is Stage.DONE and one.state is FieldState.DONE)
        return frozenset(DeviceId(one.body["off"]) for one in done if one.body.get("off"))

    def told(self, console_id: DeviceId, officer: str) -> tuple[Settled, ...]:
        """Give what became of an officer's acts of the last days."""
        acts = self._stores.acts.of_officer(console_id, officer, self._clock() - TOLD_FOR)
        ordered = [(DeviceId(one.body["device_id"]), one.command) for one in acts if one.command is not None]
        rows = self._stores.commands.of({name for name, _ in ordered}) if ordered else []
        states = {(row.command.device_id, row.command.number): str(row.state) for row in rows}
        return tuple(
            Settled(
                act_id=one.act_id,
                stage=one.stage,
                state=one.state,
                refusal=one.refusal,
                at=one.settled_at or one.kept_at,
                command="" if one.command is None else states.get((one.body["device_id"], one.command), ""),
            )
            for one in acts
        )
