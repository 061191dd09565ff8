"""What was done with equipment while it was on nobody: each act signed when it is recorded."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, func, insert, select, text

from baqylau.crypto.signing import Signer, signed_by
from baqylau.domain.ids import DeviceId, FittingId
from baqylau.domain.orders import Fitting
from baqylau.domain.people import Device
from baqylau.domain.stock import KeptAct, StockAct, TakenIn, Withdrawn, standing
from baqylau.storage.access import audit
from baqylau.storage.alarms.feed import notify
from baqylau.storage.database import among, transaction
from baqylau.storage.equipment.stock_tables import stock_act
from baqylau.storage.registers.register_rows import FITTING
from baqylau.storage.registers.registers import lock_registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.registers.saving import save
from baqylau.storage.schema import register, register_version

STOCK_LOCK = 0x6261_7182
CONTEXT = b"baqylau stock act\x00"
"""Goes before what is signed, so that a signature of an act is good for nothing else."""
_READ = (stock_act.c.number, stock_act.c.device_id, stock_act.c.by, stock_act.c.recorded_at, stock_act.c.act)
Judge = Callable[[Sequence[KeptAct]], None]
"""Gets what was done with a device so far; raises what speaks against a further act."""


class UnknownActError(Exception):
    """The act that is to be taken back is not there, or not any more."""


class SignedAct(Struct, frozen=True, kw_only=True):
    """An act, and whether it is as it was signed."""

    kept: KeptAct
    holds: bool


class Stock:
    """Keeps the acts."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine, self._clock = engine, clock

    def record(self, device_id: DeviceId, act: StockAct, by: str, signer: Signer, judge: Judge) -> KeptAct:
        """Write an act down, unless `judge` raises at what was done so far. `UnknownActError`."""
        with transaction(self._engine) as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STOCK_LOCK})
            so_far = _of(connection, [device_id])[device_id]
            if isinstance(act, Withdrawn) and act.act not in {one.number for one, _ in standing(so_far)}:
                raise UnknownActError(act.act)
            judge(so_far)
            return self._write(connection, device_id, act, by, signer)

    def take_in(self, devices: Iterable[Device], act: TakenIn, by: str, signer: Signer) -> None:
        """Register devices and write down that they lie in the store: all of them, or none.

        `RegisterRefusedError` when one cannot be registered.
        """
        at, new = self._clock(), tuple(devices)
        with transaction(self._engine) as connection:
            lock_registers(connection)
            version = save(connection, Registry(devices=new), by=by, at=at)
            audit.record(connection, who=by, what="registers.save", about=f"registers/{version}", at=at)
            for device in new:
                self._write(connection, device.id, act, by, signer)
            notify(connection, "registers")

    def of(self, device_ids: Collection[DeviceId]) -> Mapping[DeviceId, Sequence[KeptAct]]:
        """Give what was done with each of the devices, the oldest act first."""
        with transaction(self._engine) as connection:
            return _of(connection, device_ids)

    def signed(self, device_id: DeviceId, public_key: bytes) -> list[SignedAct]:
        """Give what was done with one device, the oldest first, each held against its signature by the key."""
        wanted = select(stock_act).where(stock_act.c.device_id == device_id).order_by(stock_act.c.number)
        with transaction(self._engine) as connection:
            rows = list(connection.execute(wanted))
        return [_signed(row, public_key) for row in rows]

    def act(self, number: int) -> KeptAct | None:
        """Give one act."""
        with transaction(self._engine) as connection:
            row = connection.execute(select(*_READ).where(stock_act.c.number == number)).one_or_none()
        return None if row is None else msgspec.convert(row, KeptAct, from_attributes=True)

    def ever(self, *acts: type[StockAct]) -> frozenset[DeviceId]:
        """Give the devices of which an act of one of these kinds was ever recorded."""
        tags = [str(one.__struct_config__.tag) for one in acts]
        with transaction(self._engine) as connection:
            wanted = select(stock_act.c.device_id).where(among(stock_act.c.act["type"].astext, tags)).distinct()
            return frozenset(DeviceId(one) for one in connection.scalars(wanted))

    def of_batch(self, batch: str) -> frozenset[DeviceId]:
        """Give the devices that came in a batch, whatever the case of its letters."""
        with transaction(self._engine) as connection:
            chosen = func.lower(stock_act.c.act["batch"].astext) == batch.lower()
            return frozenset(DeviceId(one) for one in connection.scalars(select(stock_act.c.device_id).where(chosen)))

    def put_on_by(self, fittings: Collection[Fitting]) -> Mapping[FittingId, str]:
        """Give who first recorded each of the fittings: a login, or the name of an imported file."""
        row, named = register.c, [one.id for one in fittings]
        wanted = (
            select(row.key, register_version.c.by)
            .join_from(register, register_version)
            .where(
                row.kind == FITTING, among(row.key, named), among(row.person_id, [one.person_id for one in fittings])
            )
            .order_by(row.id.desc())
        )
        with transaction(self._engine) as connection:
            return {FittingId(key): by for key, by in connection.execute(wanted)}

    def _write(self, connection: Connection, device_id: DeviceId, act: StockAct, by: str, signer: Signer) -> KeptAct:
        at = self._clock().astimezone(UTC)
        number = connection.scalar(text("SELECT nextval(pg_get_serial_sequence('stock_act', 'number'))"))
        kept = KeptAct(number=int(number or 0), device_id=device_id, by=by, recorded_at=at, act=act)
        statement = msgspec.json.encode(kept)
        row = {**msgspec.structs.asdict(kept), "act": msgspec.to_builtins(act), "statement": statement}
        signature = signer.sign(CONTEXT + statement)
        connection.execute(insert(stock_act).values(**row, public_key=signer.public_key, signature=signature))
        what = f"stock.{act.__struct_config__.tag}"
        audit.record(connection, who=by, what=what, about=f"device/{device_id}", purpose=f"act/{number}", at=at)
        return kept


def _of(connection: Connection, device_ids: Collection[DeviceId]) -> Mapping[DeviceId, Sequence[KeptAct]]:
    wanted = select(*_READ).where(among(stock_act.c.device_id, device_ids)).order_by(stock_act.c.number)
    found: dict[DeviceId, list[KeptAct]] = defaultdict(list)
    for row in connection.execute(wanted):
        kept = msgspec.convert(row, KeptAct, from_attributes=True)
        found[kept.device_id].append(kept)
    return found


def _signed(row: "msgspec.Raw | object", public_key: bytes) -> SignedAct:
    kept = msgspec.convert(row, KeptAct, from_attributes=True)
    statement, signature = (getattr(row, name) for name in ("statement", "signature"))
    said = msgspec.json.decode(statement, type=KeptAct)
    return SignedAct(kept=kept, holds=said == kept and signed_by(public_key, CONTEXT + statement, signature))
