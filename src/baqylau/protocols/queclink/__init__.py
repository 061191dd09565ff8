"""The @Track text protocol of Queclink's trackers: both sides of a conversation.

The contract is `protocols/spec/queclink.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.queclink.device import QueclinkDevice
from baqylau.protocols.queclink.session import QueclinkSession, decode_frame

__all__ = ["QueclinkDevice", "QueclinkSession", "decode_frame"]
