"""How very many people are told to a screen: by their number, and by cells of a map."""

from msgspec import Struct

from baqylau.domain.verdicts import Blindness, Compliance


class CrowdCounts(Struct, frozen=True, kw_only=True):
    """How many people there are within the bounds, and where they stand."""

    people: int
    compliance: dict[Compliance, int]
    blindness: dict[Blindness, int]
    """Why what is unknown is."""


class MapCell(Struct, frozen=True, kw_only=True):
    """People who are so near to each other on a map that one sign stands for them."""

    latitude_deg: float
    longitude_deg: float
    people: int
    compliance: dict[Compliance, int]
