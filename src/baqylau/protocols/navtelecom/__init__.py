"""Navtelecom over TCP: NTCB for sign-in and orders, FLEX for telemetry. Both sides of a conversation.

The contract is `protocols/spec/navtelecom.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.navtelecom.device import NavtelecomDevice
from baqylau.protocols.navtelecom.session import NavtelecomSession, decode_frame

__all__ = ["NavtelecomDevice", "NavtelecomSession", "decode_frame"]
