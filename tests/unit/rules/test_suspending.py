"""While an order is suspended nothing counts against the person, and devices tell of themselves all the same."""

from msgspec.structs import replace

from baqylau.domain.ids import OrderId, RestrictionId
from baqylau.domain.observations import Strap
from baqylau.domain.orders import Suspension
from baqylau.rules.prescribing.suspending import excused_by_suspension
from tests.unit.rules.stories import at, codes, every, exclusion, heard, judged, north, order, supervision, told

SCHOOL = north(2000)
SUSPENDED = replace(
    order(), suspensions=(Suspension(from_at=at("12:00"), until_at=at("13:00"), act="2-26", reason="a"),)
)


def test_a_place_that_is_forbidden_is_not_while_the_order_is_suspended_and_an_open_strap_is_found() -> None:
    restrictions = (exclusion(),)
    excused = tuple(excused_by_suspension((SUSPENDED,), restrictions))
    who = supervision(*restrictions, orders=(SUSPENDED,), permissions=excused)
    story = [
        *every(60, at("12:05"), at("12:55"), SCHOOL),
        heard(at("12:30"), Strap(open=True)),
        *every(60, at("13:01"), at("13:05"), SCHOOL),
    ]
    found = judged(who, story, at("14:00"))[1]
    assert codes(found)[:1] == ["B01"]
    assert told([one for one in found if one.code == "Z01"]) == [("Z01", "13:01")]


def test_without_an_end_it_lasts_as_long_as_the_order_and_another_orders_restrictions_stand() -> None:
    open_ended = replace(order(), suspensions=(Suspension(from_at=at("12:00"), act="2-26", reason="a"),))
    others = exclusion(id=RestrictionId("other"), order_id=OrderId("order-2"))
    (one,) = excused_by_suspension((open_ended,), (exclusion(), exclusion(version=2), others))
    assert (one.restriction_id, one.from_at, one.until_at) == (exclusion().id, at("12:00"), order().until_at)


def test_a_suspension_that_begins_when_the_order_has_ended_excuses_nothing_and_the_next_keeps_its_number() -> None:
    late = (Suspension(from_at=one, act="2-26", reason="a") for one in (order().until_at, at("12:00", 60)))
    in_time = Suspension(from_at=at("12:00"), act="3-26", reason="b")
    suspended = replace(order(), suspensions=(*late, in_time))
    (one,) = excused_by_suspension((suspended,), (exclusion(),))
    assert (one.id, one.reason, one.granted_by) == ("order-1/suspended-3/exclusion-1", "b", "3-26")
