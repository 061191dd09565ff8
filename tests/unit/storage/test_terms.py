"""Nobody has to remember a day: what ends soon is listed, and said once while there is time."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from baqylau.domain.findings import Code
from baqylau.domain.ids import AlarmId, ConsentId, OrderId, PermissionId
from baqylau.domain.notices import Notice
from baqylau.domain.orders import Consent, Revocation, Suspension
from baqylau.domain.terms import Ahead, TermKind
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.outbox import News, Outbox
from baqylau.storage.registers.registers import Registers
from baqylau.storage.registers.terms import Terms
from tests.unit.storage.kept import BOLAT, NOON, House
from tests.unit.storage.prescribed import LEAVE, ORDER, REGISTRY

AHEAD = Ahead(order=14, suspension=3, permission=2, consent=7)
DAY = timedelta(days=1)


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def save(house: House, **rows: object) -> None:
    Registers(house.engine, house.clock).save(replace(REGISTRY, **rows), by="installation")


def soon(house: House, ahead: Ahead = AHEAD) -> list[tuple[TermKind, str, str]]:
    return [(one.kind, one.key, one.said) for one in Terms(house.engine).soon(house.now, ahead)]


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
    [number] = terms.remind(house.now, AHEAD)
    view = alarms.get(number)
    assert (view.alarm.code, view.finding.since, view.finding.place) == (Code.TERM_ENDS, NOON + 10 * DAY, "order")
    told: list[AlarmId] = []

    def hear(news: News) -> tuple[Notice, ...]:
        told.append(news.alarm.id)
        return ()

    Outbox(house.engine).spread(hear, house.now)
    assert told == [number]
    house.now += DAY
    assert terms.remind(house.now, AHEAD) == []
    save(house, orders=(replace(ORDER, until_at=NOON + 100 * DAY),))
    assert terms.remind(house.now, AHEAD) == [number]
    assert alarms.get(number).alarm.superseded_at, "it ends later now"
    house.now = NOON + 90 * DAY
    assert len(terms.remind(house.now, AHEAD)) == 1
    house.now = NOON + 101 * DAY
    assert terms.remind(house.now, AHEAD) == [], "what ended as it was said was said rightly"
