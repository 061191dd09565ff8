"""People are found by what somebody types, within what they may see."""

import pytest

from baqylau.domain.ids import PersonId
from baqylau.domain.people import Person
from baqylau.domain.rights import Role
from baqylau.monitoring.workstation.search import Index
from tests.unit.workstation.office import Office

PEOPLE = tuple(
    Person(id=PersonId(f"p-{number}"), name=name, address=address)
    for number, (name, address) in enumerate(
        (
            ("Бекзат Ойдан", "Тал көшесі, 12"),
            ("Бекзат Сарыжанов", "Қайың көшесі, 3"),
            ("Игорь Вымышлен", "Бекзат көшесі, 12"),
            ("Әлия Жорамал", "Терек көшесі, 1"),
        )
    )
)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("бекз", ["p-0", "p-1", "p-2"]),
        ("Bekzat Oidan", ["p-0"]),
        ("вымшлен", ["p-2"]),
        ("alia", ["p-3"]),
        ("тал 12", ["p-0"]),
        ("p 3", ["p-3", "p-1"]),
        ("нет такого", []),
        ("  ", []),
    ],
)
def test_names_come_before_addresses_and_slips_last(query: str, found: list[str]) -> None:
    costs = Index(PEOPLE).find(query)
    assert sorted(costs, key=lambda one: (costs[one], one)) == found


def test_nobody_at_all_is_no_fault() -> None:
    assert Index(()).find("бекзат") == {}


def test_the_door_finds_those_under_an_order_says_how_many_and_goes_on(office: Office) -> None:
    office.employ("aliya")
    office.employ("audit", Role.AUDITOR)
    office.populate()
    with office.browser() as browser:
        browser.sign_in("aliya")
        found = browser.get("/api/find?query=аян&limit=1").json()
        assert [one["name"] for one in found["people"]] == ["Ayan Sample"]
        assert (found["count"], found["next"]) == (1, None)
        assert browser.get("/api/find?query=аян&after=p-1").json()["people"] == []
        assert browser.get("/api/find?query=дана").json()["count"] == 0
        browser.sign_in("audit")
        assert browser.get("/api/find?query=аян").json()["count"] == 0, "what fits a name would tell whose it is"
