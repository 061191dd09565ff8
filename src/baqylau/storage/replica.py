"""A replica of the database, from which much may be read without holding anybody up; never of an older state."""

from collections.abc import Callable

from sqlalchemy import Engine, text

from baqylau.storage.database import transaction

CATCHES_UP_WITHIN_S = 30.0
_LOOK_S = 0.1
_STANDS = text("SELECT pg_current_wal_lsn()::text")
_HAS = text("SELECT pg_last_wal_replay_lsn() >= CAST(:stands AS pg_lsn)")
"""NULL where the server replays nothing: it is no replica."""


class ReplicaBehindError(Exception):
    """It has not caught up in time, or is no replica at all."""


def caught_up(original: Engine, replica: Engine, sleep: Callable[[float], object]) -> None:
    """Return when the replica has all that the original had when this was asked. `ReplicaBehindError`.

    What is read of it afterwards is at least as new as the question: a paper leaves out nothing that was kept.
    """
    with transaction(original) as connection:
        stands = connection.scalar(_STANDS)
    for _ in range(round(CATCHES_UP_WITHIN_S / _LOOK_S)):
        with transaction(replica) as connection:
            has = connection.scalar(_HAS, {"stands": stands})
        if has:
            return
        if has is None:
            break
        sleep(_LOOK_S)
    raise ReplicaBehindError
