"""The protocols that bought trackers speak: one row each. A new protocol is a new row."""

from collections.abc import Callable

from msgspec import Struct

from baqylau.domain.commands import Order
from baqylau.protocols import egts, galileosky, gt06, h02, navtelecom, osmand, queclink, teltonika, watch, wialon
from baqylau.protocols.session import DeviceSide, Event, Session, TakesOrders

Device = Callable[[str, str], DeviceSide]
"""Gives the device's side for a number and a password."""
Decode = Callable[[bytes], tuple[Event, ...]]


class FleetProtocol(Struct, frozen=True, kw_only=True):
    """Both sides of a protocol, and how to read one frame outside any conversation."""

    session: Callable[[], Session]
    device: Device
    decode_frame: Decode
    is_text: bool


def _text(session: Callable[[], Session], device: Device, decode_frame: Decode) -> FleetProtocol:
    return FleetProtocol(session=session, device=device, decode_frame=decode_frame, is_text=True)


def _binary(session: Callable[[], Session], device: Device, decode_frame: Decode) -> FleetProtocol:
    return FleetProtocol(session=session, device=device, decode_frame=decode_frame, is_text=False)


def _by_number(device: Callable[[str], DeviceSide]) -> Device:
    """Give a device of a protocol that knows no password."""
    return lambda number, _password: device(number)


FLEET: dict[str, FleetProtocol] = {
    "wialon": _text(wialon.WialonSession, wialon.WialonDevice, wialon.decode_frame),
    "egts": _binary(egts.EgtsSession, _by_number(egts.EgtsDevice), egts.decode_frame),
    "teltonika": _binary(teltonika.TeltonikaSession, _by_number(teltonika.TeltonikaDevice), teltonika.decode_frame),
    "gt06": _binary(gt06.Gt06Session, _by_number(gt06.Gt06Device), gt06.decode_frame),
    "galileosky": _binary(
        galileosky.GalileoskySession, _by_number(galileosky.GalileoskyDevice), galileosky.decode_frame
    ),
    "navtelecom": _binary(
        navtelecom.NavtelecomSession, _by_number(navtelecom.NavtelecomDevice), navtelecom.decode_frame
    ),
    "osmand": _text(osmand.OsmAndSession, _by_number(osmand.OsmAndDevice), osmand.decode_frame),
    "watch": _text(watch.WatchSession, _by_number(watch.WatchDevice), watch.decode_frame),
    "queclink": _text(queclink.QueclinkSession, _by_number(queclink.QueclinkDevice), queclink.decode_frame),
    "h02": _text(h02.H02Session, _by_number(h02.H02Device), h02.decode_frame),
}


def has_words(protocol: str, order: Order) -> bool:
    """Whether devices of a fleet protocol can be ordered this; False for any other protocol."""
    if protocol not in FLEET:
        return False
    session = FLEET[protocol].session()
    return isinstance(session, TakesOrders) and session.order(0, order) is not None
