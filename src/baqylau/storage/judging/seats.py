"""Which judge judges what: the judges share the partitions, each as long as it says that it lives.

A judge sits on a seat with a name of its own. Whoever sits down on a taken one, such as the program that was started
again, has it from then on, and nothing that the one before still writes is taken: the epoch of each partition grows
whenever it changes hands (`storage.judging.judgement` refuses older ones). A seat whose judge says nothing for
`LEASE_S` is empty, and the others share what it had. The database's clock counts, so machines may differ in theirs. And
when it was the database that was away, everybody who lived until then is given that time to come back.
"""

from collections.abc import Sequence
from datetime import timedelta
from math import ceil

from sqlalchemy import Column, ColumnElement, Connection, Engine, Table, Text, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from baqylau.domain.partitions import ALL_PARTITIONS
from baqylau.storage.columns import instant, metadata, word
from baqylau.storage.database import transaction
from baqylau.storage.judging.judgement import FencedError

LEASE_S = 5.0
"""Silence after which a judge is taken for dead."""
_LEFT = timedelta(days=1)
"""So long after its last word a seat is taken away."""
_SEATS_LOCK = 0x6261_716A

judge_seat = Table(
    "judge_seat",
    metadata,
    Column("name", Text, primary_key=True),
    word("run"),
    instant("seen_at"),
    postgresql_with={"fillfactor": 25},
)
"""One row a seat: the program that sits there now, and when it last said so."""

_FENCE = text("UPDATE judge_cursor SET epoch = epoch + 1, claimed_at = clock_timestamp() WHERE owner = :name")
_MINE = text("SELECT partition, epoch FROM judge_cursor WHERE owner = :name ORDER BY partition")
_TAKE = text(
    "UPDATE judge_cursor SET epoch = epoch + 1, owner = :name, claimed_at = clock_timestamp() "
    "WHERE partition IN (SELECT partition FROM judge_cursor WHERE owner <> ALL(:alive) ORDER BY partition LIMIT :room)"
)
_GIVE = text("UPDATE judge_cursor SET owner = '' WHERE owner = :name AND partition = ANY(:given)")
_GIVE_ALL = text("UPDATE judge_cursor SET owner = '' WHERE owner = :name")
_NOW = func.clock_timestamp()
_STARTED = func.pg_postmaster_start_time()
_LAST_WORD = select(func.max(judge_seat.c.seen_at)).where(judge_seat.c.seen_at < _STARTED).scalar_subquery()
"""The last that anybody said before the database was started, as far as they said nothing since."""


class Seats:
    """One judge's place among the others."""

    def __init__(self, engine: Engine, name: str, run: str, lease_s: float = LEASE_S) -> None:
        """Take the seat's name, and what tells this run of the program from every other on that seat."""
        self._engine = engine
        self._who = {"name": name, "run": run}
        self._lease_s = lease_s

    def sit(self) -> dict[int, int]:
        """Sit down, whoever sat there, and give the partitions that are ours from now on, with their epochs."""
        with transaction(self._engine) as connection:
            _alone(connection)
            connection.execute(delete(judge_seat).where(judge_seat.c.seen_at < _NOW - _LEFT))
            sit = insert(judge_seat).values(**self._who, seen_at=_NOW)
            now_ours = {"run": sit.excluded.run, "seen_at": sit.excluded.seen_at}
            connection.execute(sit.on_conflict_do_update(index_elements=["name"], set_=now_ours))
            connection.execute(_FENCE, self._who)
            return self._shared(connection)

    def share(self) -> dict[int, int]:
        """Say that we live, take our share and no more, and give what is ours with its epochs.

        A partition with another epoch than before was somebody else's meanwhile: what was known of it is old. Raises
        `FencedError` when somebody else sits on our seat.
        """
        with transaction(self._engine) as connection:
            _alone(connection)
            if not self._stayed(connection):
                raise FencedError
            return self._shared(connection)

    def stay(self) -> None:
        """Say that we live, from beside long work. Takes and gives nothing."""
        with transaction(self._engine) as connection:
            self._stayed(connection)

    def leave(self) -> None:
        """Stand up: the others need not wait until we are taken for dead."""
        with transaction(self._engine) as connection:
            _alone(connection)
            if connection.execute(delete(judge_seat).where(self._ours())).rowcount:
                connection.execute(_GIVE_ALL, self._who)

    def _shared(self, connection: Connection) -> dict[int, int]:
        lease = timedelta(seconds=self._lease_s)
        waits = (_NOW - lease < _STARTED) & (judge_seat.c.seen_at > _LAST_WORD - lease)
        live = (judge_seat.c.seen_at > _NOW - lease) | waits | (judge_seat.c.name == self._who["name"])
        alive = list(connection.scalars(select(judge_seat.c.name).where(live)))
        mine = self._mine(connection)
        share = ceil(len(ALL_PARTITIONS) / len(alive))
        if len(mine) > share:
            self._give(connection, list(mine)[share:])
        elif len(mine) < share:
            connection.execute(_TAKE, self._who | {"alive": alive, "room": share - len(mine)})
        return self._mine(connection)

    def _ours(self) -> ColumnElement[bool]:
        return (judge_seat.c.name == self._who["name"]) & (judge_seat.c.run == self._who["run"])

    def _stayed(self, connection: Connection) -> bool:
        return connection.execute(update(judge_seat).where(self._ours()).values(seen_at=_NOW)).rowcount > 0

    def _mine(self, connection: Connection) -> dict[int, int]:
        return {row.partition: row.epoch for row in connection.execute(_MINE, self._who)}

    def _give(self, connection: Connection, given: Sequence[int]) -> None:
        connection.execute(_GIVE, self._who | {"given": list(given)})


def _alone(connection: Connection) -> None:
    """Let nobody else share at the same time: two would both see what neither has taken yet."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _SEATS_LOCK})
