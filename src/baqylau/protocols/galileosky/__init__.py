"""Galileosky over TCP: packets of tagged records, their confirmation, and text commands. Both sides of a conversation.

The contract is `protocols/spec/galileosky.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.galileosky.device import GalileoskyDevice
from baqylau.protocols.galileosky.session import GalileoskySession, decode_frame

__all__ = ["GalileoskyDevice", "GalileoskySession", "decode_frame"]
