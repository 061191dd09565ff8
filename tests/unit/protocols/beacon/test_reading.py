"""From the bits of a beacon to what the rules hear."""

from hypothesis import given
from hypothesis import strategies as st

from baqylau.domain.observations import (
    Battery,
    Displaced,
    Enclosure,
    Motion,
    Power,
    SelfTest,
    Skin,
    Strap,
    Surroundings,
)
from baqylau.protocols.beacon.frame import RELAY
from baqylau.protocols.beacon.reading import bodies_of
from baqylau.protocols.beacon.status import LATCHED, NOW, UNKNOWN_TEMPERATURE, Status, unpack


def status(*now: str, latched: tuple[str, ...] = (), events: int = 0) -> Status:
    """Give what a bracelet says."""
    return Status(now=frozenset(now), latched=frozenset(latched), battery_percent=50, events=events)


def test_a_bracelet_that_is_well_says_so() -> None:
    assert bodies_of(status(), status()) == (
        Strap(open=False),
        Skin(contact=True),
        Motion(moving=False),
        Enclosure(open=False),
        Battery(level_percent=50),
        SelfTest(passed=True),
        Surroundings(temperature_c=None),
    )


def test_a_strap_that_was_cut_and_closed_between_two_receptions_was_open() -> None:
    heard = bodies_of(status(latched=("strap",), events=2), status())
    assert heard[:2] == (Strap(open=True), Strap(open=False))


def test_what_was_told_before_is_not_told_again_until_it_happens_again() -> None:
    told = status(latched=("strap", "case"), events=2)
    assert Strap(open=True) not in bodies_of(told, told)
    assert Strap(open=True) in bodies_of(status(latched=("strap", "case"), events=4), told)


def test_an_event_that_was_heard_does_not_bring_back_an_older_one() -> None:
    told = status(latched=("strap",), events=2)
    off_body = status("off_body", latched=("strap", "off_body"), events=3)
    assert Strap(open=True) not in bodies_of(off_body, told)
    assert Strap(open=True) not in bodies_of(status(latched=("strap", "off_body"), events=4), off_body)


def test_a_relay_says_whether_it_stands_and_has_mains_and_nothing_of_a_body() -> None:
    heard = bodies_of(status("off_body", "charging", latched=("off_body",), events=1), status(), RELAY)
    assert heard[:2] == (Displaced(moved=True), Power(external=True))
    assert not [body for body in heard if isinstance(body, Strap | Skin | Motion)]


def test_a_strap_that_is_open_is_open_once() -> None:
    heard = bodies_of(status("strap", latched=("strap",), events=1), status())
    assert [body for body in heard if isinstance(body, Strap)] == [Strap(open=True)]


def test_a_first_beacon_tells_everything_that_it_latched() -> None:
    assert Enclosure(open=True) in bodies_of(status(latched=("case",), events=7), None)


def test_a_radio_that_fails_is_a_failed_self_test() -> None:
    assert SelfTest(passed=False, part="radio") in bodies_of(status(latched=("radio_fault",), events=1), status())


@given(
    st.frozensets(st.sampled_from(NOW)),
    st.frozensets(st.sampled_from(LATCHED)),
    st.integers(0, 200),
    st.integers(UNKNOWN_TEMPERATURE, 127),
    st.tuples(st.integers(0, 65535), st.integers(0, 255), st.integers(0, 255)),
)
def test_a_status_survives_its_eight_bytes(
    now: frozenset[str], latched: frozenset[str], half_percent: int, temperature_c: int, counts: tuple[int, int, int]
) -> None:
    packed = Status(now, latched, half_percent / 2, temperature_c, *counts).pack()
    read = unpack(packed)
    assert (read.now, read.latched, read.battery_percent, read.temperature_c) == (
        now,
        latched,
        half_percent / 2,
        temperature_c,
    )
    assert (read.events, read.moving_minutes, read.configuration) == counts
    assert read.pack() == packed
