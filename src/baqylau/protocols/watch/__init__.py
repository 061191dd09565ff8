"""The text protocol of tracker watches (TK-STAR, SeTracker and many like them): both sides of a conversation.

The contract is `protocols/spec/watch.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.watch.device import WatchDevice
from baqylau.protocols.watch.session import WatchSession, decode_frame

__all__ = ["WatchDevice", "WatchSession", "decode_frame"]
