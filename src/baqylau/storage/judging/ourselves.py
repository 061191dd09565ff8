"""How our own parts are: the signs that they give, and the alarms about ourselves, which are about no person."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, Engine, RowMapping, text

from baqylau.crypto.digests import finding_id
from baqylau.domain.alarms import NOBODY
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import AlarmId, SubjectId
from baqylau.domain.notices import WEARER
from baqylau.storage.alarms.feed import ALARM, append
from baqylau.storage.database import driver, transaction
from baqylau.storage.judging.telling import tell

if TYPE_CHECKING:
    from psycopg import Cursor

RULE = "watching_over"
VERSION = "1"
WATCH_LOCK = 0x6261_7177
"""Several programs watch; one at a time writes."""
SECURITY_LOOKS_BACK = timedelta(days=1)
NOTICES_LOOK_BACK = timedelta(days=7)
ATTEMPTS_BEFORE_WORD = 5
"""After so many failed attempts at one notice its way is taken for broken."""


class Sign(Struct, frozen=True, kw_only=True):
    """The last sign of life of a role."""

    alive_at: datetime
    delay_ms: float | None
    turned_away_at: datetime | None = None
    """When a gateway last had no room for another line."""


class Signs(Struct, frozen=True, kw_only=True):
    """Everything that is known about ourselves at an instant."""

    roles: dict[str, Sign]
    appended_at: datetime | None
    """When the journal last grew."""
    signed_at: datetime | None
    """When its heads were last signed."""
    behind: dict[int, int]
    """Partitions with entries that are not judged, and how far each is judged."""
    quarantined: int
    """In this hour so far."""
    quarantined_usually: float
    """In an hour, over the day before."""
    failures_of_login: int
    """Most sign-ins of one login that did not match, within an hour."""
    failures_of_peer: int
    accounts: tuple[tuple[int, datetime], ...]
    """Entries of the audit about new accounts and new roles within a day: number and instant. The first account of all
    and the founding one (`account.found`) are not among them: there was nobody yet whom they could surprise."""
    backed_up_at: datetime | None
    """When everything was last copied; before the first copy, when the first entry was kept."""
    broken_ways: tuple[tuple[str, datetime], ...]
    """Targets of notices that cannot be told, and since when."""
    broken_targets: tuple[tuple[str, datetime], ...]
    """Targets of forwarding that take nothing, and when they last took something."""


class Condition(Struct, frozen=True, kw_only=True):
    """Something of ours that is not as it should be."""

    code: Code
    subject: str
    since: datetime
    named_by: datetime | None = None
    """Part of the name of the finding: as long as it stays, it is one and the same. None: `since` is."""


_SIGNS = text("""
SELECT
  (SELECT jsonb_object_agg(role, jsonb_build_object('alive_at', alive_at, 'delay_ms', delay_ms,
    'turned_away_at', turned_away_at)) FROM beat) AS roles,
  (SELECT max(received_at) FROM journal_head WHERE seq > 0) AS appended_at,
  (SELECT max(at) FROM journal_signature WHERE at > :now - interval '1 day') AS signed_at,
  (SELECT jsonb_object_agg(partition, judge_cursor.seq) FROM journal_head JOIN judge_cursor USING (partition)
    WHERE journal_head.seq > judge_cursor.seq) AS behind,
  (SELECT coalesce(sum(count), 0)::int8 FROM quarantine_tally WHERE hour = date_trunc('hour', :now)) AS quarantined,
  (SELECT coalesce(sum(count), 0)::float8 / 24 FROM quarantine_tally
    WHERE hour >= date_trunc('hour', :now) - interval '1 day' AND hour < date_trunc('hour', :now))
    AS quarantined_usually,
  (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM sign_in_failure
    WHERE at > :now - interval '1 hour' GROUP BY login) AS logins) AS failures_of_login,
  (SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM sign_in_failure
    WHERE at > :now - interval '1 hour' GROUP BY peer) AS peers) AS failures_of_peer,
  (SELECT jsonb_agg(jsonb_build_array(id, at) ORDER BY id) FROM audit
    WHERE what IN ('account.create', 'account.role') AND at > :accounts_since
    AND (what = 'account.role' OR object <>
      (SELECT 'account/' || login FROM account ORDER BY created_at, login LIMIT 1))) AS accounts,
  (SELECT coalesce(
    (SELECT max(at) FROM audit WHERE object = 'backup' AND what = 'backup.made'),
    (SELECT min(received_at) FROM journal_day))) AS backed_up_at,
  (SELECT jsonb_agg(jsonb_build_array(target, created_at) ORDER BY target) FROM (
    SELECT DISTINCT ON (target) target, created_at, state FROM notice
    WHERE created_at > :notices_since AND target <> :wearer
      AND (state IN ('sent', 'delivered', 'given_up') OR attempts >= :attempts)
    ORDER BY target, created_at DESC, id) AS last WHERE state NOT IN ('sent', 'delivered')) AS broken_ways,
  (SELECT jsonb_agg(jsonb_build_array(target, since) ORDER BY target) FROM (
    SELECT target, coalesce(last_sent_at, since_at) AS since FROM forwarding_target
      WHERE attempts >= :attempts AND next_at > :now - interval '1 hour'
    UNION ALL SELECT 'heads/' || target, min(at) FROM head_delivery JOIN published_head ON id = head_id
      WHERE attempts >= :attempts AND next_at > :now - interval '1 day' GROUP BY target) AS broken) AS broken_targets
""")
_STANDING = (
    "SELECT id, code, subject, cleared_at IS NOT NULL FROM alarm "
    "WHERE person_id = %s AND code = ANY(%s) AND state <> 'closed' ORDER BY id FOR UPDATE"
)
_MARK = "UPDATE alarm SET cleared_at = %s WHERE id = ANY(%s)"


class Ourselves:
    """Reads the signs and keeps the alarms about them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def signs(self, now: datetime) -> Signs:
        """Give how our parts are."""
        asked = {
            "now": now,
            "accounts_since": now - SECURITY_LOOKS_BACK,
            "notices_since": now - NOTICES_LOOK_BACK,
            "attempts": ATTEMPTS_BEFORE_WORD,
            "wearer": WEARER,
        }
        with transaction(self._engine) as connection:
            row = connection.execute(_SIGNS, asked).mappings().one()
        return msgspec.convert(_without_nulls(row), Signs, strict=False)

    def settle(self, present: Collection[Condition], watched: Collection[Code], at: datetime) -> list[AlarmId]:
        """Let the alarms about ourselves say what is; give those that are new or changed.

        What is present has an alarm, one for each code and subject. What is over is marked so and waits for a person;
        what comes back is marked no longer. `watched` are the codes whose condition can end by itself.
        """
        with transaction(self._engine) as connection:
            if not _ours_to_write(connection):
                return []
            with driver(connection).cursor() as cursor:
                told = tell(cursor, [_finding(one, at) for one in present], [], at)
                marked = _mark(cursor, present, watched, at)
            changed = sorted({*told, *marked})
            append(connection, ALARM, [str(number) for number in changed])
        return changed

    def seen(self, present: Collection[Condition], at: datetime) -> bool:
        """Raise the alarms about what somebody saw who looked once; False where the database takes no writing.

        Nothing is marked as over. Waits for whoever writes just now.
        """
        with transaction(self._engine) as connection:
            if connection.scalar(text("SHOW transaction_read_only")) == "on":
                return False
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WATCH_LOCK})
            with driver(connection).cursor() as cursor:
                told = tell(cursor, [_finding(one, at) for one in present], [], at)
            append(connection, ALARM, [str(number) for number in told])
        return True


def _without_nulls(row: RowMapping) -> dict[str, Any]:
    empty: dict[str, Any] = {"roles": {}, "behind": {}, "accounts": [], "broken_ways": [], "broken_targets": []}
    return {name: empty.get(name) if value is None else value for name, value in row.items()}


def _ours_to_write(connection: Connection) -> bool:
    return bool(connection.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": WATCH_LOCK}))


def _finding(one: Condition, at: datetime) -> Finding:
    return Finding(
        id=finding_id(RULE, one.code.value, one.subject, (one.named_by or one.since).isoformat()),
        rule=RULE,
        rule_version=VERSION,
        code=one.code,
        person_id=NOBODY,
        subject=SubjectId(one.subject),
        at=at,
        because=(),
        since=one.since,
        place=one.subject,
    )


def _mark(
    cursor: "Cursor[Any]", present: Collection[Condition], watched: Collection[Code], at: datetime
) -> list[AlarmId]:
    """Mark what is over, and take the mark from what came back."""
    here = {(one.code.value, one.subject) for one in present}
    standing = cursor.execute(_STANDING, (NOBODY, [code.value for code in watched])).fetchall()
    back = [number for number, code, subject, over in standing if over and (code, subject) in here]
    gone = [number for number, code, subject, over in standing if not over and (code, subject) not in here]
    cursor.execute(_MARK, (None, back))
    cursor.execute(_MARK, (at, gone))
    return [AlarmId(number) for number in (*back, *gone)]
