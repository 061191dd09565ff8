"""Teltonika, codecs 8, 8 Extended and 16 over TCP, and text commands by codec 12: both sides of a conversation.

The contract is `protocols/spec/teltonika.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.teltonika.device import TeltonikaDevice
from baqylau.protocols.teltonika.session import TeltonikaSession, decode_frame

__all__ = ["TeltonikaDevice", "TeltonikaSession", "decode_frame"]
