"""GT06, the binary protocol of Concox and of many makers after it: both sides of a conversation.

The contract is `protocols/spec/gt06.md`. Nothing in it proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.gt06.device import Gt06Device
from baqylau.protocols.gt06.session import Gt06Session, decode_frame

__all__ = ["Gt06Device", "Gt06Session", "decode_frame"]
