"""Nobody has to remember a day: what ends soon is listed, and said once while there is time."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.case_facts import Fact, LabourDone, LabourSet, TakenBack
from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, ConsentId, OrderId, PermissionId
from baqylau.domain.notices import Notice
from baqylau.domain.orders import Consent, Revocation, Suspension
from baqylau.domain.terms import Ahead, TermKind
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.outbox import News, Outbox
from baqylau.storage.registers.case_facts import CaseFacts
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.terms import Terms
from tests.unit.storage.kept import AIGUL, BOLAT, NOON, House
from tests.unit.storage.prescribed import LEAVE, ORDER, REGISTRY

AHEAD = Ahead(order=14, suspension=3, permission=2, consent=7, labour=30)
DAY = timedelta(days=1)
ALMATY = ZoneInfo("Asia/Almaty")


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def save(house: House, **rows: object) -> None:
    Registers(house.engine, house.clock).save(replace(REGISTRY, **rows), by="installation")


def soon(house: House, ahead: Ahead = AHEAD) -> list[tuple[TermKind, str, str]]:
    return [(one.kind, one.key, one.said) for one in Terms(house.engine).soon(house.now, ahead, ALMATY)]


def test_what_ends_soon_is_listed_with_the_nearest_first_and_what_somebody_ended_is_not(house: House) -> None:
    pause = Suspension(from_at=NOON - DAY, until_at=NOON + DAY, act="ruling 8", reason="hospital")
    revoked = Revocation(at=NOON + 2 * DAY, act="ruling 9", reason="served")
    other = replace(ORDER, id=OrderId("o-2"), person_id=BOLAT, until_at=NOON + 2 * DAY, revoked=revoked)
    weekly = tuple(
        replace(
            LEAVE, id=PermissionId(f"w-1/{week}"), from_at=NOON + week * 7 * DAY, until_at=NOON + week * 7 * DAY + DAY
        )
        for week in range(3)
    )
    save(
        house,
        orders=(replace(ORDER, until_at=NOON + 14 * DAY, suspensions=(pause,)), other),
        permissions=(LEAVE, *weekly),
        consents=(
            Consent(id=ConsentId("c-1"), person_id=BOLAT, from_at=NOON - DAY, until_at=NOON + 7 * DAY, form="3/26"),
        ),
    )
    assert soon(house) == [
        (TermKind.PERMISSION, "x-1", "clinic"),
        (TermKind.SUSPENSION, "o-1", "ruling 8"),
        (TermKind.CONSENT, "c-1", "3/26"),
        (TermKind.ORDER, "o-1", "Invented district court, 17"),
    ]
    assert soon(house, Ahead(order=13, suspension=0, permission=0, consent=6)) == []
    house.now = NOON + 14 * DAY
    assert soon(house) == [(TermKind.PERMISSION, "w-1", "clinic")], "the last of its times is its end"


def test_an_end_is_said_once_by_an_alarm_and_through_the_outbox_and_taken_back_when_it_moves(house: House) -> None:
    save(house, orders=(replace(ORDER, until_at=NOON + 10 * DAY),))
    terms, alarms = Terms(house.engine), Alarms(house.engine, house.clock)
    [number] = terms.remind(house.now, AHEAD, ALMATY)
    view = alarms.get(number)
    assert (view.alarm.code, view.finding.since, view.finding.place) == (Code.TERM_ENDS, NOON + 10 * DAY, "order")
    told: list[AlarmId] = []

    def hear(news: News) -> tuple[Notice, ...]:
        told.append(news.alarm.id)
        return ()

    Outbox(house.engine).spread(hear, house.now)
    assert told == [number]
    house.now += DAY
    assert terms.remind(house.now, AHEAD, ALMATY) == []
    save(house, orders=(replace(ORDER, until_at=NOON + 100 * DAY),))
    assert terms.remind(house.now, AHEAD, ALMATY) == [number]
    assert alarms.get(number).alarm.superseded_at, "it ends later now"
    house.now = NOON + 90 * DAY
    assert len(terms.remind(house.now, AHEAD, ALMATY)) == 1
    house.now = NOON + 101 * DAY
    assert terms.remind(house.now, AHEAD, ALMATY) == [], "what ended as it was said was said rightly"


def record(house: House, *facts: Fact) -> None:
    for fact in facts:
        CaseFacts(house.engine, house.clock).record(AIGUL, fact, "aliya")


def worked(house: House, hours: float) -> LabourDone:
    return LabourDone(day=house.now.date(), hours=hours, place="park", confirmed_by="akimat")


def test_hours_of_labour_are_reminded_of_before_their_last_day_and_no_longer_once_they_are_done(house: House) -> None:
    until = NOON.astimezone(ALMATY).date() + 20 * DAY
    record(house, LabourSet(hours=10, act="1-26", until=until), worked(house, 4))
    assert soon(house) == [(TermKind.LABOUR, AIGUL, "1-26")]
    terms, alarms = Terms(house.engine), Alarms(house.engine, house.clock)
    [number] = terms.remind(house.now, AHEAD, ALMATY)
    view = alarms.get(number)
    assert (view.alarm.code, view.alarm.person_id, view.finding.place) == (Code.TERM_ENDS, AIGUL, "labour")
    record(house, worked(house, 6))
    assert soon(house) == []
    assert terms.remind(house.now, AHEAD, ALMATY) == [number]
    assert alarms.get(number).alarm.superseded_at, "all of them are done"


def test_hours_that_are_left_stay_in_sight_after_their_last_day_but_nobody_is_told_again(house: House) -> None:
    record(house, LabourSet(hours=10, act="1-26", until=date(2026, 1, 1)))
    record(house, LabourSet(hours=10, act="2-26", until=NOON.date() - 5 * DAY))
    assert soon(house) == [(TermKind.LABOUR, AIGUL, "2-26")]
    assert Terms(house.engine).remind(house.now, AHEAD, ALMATY) == []
    house.now += 26 * DAY
    assert soon(house) == []


def test_hours_without_a_last_day_far_ahead_or_taken_back_are_no_term(house: House) -> None:
    record(house, LabourSet(hours=10, act="1-26"))
    assert soon(house) == []
    record(house, LabourSet(hours=10, act="2-26", until=NOON.date() + 40 * DAY))
    assert soon(house) == []
    record(house, LabourSet(hours=10, act="3-26", until=NOON.date() + 10 * DAY))
    assert [said for _, _, said in soon(house)] == ["3-26"]
    record(house, TakenBack(fact=3, why="another person's act"))
    assert soon(house) == []
