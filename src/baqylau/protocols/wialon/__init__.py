"""Wialon IPS 1.1 and 2.0 over TCP. The contract is `protocols/spec/wialon.md`; its clauses are cited as W1, W2, ..."""

from baqylau.protocols.wialon.device import WialonDevice
from baqylau.protocols.wialon.frames import decode_frame
from baqylau.protocols.wialon.session import WialonSession

__all__ = ["WialonDevice", "WialonSession", "decode_frame"]
