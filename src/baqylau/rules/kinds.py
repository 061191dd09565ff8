"""What distinguishes the four rules about places, whose state machine is the same (`rules.keeping`)."""

from msgspec import Struct

from baqylau.domain.findings import Code
from baqylau.domain.verdicts import Standing


class Kind(Struct, frozen=True, kw_only=True):
    """What distinguishes one rule about places from another."""

    name: str
    version: str
    against: Standing
    """The standing that speaks against what is prescribed."""
    late: Code
    left: Code
    seen: Code
    back: Code
