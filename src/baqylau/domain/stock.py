"""Where a piece of equipment is, and what was done with it while it was on nobody: acts, and what follows from them.

On whom it is the registers alone say. An act that was recorded wrongly is taken back with a reason, and stays readable.
"""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, assert_never

from msgspec import Meta, Struct

from baqylau.domain.ids import DeviceId

Line = Annotated[str, Meta(max_length=256, pattern=r"^[^\x00]*$")]
Lines = Annotated[str, Meta(max_length=2_000, pattern=r"^[^\x00]*$")]
Instant = Annotated[datetime, Meta(tz=True)]


class StockState(StrEnum):
    """Where a device is."""

    IN_STOCK = "in_stock"
    ISSUED = "issued"
    """Somebody of the service has it in hand, to fit it."""
    FITTED = "fitted"
    RETURNED = "returned"
    """It came off a person, and nobody has looked it over and taken it in since."""
    IN_REPAIR = "in_repair"
    LOST = "lost"
    WRITTEN_OFF = "written_off"
    NOT_RECORDED = "not_recorded"
    """It was registered, by a file say, and nobody said where it is."""


class KeptOff(StrEnum):
    """Why a device can be put on nobody, in the words of the states."""

    IN_REPAIR = "in_repair"
    LOST = "lost"
    WRITTEN_OFF = "written_off"


class TakenIn(Struct, frozen=True, tag="taken_in", kw_only=True, forbid_unknown_fields=True):
    """It lies in the store: new, come back, or found again."""

    at: Instant
    place: Line
    batch: Line = ""
    """Under which it was bought. Empty: as before."""
    battery_until: date | None = None
    """When its battery should be changed. None: as before."""
    warranty_until: date | None = None


class Issued(Struct, frozen=True, tag="issued", kw_only=True, forbid_unknown_fields=True):
    """It was handed to somebody of the service."""

    at: Instant
    to: Line


class SentToRepair(Struct, frozen=True, tag="repair", kw_only=True, forbid_unknown_fields=True):
    """It was given away to be repaired."""

    at: Instant
    workshop: Line
    fault: Lines


class Lost(Struct, frozen=True, tag="lost", kw_only=True, forbid_unknown_fields=True):
    """Nobody knows where it is."""

    at: Instant
    text: Lines


class WrittenOff(Struct, frozen=True, tag="written_off", kw_only=True, forbid_unknown_fields=True):
    """It will not be used again."""

    at: Instant
    grounds: Lines


class Withdrawn(Struct, frozen=True, tag="withdrawn", kw_only=True, forbid_unknown_fields=True):
    """An earlier act was recorded wrongly."""

    act: int
    why: Lines


Done = TakenIn | Issued | SentToRepair | Lost | WrittenOff
StockAct = Done | Withdrawn


class KeptAct(Struct, frozen=True, kw_only=True):
    """An act as somebody recorded it."""

    number: int
    device_id: DeviceId
    by: str
    recorded_at: datetime
    act: StockAct


class Worn(Struct, frozen=True, kw_only=True):
    """On a person from one instant to another."""

    from_at: datetime
    until_at: datetime | None


class Whereabouts(Struct, frozen=True, kw_only=True):
    """Where a device is, since when, and what is known of it."""

    state: StockState
    since_at: datetime | None
    """None: nobody said anything of it."""
    against: KeptOff | None
    """What its last act says, where that forbids where it is or was since: a person got what was written off."""
    place: str
    """Where it lies, or who has it; empty for what is on a person."""
    batch: str
    battery_until: date | None
    warranty_until: date | None


_LIES: dict[type[Done], StockState] = {
    TakenIn: StockState.IN_STOCK,
    Issued: StockState.ISSUED,
    SentToRepair: StockState.IN_REPAIR,
    Lost: StockState.LOST,
    WrittenOff: StockState.WRITTEN_OFF,
}
_AT_HAND: frozenset[type[Done]] = frozenset(_LIES)
POSSIBLE: dict[StockState, frozenset[type[Done]]] = {
    StockState.IN_STOCK: _AT_HAND,
    StockState.ISSUED: _AT_HAND,
    StockState.RETURNED: _AT_HAND,
    StockState.FITTED: frozenset({Lost}),
    StockState.IN_REPAIR: frozenset({TakenIn, Lost, WrittenOff}),
    StockState.LOST: frozenset({TakenIn, WrittenOff}),
    StockState.WRITTEN_OFF: frozenset(),
    StockState.NOT_RECORDED: _AT_HAND,
}
"""Which acts make sense of a device in each state."""
USABLE = frozenset({StockState.IN_STOCK, StockState.ISSUED, StockState.RETURNED, StockState.NOT_RECORDED})
"""What can be put on somebody."""
KEEPS_OFF: dict[type[StockAct], KeptOff] = {
    SentToRepair: KeptOff.IN_REPAIR,
    Lost: KeptOff.LOST,
    WrittenOff: KeptOff.WRITTEN_OFF,
}
"""Acts after which it can be put on nobody, until another one says that it is back."""


def standing(acts: Sequence[KeptAct]) -> tuple[tuple[KeptAct, Done], ...]:
    """Give the acts that were not taken back, in the order in which they were done."""
    gone = {one.act.act for one in acts if isinstance(one.act, Withdrawn)}
    stand = [(one, one.act) for one in acts if not isinstance(one.act, Withdrawn) and one.number not in gone]
    return tuple(sorted(stand, key=lambda pair: (pair[1].at, pair[0].number)))


def whereabouts(acts: Sequence[KeptAct], worn: Sequence[Worn], now: datetime) -> Whereabouts:
    """Give where a device is, from all that was done with it and its times on people."""
    done = [act for _, act in standing(acts)]
    taken_in = [act for act in done if isinstance(act, TakenIn)]
    last = done[-1] if done else None
    state, since_at = _state(last, worn, now)
    moved = state in {StockState.FITTED, StockState.RETURNED}
    return Whereabouts(
        state=state,
        since_at=since_at,
        against=KEEPS_OFF.get(type(last)) if moved and last else None,
        place="" if moved or last is None else _place(last),
        batch=next((act.batch for act in reversed(taken_in) if act.batch), ""),
        battery_until=next((act.battery_until for act in reversed(taken_in) if act.battery_until), None),
        warranty_until=next((act.warranty_until for act in reversed(taken_in) if act.warranty_until), None),
    )


def _state(last: Done | None, worn: Sequence[Worn], now: datetime) -> tuple[StockState, datetime | None]:
    begun = [one for one in worn if one.from_at <= now]
    on = max((one.from_at for one in begun if one.until_at is None or one.until_at > now), default=None)
    if on is not None:
        lost = isinstance(last, Lost) and last.at >= on
        return (StockState.LOST, last.at) if lost and last else (StockState.FITTED, on)
    off = max((one.until_at for one in begun if one.until_at is not None and one.until_at > one.from_at), default=None)
    if off is not None and (last is None or last.at < off):
        return StockState.RETURNED, off
    return (StockState.NOT_RECORDED, None) if last is None else (_LIES[type(last)], last.at)


def _place(act: Done) -> str:
    match act:
        case TakenIn(place=place):
            return place
        case Issued(to=to):
            return to
        case SentToRepair(workshop=workshop):
            return workshop
        case Lost() | WrittenOff():
            return ""
        case _:
            assert_never(act)
