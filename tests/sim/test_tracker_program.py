"""A tracker's own program against a real server: a day that comes late, and a strap that is cut now."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Engine, func, select
from typer.testing import CliRunner

from baqylau.cli import app
from baqylau.devices.strap import Sample
from baqylau.devices.tracker.board_line import written
from baqylau.devices.tracker.folder import Folder
from baqylau.devices.tracker.machine import Machine
from baqylau.devices.tracker.replay import play, walking
from baqylau.domain.commands import CommandState, ReportNow
from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId, FittingId, OrderId, PersonId, RestrictionId
from baqylau.domain.orders import ExclusionZone, Fitting, Order
from baqylau.domain.people import Person
from baqylau.domain.zones import Circle, Point
from baqylau.links.wall_clock import now
from baqylau.monitoring.server.settings import DOORS, LINK
from baqylau.rules.fold import PersonStanding
from baqylau.rules.gnss.epoch import FULL_FIX, Epoch
from baqylau.sim.sky.sentences import sentences
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.registry import Registry
from baqylau.storage.schema import journal
from tests.perf.installation import HOST, Installation, await_door, free_port, until

TRACKER, AINUR = DeviceId("tr-1"), PersonId("ainur")
PLACE = Point(43.2389, 76.8897)
DAY_H = 24.0
JUDGED_S = 60.0
ON_SCREEN_S = 5.0
ON_DEMAND_S = 180.0


def walk() -> list[Epoch]:
    """Give half an hour of a receiver: there and back, through the place in its middle."""
    away = [abs(900 - second) / 900 for second in range(0, 1800, 10)]
    return [
        Epoch(
            at_s=1_700_000_000 + 10 * at,
            mode=FULL_FIX,
            latitude_deg=PLACE.latitude_deg + share * 0.012,
            longitude_deg=PLACE.longitude_deg,
            satellites=11,
            hdop=0.8,
            speed_m_s=1.5,
            course_deg=180.0 if at < 90 else 0.0,
            cn0_dbhz=(41.0, 38.0, 44.0, 36.0, 40.0, 33.0),
            systems={"G": 7, "R": 4},
        )
        for at, share in enumerate(away)
    ]


def prescribed(engine: Engine, begun_at: datetime, device_id: DeviceId = TRACKER) -> None:
    """One person who is to keep away from the place, with a device."""
    order = Order(
        id=OrderId("o-1"),
        person_id=AINUR,
        court="Town court",
        act_number="4-1/2026",
        act_date=date(2026, 10, 1),
        from_at=begun_at,
        until_at=begun_at + timedelta(days=300),
    )
    zone = ExclusionZone(
        id=RestrictionId("r-1"),
        order_id=order.id,
        version=1,
        clause="keep away",
        from_at=begun_at,
        zone=Circle(name="School", center=PLACE, radius_m=300.0),
    )
    fitting = Fitting(id=FittingId("f-1"), device_id=device_id, person_id=AINUR, from_at=begun_at)
    registry = Registry(
        people=(Person(id=AINUR, name="Ainur Invented"),), orders=(order,), restrictions=(zone,), fittings=(fitting,)
    )
    Registers(engine, now).save(registry, by="test")


def provisioned(data: Path, dsn: str, folder: Path) -> Folder:
    """Give a tracker its secret and let its program take it."""
    told = data / "tracker.json"
    words = ["--kind", "tracker", "--serial", "TR-000042", "--out", str(told), "--data", str(data), "--database", dsn]
    done = CliRunner().invoke(app, ["device", "provision", TRACKER, *words])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"SHARE {TRACKER} ")
    own = Folder(folder)
    own.enrol(told.read_bytes())
    return own


@contextmanager
def program(data: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the tracker's program."""
    with (data / "tracker.log").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "baqylau.cli", "tracker", *words], stdin=subprocess.PIPE, stdout=said, stderr=said
        )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def sent(*words: str) -> None:
    """Send everything that waits."""
    done = CliRunner().invoke(app, ["tracker", *words, "--until-sent"])
    assert done.exit_code == 0, done.output


class Board:
    """The board of a tracker, at the other end of a socket: its receiver, its sensors, and that the strap is cut."""

    def __init__(self) -> None:
        self.cut = threading.Event()
        self.cut_at: datetime | None = None
        self.port = free_port()

    def serve(self, over: threading.Event) -> None:
        asyncio.run(self._serve(over))

    async def _serve(self, over: threading.Event) -> None:
        server = await asyncio.start_server(self._talk, HOST, self.port)
        async with server:
            await asyncio.to_thread(over.wait)

    async def _talk(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        whole, here = walking(0), walk()[0]
        cut = Sample(0, (4_000_000, 80.0), (False, 0.0), 900, (True, 0.4), 31.0, (3950, False))
        try:
            while True:
                if self.cut.is_set() and self.cut_at is None:
                    self.cut_at = now()
                writer.write(written(cut if self.cut.is_set() else whole))
                here.at_s = float(round(now().timestamp()))
                writer.write(sentences(here))
                await writer.drain()
                await asyncio.sleep(0.2)
        except ConnectionError:
            return
        finally:
            writer.transport.abort()


@contextmanager
def on(board: Board) -> Iterator[None]:
    over = threading.Event()
    thread = threading.Thread(target=board.serve, args=(over,))
    thread.start()
    yield
    over.set()
    thread.join()


def entries(engine: Engine) -> int:
    """Give how many entries the journal has."""
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(journal)).scalar_one()


def test_a_day_comes_late_and_is_judged_once_a_place_comes_when_asked_for_and_a_cut_strap_is_an_alarm_at_once(
    engine: Engine, dsn: str, tmp_path: Path
) -> None:
    begun_at, door, board = now() - timedelta(days=2), free_port(), Board()
    own = provisioned(tmp_path, dsn, tmp_path / "tracker")
    prescribed(engine, begun_at)
    machine = Machine(own.enrolment(), own.path, surely_at_once=False)
    play(machine, walk(), now() - timedelta(hours=DAY_H), DAY_H)
    waiting = machine.ring.waiting()
    machine.close()
    assert waiting > DAY_H * 60 * 0.9
    words = ("--dir", str(own.path), "--server", f"https://localhost:{door}")
    closed = [word for one in DOORS if one != LINK for word in ("--door", f"{one}=closed")]
    installation = Installation(data=tmp_path, dsn=dsn, engine=engine)
    with ExitStack() as stack:
        stack.enter_context(installation.role("gateway", "--door", f"link={door}", *closed))
        stack.enter_context(installation.role("judge"))
        await_door(door)
        sent_at = now()
        sent(*words)
        until(lambda: alarms(engine, Code.EXCLUSION_ENTRY) != [], "no alarm", within_s=JUDGED_S)
        assert (now() - sent_at).total_seconds() <= JUDGED_S
        assert all(late for _, late in alarms(engine, Code.EXCLUSION_ENTRY))
        kept = entries(engine)
        assert kept >= waiting
        (own.path / "ring" / "told").unlink()
        sent(*words)
        assert entries(engine) == kept, "what was kept is not kept again"
        stack.enter_context(on(board))
        stack.enter_context(program(tmp_path, *words, "--source", f"socket:{HOST}:{board.port}"))
        until((own.path / "ring" / "configuration").exists, "no configuration", within_s=30)
        commands, asked_at = Commands(engine, now), now()
        order = commands.give(TRACKER, ReportNow(), asked_at + timedelta(minutes=10), by="dana")
        until(lambda: commands.of([TRACKER], 1)[0].state is CommandState.DONE, "no answer", within_s=ON_DEMAND_S)
        until(lambda: placed_at(engine) >= asked_at, "the place is not judged", within_s=JUDGED_S)
        assert order.number == 1
        assert (now() - asked_at).total_seconds() <= ON_DEMAND_S
        board.cut.set()
        until(lambda: alarms(engine, Code.STRAP_OPEN) != [], "no alarm of the strap", within_s=30)
        assert board.cut_at is not None
        raised_at, late = alarms(engine, Code.STRAP_OPEN)[0]
        assert not late
        assert (raised_at - board.cut_at).total_seconds() <= ON_SCREEN_S


def placed_at(engine: Engine) -> datetime:
    """Give of when the newest place is that was judged."""
    row = Live(engine).of(AINUR)
    fix = None if row is None else msgspec.json.decode(row.body, type=PersonStanding).last_fix
    assert fix is not None
    return fix.at


def alarms(engine: Engine, code: Code) -> list[tuple[datetime, bool]]:
    """Give when alarms of a code were raised, and whether they are marked late."""
    return [(one.alarm.raised_at, one.alarm.late) for one in Alarms(engine, now).open() if one.alarm.code is code]
