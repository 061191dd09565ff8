"""H02, the text and binary protocol of many small trackers: both sides of a conversation.

The contract is `protocols/spec/h02.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.h02.device import H02Device
from baqylau.protocols.h02.session import H02Session, decode_frame

__all__ = ["H02Device", "H02Session", "decode_frame"]
