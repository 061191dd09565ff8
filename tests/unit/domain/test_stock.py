"""Where a device is follows from what was done with it and from when it was on people."""

from datetime import UTC, date, datetime, timedelta

from baqylau.domain.ids import DeviceId
from baqylau.domain.stock import (
    Issued,
    KeptAct,
    KeptOff,
    Lost,
    SentToRepair,
    StockAct,
    StockState,
    TakenIn,
    Withdrawn,
    Worn,
    WrittenOff,
    whereabouts,
)

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def kept(*acts: StockAct) -> tuple[KeptAct, ...]:
    return tuple(
        KeptAct(number=number, device_id=DeviceId("d-1"), by="serik", recorded_at=NOON, act=act)
        for number, act in enumerate(acts, start=1)
    )


NEW = TakenIn(at=at(0), place="shelf 4", batch="B-17", warranty_until=date(2027, 3, 1))


def state(acts: tuple[KeptAct, ...], *worn: Worn, now: float = 100) -> tuple[StockState, datetime | None, str]:
    found = whereabouts(acts, worn, at(now))
    return found.state, found.since_at, found.place


def test_each_act_moves_it_on_and_of_what_nobody_said_anything_nobody_knows() -> None:
    assert state(()) == (StockState.NOT_RECORDED, None, "")
    assert state(kept(NEW)) == (StockState.IN_STOCK, at(0), "shelf 4")
    assert state(kept(NEW, Issued(at=at(1), to="Serik"))) == (StockState.ISSUED, at(1), "Serik")
    repair = SentToRepair(at=at(2), workshop="Bench", fault="strap")
    assert state(kept(NEW, repair)) == (StockState.IN_REPAIR, at(2), "Bench")
    assert state(kept(NEW, WrittenOff(at=at(3), grounds="broken"))) == (StockState.WRITTEN_OFF, at(3), "")


def test_the_registers_say_on_whom_it_is_and_what_came_off_waits_to_be_looked_over() -> None:
    on = Worn(from_at=at(5), until_at=at(50))
    assert state(kept(NEW), on, now=4) == (StockState.IN_STOCK, at(0), "shelf 4")
    assert state(kept(NEW), on, now=20) == (StockState.FITTED, at(5), "")
    assert state(kept(NEW), on) == (StockState.RETURNED, at(50), "")
    assert state(kept(NEW, TakenIn(at=at(60), place="shelf 9")), on) == (StockState.IN_STOCK, at(60), "shelf 9")
    assert state(kept(NEW, Lost(at=at(20), text="in the river")), on, now=30) == (StockState.LOST, at(20), "")
    assert state(kept(Lost(at=at(1), text="found since"), NEW), on, now=20)[0] is StockState.FITTED
    assert state((), Worn(from_at=at(5), until_at=at(5))) == (StockState.NOT_RECORDED, None, "")


def test_what_is_put_on_although_its_last_act_forbids_it_is_said_until_an_act_clears_it() -> None:
    def against(*acts: StockAct, now: float) -> KeptOff | None:
        return whereabouts(kept(NEW, *acts), (on,), at(now)).against

    on, gone = Worn(from_at=at(5), until_at=at(50)), WrittenOff(at=at(3), grounds="crushed")
    assert (against(gone, now=4), against(gone, now=20)) == (None, KeptOff.WRITTEN_OFF)
    assert against(gone, now=60) is KeptOff.WRITTEN_OFF, "it came off, and still nobody said that it may be used"
    assert against(gone, TakenIn(at=at(55), place="shelf 1"), now=60) is None
    assert against(SentToRepair(at=at(6), workshop="Bench", fault="strap"), now=20) is KeptOff.IN_REPAIR
    assert against(Lost(at=at(20), text="in the river"), now=30) is None, "lost on somebody is where it is"
    assert against(Issued(at=at(1), to="Serik"), now=20) is None


def test_what_is_not_said_anew_stays_and_what_was_taken_back_does_not_count() -> None:
    again = kept(NEW, SentToRepair(at=at(2), workshop="Bench", fault="strap"), TakenIn(at=at(3), place="shelf 1"))
    found = whereabouts(again, (), at(9))
    assert (found.batch, found.warranty_until, found.battery_until, found.place) == (
        "B-17",
        date(2027, 3, 1),
        None,
        "shelf 1",
    )
    assert state(kept(NEW, WrittenOff(at=at(3), grounds="a"), Withdrawn(act=2, why="another one")))[0] is (
        StockState.IN_STOCK
    )
