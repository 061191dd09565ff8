"""What officers did in the field, for those who watch: on the person's page, and a list of what was refused."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from baqylau.domain.field import FieldKind, FieldRefusal, Stage
from baqylau.domain.ids import DeviceId
from baqylau.domain.rights import Bounds, Role
from baqylau.storage.database import transaction
from baqylau.storage.equipment.field_acts import NewAct, keep_acts
from tests.unit.workstation import invented
from tests.unit.workstation.office import Browser, Office

NAMES = {"officer": "dana", "person_id": "ayan", "off": "br-1", "on": "br-9", "reason": "strap worn out"}


@pytest.fixture
def browser(office: Office) -> Iterator[Browser]:
    """A swap that the registers did not take over."""
    office.populate()
    act = NewAct(
        console_id=DeviceId("con-1"),
        act_id="a1",
        stage=Stage.DONE,
        kind=FieldKind.SWAP,
        person_id=invented.AYAN,
        officer="dana",
        body=NAMES,
        at=office.clock() - timedelta(hours=3),
        kept_at=office.clock(),
    )
    with transaction(office.engine) as connection:
        keep_acts(connection, [act, act])
    (waiting,) = office.stores.field_acts.waiting()
    office.stores.field_acts.settle(waiting, (), lambda _: FieldRefusal.ELSEWHERE)
    office.employ("senior", Role.SENIOR)
    office.employ("far", Role.SENIOR, Bounds(districts=("Nowhere",)))
    with office.browser() as opened:
        yield opened


def test_a_refused_exchange_stands_on_the_persons_page_and_before_those_who_lead(browser: Browser) -> None:
    browser.sign_in("senior")
    (deed,) = browser.get(f"/api/people/{invented.AYAN}/field").json()["deeds"]
    assert (deed["kind"], deed["off"], deed["on"], deed["refusal"]) == ("swap", "br-1", "br-9", "elsewhere")
    assert browser.get("/api/field/refused").json()["deeds"] == [deed]
    assert browser.get("/api/people/nobody/field").status_code == 404


def test_who_has_nothing_to_do_with_the_person_sees_nothing_of_it(browser: Browser) -> None:
    browser.sign_in("far")
    assert browser.get("/api/field/refused").json()["deeds"] == []
    assert browser.get(f"/api/people/{invented.AYAN}/field").status_code == 403
