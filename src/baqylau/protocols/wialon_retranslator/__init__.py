"""The Wialon retranslator's packets over TCP: what we send to another platform, and what it answers.

The contract is `protocols/spec/wialon_retranslator.md`. Nothing in it is protected: lead the line through a tunnel.
"""

from baqylau.protocols.wialon_retranslator.packets import TAKEN, Message, packet, read, split

__all__ = ["TAKEN", "Message", "packet", "read", "split"]
