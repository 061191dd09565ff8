"""After the killing: what is on disk, held against what was acknowledged, what happened, and a fresh fold."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from sqlalchemy import Engine, text

from baqylau.cli.vaulted import vaulted
from baqylau.domain.alarms import NOBODY, AlarmState
from baqylau.domain.consolidation import PART_OF, opens_alarm
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, FindingId, PersonId, SubjectId
from baqylau.domain.observations import Fix, Observation
from baqylau.domain.partitions import ourselves, partition_of, unheard_of
from baqylau.domain.people import Supervision
from baqylau.links.wall_clock import now
from baqylau.rules.fold import begin
from baqylau.rules.refold import refold
from baqylau.storage.alarms.alarms import AlarmFilter, Alarms
from baqylau.storage.database import open_database, transaction
from baqylau.storage.journal.journal import Journal
from baqylau.storage.judging.live import Live
from baqylau.storage.registers.registers import Registers
from tests.perf.installation import until

JUDGED_S = 1_800.0
EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Told(Struct, frozen=True, kw_only=True):
    """What a device was answered for, and what has to be found in it."""

    acknowledged: tuple[datetime, ...]
    openings: tuple[datetime, ...]
    """Instants at which the strap is found open."""
    entries: tuple[tuple[datetime, datetime], ...]
    """Within which instants the person is found in the zone."""
    sure_until: datetime
    """What is found of the zone later counts neither way."""
    region: str | None = None
    """By which site the device is heard; None: by our own gateways."""


class Outcome(Struct, kw_only=True):
    """How often a promise was broken."""

    acknowledged: int = 0
    lost: int = 0
    doubled: int = 0
    chain_broken: int = 0
    otherwise: int = 0
    """Findings that a fresh fold of the journal does not make, or makes and they are not there."""
    missing: int = 0
    invented: int = 0
    alarms_wrong: int = 0

    @property
    def broken(self) -> dict[str, int]:
        """Each promise that may never be broken, with how often it was."""
        return {
            "acknowledged lost": self.lost,
            "kept twice": self.doubled,
            "breaks of the journal's chain": self.chain_broken,
            "findings other than a fresh fold of the journal": self.otherwise,
            "findings that had to be made and were not": self.missing,
            "findings that nothing happened for": self.invented,
            "alarms lost or doubled": self.alarms_wrong,
        }


def examine(dsn: str, data: Path, told: Mapping[str, Told], *, stop: Callable[[], None]) -> Outcome:
    """Wait until the judge has judged everything, stop the server, and look."""
    engine = open_database(dsn, name="baqylau-proof")
    live = Live(engine)
    until(lambda: live.health().behind == 0, "the judge does not catch up", JUDGED_S)
    stop()
    own = vaulted(engine, data)
    found = Outcome(chain_broken=len(own.journal.verify(own.signer.public_key).broken))
    supervisions, heard = Registers(engine, now).supervisions(), live.listened()
    findings: list[Finding] = []
    for number, expected in told.items():
        person_id = PersonId(number)
        history = _history(own.journal, number)
        _count_positions(found, history, expected)
        listened = heard.here if expected.region is None else heard.by_region[expected.region]
        again = _folded(supervisions[person_id], history, listened)
        found.otherwise += len({one.id for one in again} ^ _standing(engine, person_id))
        _count_findings(found, again, expected)
        findings += again
    _count_alarms(found, engine, findings)
    engine.dispose()
    return found


def _history(journal: Journal, number: str) -> list[Observation]:
    person_id = PersonId(number)
    sources = [DeviceId(number), unheard_of(person_id), ourselves(partition_of(person_id))]
    return journal.of_devices(sources, EVER)


def _count_positions(found: Outcome, history: Iterable[Observation], told: Told) -> None:
    kept = Counter(one.observed_at for one in history if any(isinstance(body, Fix) for body in one.bodies))
    found.acknowledged += len(told.acknowledged)
    found.lost += sum(at not in kept for at in told.acknowledged)
    found.doubled += sum(count - 1 for count in kept.values())


def _folded(supervision: Supervision, history: list[Observation], listened: datetime | None) -> tuple[Finding, ...]:
    _, findings = refold(supervision, begin(), history, listened)
    return findings


def _standing(engine: Engine, person_id: PersonId) -> set[FindingId]:
    """Give what stands, but for the records of who changed the registers: no fold makes those."""
    wanted = text(
        "SELECT id FROM finding WHERE person_id = :person AND superseded_at IS NULL AND subject NOT LIKE 'registers/%'"
    )
    with transaction(engine) as connection:
        return {FindingId(name) for name in connection.scalars(wanted, {"person": person_id})}


def _count_findings(found: Outcome, findings: Iterable[Finding], told: Told) -> None:
    """Hold against what happened: each opening at its second, each entry once and while it lasts."""
    made = {code: sorted(one.at for one in findings if one.code is code) for code in Code}
    opened = Counter(made[Code.STRAP_OPEN])
    entered = [at for at in made[Code.EXCLUSION_ENTRY] if at < told.sure_until]
    expected = Counter(told.openings)
    found.missing += (expected - opened).total()
    found.invented += (opened - expected).total()
    in_time = [sum(begin_at <= at <= end_at for at in entered) for begin_at, end_at in told.entries]
    found.missing += in_time.count(0)
    found.invented += len(entered) - sum(min(count, 1) for count in in_time)


def _count_alarms(found: Outcome, engine: Engine, findings: Iterable[Finding]) -> None:
    """Each person, code and subject has one alarm that waits; with those that settled it counts all its findings."""
    alone = (one for one in findings if opens_alarm(one) and one.code not in PART_OF)
    expected = Counter((one.person_id, one.code, one.subject) for one in alone)
    told = [view.alarm for view in Alarms(engine, now).page(AlarmFilter(), limit=1_000_000)]
    alarms = [one for one in told if one.person_id != NOBODY and one.code not in PART_OF]
    waiting = Counter((one.person_id, one.code, one.subject) for one in alarms if one.state is not AlarmState.CLOSED)
    counted: Counter[tuple[PersonId, Code, SubjectId]] = Counter()
    for one in alarms:
        counted[one.person_id, one.code, one.subject] += one.count
    found.alarms_wrong += sum(count - 1 for count in waiting.values())
    found.alarms_wrong += sum(expected[key] != counted[key] for key in expected.keys() | counted.keys())
