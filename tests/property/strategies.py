"""Stories drawn at random: people under orders, and what their devices say of a day."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.ids import ConsentId, DeviceId, MaintenanceId, RestrictionId
from baqylau.domain.observations import Heard, Observation, ReceiverHealth
from baqylau.domain.orders import Consent, NoContact, Restriction, Route, TimedPlace
from baqylau.domain.people import Device, Maintenance, Supervision
from tests.property.equipment import BODIES, BRACELET, KINDS, MOBILE, OTHER, RELAY, SECOND, UNITS
from tests.unit.rules.stories import (
    ORDER,
    ORDER_FROM,
    PERSON,
    TRACKER,
    at,
    circle,
    deaf,
    exclusion,
    fitting,
    heard,
    nightly,
    north,
    order,
    permission,
    presence,
    required_place,
    supervision,
    territory,
)

DAY_S = 86_400
"""Stories run from the beginning of the order for a day."""
END = ORDER_FROM + timedelta(seconds=DAY_S)

instants = st.integers(0, DAY_S).map(lambda seconds: ORDER_FROM + timedelta(seconds=seconds))


@st.composite
def bursts(draw: st.DrawFn) -> list[Observation]:
    """Give several records of one device, a steady time apart, as real devices send them."""
    begin, step_s = draw(instants), draw(st.sampled_from((1, 10, 60, 300)))
    device_id = draw(st.sampled_from((TRACKER, TRACKER, *KINDS)))
    said = draw(st.lists(st.lists(BODIES[KINDS[device_id]], min_size=1, max_size=2), min_size=1, max_size=6))
    return [
        heard(begin + timedelta(seconds=step_s * number), *several, device_id=device_id)
        for number, several in enumerate(said)
    ]


@st.composite
def listening(draw: st.DrawFn) -> list[Observation]:
    """Give a while in which a receiver works and hears the bracelet, or does not, as presence and absence look."""
    begin, unit = draw(instants), draw(st.sampled_from((*UNITS, MOBILE)))
    minutes = draw(st.integers(3, 25))
    lost_from, lost_until = sorted((draw(st.integers(0, minutes)), draw(st.integers(0, minutes))))
    story = []
    for minute in range(minutes):
        at_ = begin + timedelta(minutes=minute)
        story.append(heard(at_, ReceiverHealth(working=True, frames=6), device_id=unit))
        if not lost_from <= minute < lost_until:
            frames = Heard(receiver_id=unit, rssi_dbm=-70.0, frames=5)
            story.append(heard(at_ + timedelta(seconds=7), frames, device_id=BRACELET))
    return story


@st.composite
def wrong_clocks(draw: st.DrawFn) -> list[Observation]:
    """Give a record whose time cannot be right."""
    off = draw(st.sampled_from((timedelta(days=365), timedelta(days=-4000), timedelta(seconds=121))))
    received_at = draw(instants)
    return [
        heard(
            received_at + off, *draw(st.lists(BODIES[KINDS[TRACKER]], min_size=1, max_size=2)), received_at=received_at
        )
    ]


@st.composite
def gaps(draw: st.DrawFn) -> list[Observation]:
    """Give a time in which we did not listen."""
    from_at = draw(instants)
    return [deaf(from_at, from_at + timedelta(seconds=draw(st.integers(1, 20_000))))]


@st.composite
def days(draw: st.DrawFn) -> list[Observation]:
    """Give what was heard in a day, each fact once, in no particular order."""
    parts = draw(st.lists(st.one_of(bursts(), bursts(), bursts(), listening(), wrong_clocks(), gaps()), max_size=8))
    return list({one.id: one for part in parts for one in part}.values())


def _every_kind() -> tuple[Restriction, ...]:
    common: dict[str, Any] = {"order_id": ORDER, "version": 1, "clause": "as the court says", "from_at": ORDER_FROM}
    market, way = circle("Market", north(400), 200), circle("Way", north(1000), 1500)
    return (
        presence(absence_limit_s_per_day=3600, absence_limit_s_per_week=7200),
        presence(id=RestrictionId("presence-2"), places=(circle("Home"), circle("Mother", north(2000))), grace_s=0),
        exclusion(),
        exclusion(id=RestrictionId("exclusion-2"), zone=market, schedule=nightly("08:00", "14:00")),
        exclusion(id=RestrictionId("exclusion-3"), warning_m=300.0, dwell_s=600, loiter_s=900),
        required_place(),
        required_place(id=RestrictionId("required-2"), zone=market, schedule=nightly("10:00", "16:00"), stay_s=1800),
        territory(),
        TimedPlace(id=RestrictionId("timed-1"), zone=market, schedule=nightly("10:00", "12:00"), **common),
        Route(id=RestrictionId("route-1"), zone=way, schedule=nightly("08:00", "10:00"), **common),
        NoContact(id=RestrictionId("contact-1"), other_id=OTHER, distance_m=200.0, **common),
        NoContact(id=RestrictionId("contact-2"), other_id=OTHER, distance_m=200.0, protected=True, **common),
    )


@st.composite
def _equipment(draw: st.DrawFn) -> dict[str, object]:
    """Give two trackers and what else the person may have, each from some instant on."""
    limits = st.sampled_from((600, 1800, 7200))
    others = draw(st.lists(st.sampled_from((BRACELET, *UNITS, MOBILE, RELAY)), unique=True, max_size=4))
    ids = (TRACKER, SECOND, *others)
    places = {UNITS[1]: circle("Mother", north(2000)), RELAY: circle("Work", north(5000))}
    devices = tuple(
        Device(
            id=name,
            kind=KINDS[name],
            protocol="native",
            number=str(name),
            silence_limit_s=draw(limits),
            gone_grace_s=draw(st.sampled_from((0, 60))),
            place=places.get(name),
        )
        for name in ids
    )
    return {
        "devices": devices,
        "fittings": (fitting(), fitting(SECOND, draw(instants), END), *(fitting(name) for name in others)),
        "maintenances": draw(_works(ids)),
    }


@st.composite
def _works(draw: st.DrawFn, ids: tuple[DeviceId, ...]) -> tuple[Maintenance, ...]:
    """Give some work of ours on the equipment, or none."""
    begin = draw(instants)
    one = Maintenance(
        id=MaintenanceId("maintenance-1"),
        person_id=PERSON,
        device_id=draw(st.sampled_from((None, *ids))),
        from_at=begin,
        until_at=begin + timedelta(minutes=draw(st.integers(1, 300))),
        reason="exchange",
        by="inspector",
    )
    return draw(st.sampled_from(((), (one,))))


@st.composite
def supervisions(draw: st.DrawFn) -> Supervision:
    """Give what is prescribed for somebody with two trackers and perhaps more."""
    chosen = draw(st.lists(st.sampled_from(_every_kind()), unique=True, max_size=4))
    begin = draw(instants)
    excused = permission(begin, begin + timedelta(hours=draw(st.integers(1, 6))))
    agreed = Consent(id=ConsentId("consent-1"), person_id=OTHER, from_at=ORDER_FROM, until_at=draw(instants), form="1")
    return supervision(
        *chosen,
        permissions=draw(st.sampled_from(((), (excused,)))),
        consents=draw(st.sampled_from(((), (agreed,)))),
        orders=(order(until_at=draw(st.sampled_from((at("23:00"), at("00:00", day=5))))),),
        **draw(_equipment()),
    )


def delayed(observation: Observation, delay_s: int) -> Observation:
    """Give the observation as it is when it arrives later: a wrong clock stays as wrong as it was."""
    if observation.received_at != observation.observed_at:
        return observation
    return replace(observation, received_at=observation.received_at + timedelta(seconds=delay_s))


def last_instant(observations: list[Observation]) -> datetime:
    """Give an instant after everything in the story."""
    return max([END, *(one.received_at for one in observations)]) + timedelta(hours=3)
