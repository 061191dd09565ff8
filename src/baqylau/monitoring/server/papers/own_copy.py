"""The copy of a person's own data as a file that other programs read. What shows where another was is not in it."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version

import msgspec
from msgspec.structs import replace

from baqylau.domain.alarms import Alarm
from baqylau.domain.case_facts import standing
from baqylau.domain.ids import PersonId
from baqylau.monitoring.server.evidence.gathering import without_others
from baqylau.monitoring.server.papers.making import LONGEST, NoSuchError, PeriodError, Shelf, written_of
from baqylau.storage.alarms.alarms import AlarmFilter, Done
from baqylau.storage.people.own_requests import OwnRequests
from baqylau.storage.people.own_words import written_to
from baqylau.storage.people.papers import Given, Papers
from baqylau.storage.registers.case_facts import CaseFacts

FORMAT = "baqylau own data 1"
ALARMS_MAX = 10_000


Told = Callable[[Alarm, Sequence[Done]], object]
"""What of an alarm and of the acts about it is in a copy; None where it is not in it."""


def _all(alarm: Alarm, acts: Sequence[Done]) -> object:
    return {"alarm": alarm, "acts": acts}


def own_copy(
    shelf: Shelf,
    person_id: PersonId,
    period: tuple[datetime, datetime],
    by: str,
    at: datetime,
    told: Told = _all,
) -> bytes:
    """Write everything as JSON, what officers recorded without their names. `NoSuchError`, `PeriodError`."""
    from_at, until_at = period
    person = shelf.registers.person(person_id)
    if person is None:
        raise NoSuchError
    if not timedelta() < until_at - from_at <= LONGEST:
        raise PeriodError
    whole = shelf.registers.supervision(person_id)
    own = without_others(whole)
    of_others = {str(one.id) for one in whole.restrictions} - {str(one.id) for one in own.restrictions}
    chosen = AlarmFilter(person_id=person_id, raised_from=from_at, raised_until=until_at)
    facts = CaseFacts(shelf.engine, lambda: at).of(person_id)
    copy = {
        "format": FORMAT,
        "made_at": at,
        "made_by": f"Baqylau {version('baqylau')}",
        "from": from_at,
        "until": until_at,
        "person": person,
        "prescribed": replace(own, devices=tuple(replace(one, password="") for one in own.devices)),
        "heard": shelf.timelines.heard(whole, from_at, until_at),
        "found": [
            one for one in written_of(shelf, person_id, from_at, until_at) if one.finding.subject not in of_others
        ],
        "alarms": [
            said
            for view in shelf.alarms.page(chosen, limit=ALARMS_MAX)
            if (said := told(view.alarm, shelf.alarms.grounds(view.alarm.id).acts)) is not None
        ],
        "recorded": [
            *({"at": one.at, "fact": one.fact} for one in standing(facts.known)),
            *({"at": one.at, "fact": one.fact} for one in facts.newer),
        ],
        "written": [{"at": one.at, "text": one.text} for one in written_to(shelf.engine, person_id)],
        "asked": [replace(one, ended_by=None) for one in OwnRequests(shelf.engine, lambda: at).of(person_id)],
    }
    given = Given(person_id=person_id, by=by, purpose="own data", recipient="", what=f"{from_at} - {until_at}")
    Papers(shelf.engine).give_table(given, at)
    return msgspec.json.format(msgspec.json.encode(copy))
