"""EGTS, the transport and telematic protocol of GOST 33472-2015 and of Order 285: both sides of a conversation.

The contract is `protocols/spec/egts.md`. Nothing in EGTS proves who speaks: label *unauthenticated device*.
"""

from baqylau.protocols.egts.device import EgtsDevice
from baqylau.protocols.egts.sensors import BRACELET, Inputs
from baqylau.protocols.egts.session import EgtsSession, decode_frame

__all__ = ["BRACELET", "EgtsDevice", "EgtsSession", "Inputs", "decode_frame"]
