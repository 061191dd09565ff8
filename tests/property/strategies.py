"""Stories drawn at random: people under orders, and what their devices say of a day."""

from datetime import datetime, timedelta

from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import (
    Battery,
    Body,
    Enclosure,
    Fix,
    FixSource,
    LinkEvent,
    LinkHealth,
    NoFix,
    Observation,
    Strap,
)
from baqylau.domain.orders import Restriction
from baqylau.domain.people import Supervision
from tests.unit.rules.stories import (
    ORDER_FROM,
    TRACKER,
    at,
    circle,
    deaf,
    device,
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

SECOND = DeviceId("tracker-2")
DAY_S = 86_400
"""Stories run from the beginning of the order for a day."""
END = ORDER_FROM + timedelta(seconds=DAY_S)

instants = st.integers(0, DAY_S).map(lambda seconds: ORDER_FROM + timedelta(seconds=seconds))

PLACES_M = (0.0, 60.0, 95.0, 140.0, 400.0, 1950.0, 2000.0, 5000.0, 21_000.0, 90_000.0)

fixes = st.builds(
    lambda metres, accuracy_m, source: Fix(
        latitude_deg=north(metres).latitude_deg,
        longitude_deg=north(metres).longitude_deg,
        accuracy_m=accuracy_m,
        source=source,
    ),
    st.sampled_from(PLACES_M),
    st.sampled_from((5.0, 10.0, 30.0, 150.0, None)),
    st.sampled_from((FixSource.GNSS, FixSource.GNSS, FixSource.GNSS, FixSource.CELL)),
)
bodies: st.SearchStrategy[Body] = st.one_of(
    fixes,
    fixes,
    fixes,
    st.just(NoFix()),
    st.booleans().map(lambda is_open: Strap(open=is_open)),
    st.booleans().map(lambda is_open: Enclosure(open=is_open)),
    st.integers(0, 100).map(lambda percent: Battery(level_percent=percent)),
    st.just(LinkHealth(event=LinkEvent.PING)),
)


@st.composite
def bursts(draw: st.DrawFn) -> list[Observation]:
    """Give several records of one device, a steady time apart, as real devices send them."""
    begin, step_s = draw(instants), draw(st.sampled_from((1, 10, 60, 300)))
    device_id = draw(st.sampled_from((TRACKER, TRACKER, SECOND)))
    said = draw(st.lists(st.lists(bodies, min_size=1, max_size=2), min_size=1, max_size=6))
    return [
        heard(begin + timedelta(seconds=step_s * number), *several, device_id=device_id)
        for number, several in enumerate(said)
    ]


@st.composite
def wrong_clocks(draw: st.DrawFn) -> list[Observation]:
    """Give a record whose time cannot be right."""
    off = draw(st.sampled_from((timedelta(days=365), timedelta(days=-4000), timedelta(seconds=121))))
    received_at = draw(instants)
    return [heard(received_at + off, *draw(st.lists(bodies, min_size=1, max_size=2)), received_at=received_at)]


@st.composite
def gaps(draw: st.DrawFn) -> list[Observation]:
    """Give a time in which we did not listen."""
    from_at = draw(instants)
    return [deaf(from_at, from_at + timedelta(seconds=draw(st.integers(1, 20_000))))]


@st.composite
def days(draw: st.DrawFn) -> list[Observation]:
    """Give what was heard in a day, each fact once, in no particular order."""
    parts = draw(st.lists(st.one_of(bursts(), bursts(), bursts(), wrong_clocks(), gaps()), max_size=8))
    return list({one.id: one for part in parts for one in part}.values())


@st.composite
def supervisions(draw: st.DrawFn) -> Supervision:
    """Give what is prescribed for somebody with two trackers."""
    all_restrictions: tuple[Restriction, ...] = (
        presence(),
        presence(id="presence-2", places=(circle("Home"), circle("Mother", north(2000))), grace_s=0),
        exclusion(),
        exclusion(id="exclusion-2", zone=circle("Market", north(400), 200), schedule=nightly("08:00", "14:00")),
        required_place(),
        territory(),
    )
    chosen = draw(st.lists(st.sampled_from(all_restrictions), unique=True, max_size=4))
    limits = st.sampled_from((600, 1800, 7200))
    begin = draw(instants)
    excused = permission(begin, begin + timedelta(hours=draw(st.integers(1, 6))))
    return supervision(
        *chosen,
        permissions=draw(st.sampled_from(((), (excused,)))),
        orders=(order(until_at=draw(st.sampled_from((at("23:00"), at("00:00", day=5))))),),
        fittings=(fitting(), fitting(SECOND, draw(instants), END)),
        devices=(device(TRACKER, draw(limits)), device(SECOND, draw(limits))),
    )


def delayed(observation: Observation, delay_s: int) -> Observation:
    """Give the observation as it is when it arrives later: a wrong clock stays as wrong as it was."""
    if observation.received_at != observation.observed_at:
        return observation
    return replace(observation, received_at=observation.received_at + timedelta(seconds=delay_s))


def last_instant(observations: list[Observation]) -> datetime:
    """Give an instant after everything in the story."""
    return max([END, *(one.received_at for one in observations)]) + timedelta(hours=3)
