"""What every kind of equipment says, drawn at random."""

from hypothesis import strategies as st

from baqylau.domain.ids import DeviceId, ObservationId, PersonId
from baqylau.domain.observations import (
    Battery,
    Body,
    BufferSet,
    CallAsked,
    Cell,
    Displaced,
    Distrust,
    DistrustReason,
    Enclosure,
    Farewell,
    FarewellReason,
    Fix,
    FixSource,
    Grade,
    Heard,
    Interference,
    InterferenceKind,
    LinkEvent,
    LinkHealth,
    Motion,
    Nearness,
    NoFix,
    Panic,
    Power,
    ReceiverHealth,
    SelfTest,
    SimCard,
    Skin,
    Sky,
    Strain,
    Strap,
    Surroundings,
)
from baqylau.domain.people import DeviceKind
from tests.unit.rules.stories import TRACKER, north

SECOND = DeviceId("tracker-2")
BRACELET = DeviceId("bracelet-1")
UNITS = (DeviceId("unit-1"), DeviceId("unit-2"))
MOBILE = DeviceId("mobile-1")
RELAY = DeviceId("relay-1")
OTHER = PersonId("person-2")
KINDS = {
    TRACKER: DeviceKind.TRACKER,
    SECOND: DeviceKind.TRACKER,
    BRACELET: DeviceKind.BRACELET,
    UNITS[0]: DeviceKind.HOME_UNIT,
    UNITS[1]: DeviceKind.HOME_UNIT,
    MOBILE: DeviceKind.MOBILE_UNIT,
    RELAY: DeviceKind.RELAY,
}

PLACES_M = (0.0, 60.0, 95.0, 140.0, 400.0, 1800.0, 1950.0, 2000.0, 5000.0, 21_000.0, 90_000.0)

_flags = st.booleans()
fixes = st.builds(
    lambda metres, accuracy_m, source: Fix(
        latitude_deg=north(metres).latitude_deg,
        longitude_deg=north(metres).longitude_deg,
        accuracy_m=accuracy_m,
        source=source,
    ),
    st.sampled_from(PLACES_M),
    st.sampled_from((5.0, 10.0, 30.0, 150.0, None)),
    st.sampled_from((FixSource.GNSS, FixSource.GNSS, FixSource.GNSS, FixSource.RELAY, FixSource.CELL)),
)
heard_frames = st.builds(
    Heard,
    receiver_id=st.sampled_from((*UNITS, MOBILE, DeviceId("unit-of-nobody"))),
    rssi_dbm=st.sampled_from((-50.0, -70.0, -92.0)),
    frames=st.sampled_from((1, 2, 6)),
)
health = st.builds(
    ReceiverHealth,
    working=st.sampled_from((True, True, True, False)),
    frames=st.sampled_from((0, 1, 6, 12)),
    noise_dbm=st.sampled_from((None, -105.0, -60.0)),
)
_anybody = (
    _flags.map(lambda it: Enclosure(open=it)),
    st.integers(0, 100).map(lambda percent: Battery(level_percent=percent)),
    st.just(LinkHealth(event=LinkEvent.PING)),
    _flags.map(lambda it: SelfTest(passed=it)),
    st.builds(Distrust, reason=st.sampled_from(DistrustReason)),
    _flags.map(lambda it: Power(external=it)),
)
_worn = (
    _flags.map(lambda it: Strap(open=it)),
    _flags.map(lambda it: Skin(contact=it)),
    _flags.map(lambda it: Strain(beyond=it)),
    st.builds(
        Surroundings,
        temperature_c=st.sampled_from((None, -35.0, 20.0, 75.0)),
        shock_g=st.sampled_from((None, 1.0, 200.0)),
    ),
)
_modem = (
    st.builds(Cell, registered=_flags, id=st.sampled_from(("", "401-01-1", "401-01-2"))),
    st.builds(BufferSet, buffer_s=st.sampled_from([300, 480])),
    st.builds(SimCard, card=st.sampled_from("ab"), modem=st.just("m")),
    st.builds(Interference, kind=st.sampled_from(InterferenceKind), grade=st.sampled_from(Grade)),
    st.builds(Farewell, reason=st.sampled_from(FarewellReason)),
)
_sky = (
    fixes,
    fixes,
    fixes,
    st.just(NoFix()),
    _flags.map(lambda it: Motion(moving=it)),
    st.builds(Sky, satellites=st.integers(0, 12), mean_cn0_dbhz=st.sampled_from((None, 20.0, 40.0))),
)
_fixed = (health, health, health, _flags.map(lambda it: Displaced(moved=it)))
_pressed = (st.just(Panic()), st.just(CallAsked()))
_FIXES = ObservationId("0" * 32), ObservationId("1" * 32)
THEIR_FIXES = set(_FIXES)
"""Of two people, from which a distance was worked out; they are not among what one of them said."""
_near = st.builds(
    Nearness,
    other_id=st.just(OTHER),
    distance_m=st.sampled_from((0.0, 90.0, 250.0, 390.0, 410.0, 3000.0)),
    accuracy_m=st.sampled_from((15.0, 60.0)),
    because=st.just(_FIXES),
)

BODIES: dict[DeviceKind, st.SearchStrategy[Body]] = {
    DeviceKind.TRACKER: st.one_of(*_sky, *_sky, *_anybody, *_worn, *_modem, _near, st.just(Panic())),
    DeviceKind.BRACELET: st.one_of(*([heard_frames] * 8), *_worn, *_anybody, _flags.map(lambda it: Motion(moving=it))),
    DeviceKind.HOME_UNIT: st.one_of(*_fixed, *_fixed, *_anybody, *_modem),
    DeviceKind.MOBILE_UNIT: st.one_of(*_sky, *_anybody, *_modem, health, health, *_pressed),
    DeviceKind.RELAY: st.one_of(*_anybody, _flags.map(lambda it: Displaced(moved=it))),
}
"""What each kind of equipment can say."""
