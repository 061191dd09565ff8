"""What distinguishes the rules about places, whose state machine is the same (`rules.places.keeping`)."""

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
    breach: bool = True
    """Against it is not as prescribed. A warning is found, and the person stands as prescribed all the same."""
