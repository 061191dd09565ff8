"""The protocols that bought trackers speak: one row each. A new protocol is a new row."""

from collections.abc import Callable

from msgspec import Struct

from baqylau.domain.commands import Order
from baqylau.protocols import egts, galileosky, gt06, h02, navtelecom, osmand, queclink, teltonika, watch, wialon
from baqylau.protocols.session import DeviceSide, Event, Session, TakesOrders


class FleetProtocol(Struct, frozen=True, kw_only=True):
    """Both sides of a protocol, and how to read one frame outside any conversation."""

    session: Callable[[], Session]
    device: Callable[[str, str], DeviceSide]
    """Give the device's side for a number and a password."""
    decode_frame: Callable[[bytes], tuple[Event, ...]]
    is_text: bool


FLEET: dict[str, FleetProtocol] = {
    "wialon": FleetProtocol(
        session=wialon.WialonSession,
        device=wialon.WialonDevice,
        decode_frame=wialon.decode_frame,
        is_text=True,
    ),
    "egts": FleetProtocol(
        session=egts.EgtsSession,
        device=lambda number, _password: egts.EgtsDevice(number),
        decode_frame=egts.decode_frame,
        is_text=False,
    ),
    "teltonika": FleetProtocol(
        session=teltonika.TeltonikaSession,
        device=lambda number, _password: teltonika.TeltonikaDevice(number),
        decode_frame=teltonika.decode_frame,
        is_text=False,
    ),
    "gt06": FleetProtocol(
        session=gt06.Gt06Session,
        device=lambda number, _password: gt06.Gt06Device(number),
        decode_frame=gt06.decode_frame,
        is_text=False,
    ),
    "galileosky": FleetProtocol(
        session=galileosky.GalileoskySession,
        device=lambda number, _password: galileosky.GalileoskyDevice(number),
        decode_frame=galileosky.decode_frame,
        is_text=False,
    ),
    "navtelecom": FleetProtocol(
        session=navtelecom.NavtelecomSession,
        device=lambda number, _password: navtelecom.NavtelecomDevice(number),
        decode_frame=navtelecom.decode_frame,
        is_text=False,
    ),
    "osmand": FleetProtocol(
        session=osmand.OsmAndSession,
        device=lambda number, _password: osmand.OsmAndDevice(number),
        decode_frame=osmand.decode_frame,
        is_text=True,
    ),
    "watch": FleetProtocol(
        session=watch.WatchSession,
        device=lambda number, _password: watch.WatchDevice(number),
        decode_frame=watch.decode_frame,
        is_text=True,
    ),
    "queclink": FleetProtocol(
        session=queclink.QueclinkSession,
        device=lambda number, _password: queclink.QueclinkDevice(number),
        decode_frame=queclink.decode_frame,
        is_text=True,
    ),
    "h02": FleetProtocol(
        session=h02.H02Session,
        device=lambda number, _password: h02.H02Device(number),
        decode_frame=h02.decode_frame,
        is_text=True,
    ),
}


def has_words(protocol: str, order: Order) -> bool:
    """Whether devices of a fleet protocol can be ordered this; False for any other protocol."""
    if protocol not in FLEET:
        return False
    session = FLEET[protocol].session()
    return isinstance(session, TakesOrders) and session.order(0, order) is not None
