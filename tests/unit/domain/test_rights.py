"""The table of rights: complete, and with the lines that must not be crossed."""

from baqylau.domain.ids import PersonId
from baqylau.domain.rights import BY_HAND, PERSONAL, ROLES, Action, Bounds, Role, may


def test_every_action_says_who_may() -> None:
    assert set(ROLES) == set(Action)
    assert all(ROLES.values())


def test_who_keeps_the_accounts_does_not_read_the_audit_and_the_other_way_round() -> None:
    assert not ROLES[Action.LOOK_AUDIT] & ROLES[Action.KEEP_ACCOUNTS]


def test_an_auditor_looks_and_does_nothing() -> None:
    given = {action for action in Action if may(Role.AUDITOR, action)} - BY_HAND
    nobodys = {Action.MAKE_STATISTICS, Action.READ_INTERFACE}
    """Figures without names, and what the interface says of itself."""
    assert {action for action in given - nobodys if not action.startswith(("look_", "play_"))} == set()


def test_a_technician_learns_nobodys_name_place_or_alarm() -> None:
    given = {action for action in Action if may(Role.TECHNICIAN, action)}
    assert given & PERSONAL == {Action.LOOK_DEVICE}
    assert Action.LOOK_IDENTITY not in given


def test_bounds_hold_districts_and_people_named_one_by_one() -> None:
    everywhere, here = Bounds(), Bounds(districts=("North",), people=(PersonId("p-7"),))
    assert everywhere.everybody
    assert everywhere.hold(PersonId("p-1"), "")
    assert here.hold(PersonId("p-1"), "North")
    assert here.hold(PersonId("p-7"), "South")
    assert not here.hold(PersonId("p-1"), "South")
    assert not here.hold(PersonId("p-1"), "")
