"""Every family, entered by being imported. A new file of families is a new line here."""

from tests.quality import (
    families_device,
    families_home,
    families_office,
    families_people,
    families_radio,
    families_sky,
    families_tracker,
    families_units,
    families_ways,
    families_zones,
)
from tests.quality.case import FAMILIES

__all__ = [
    "FAMILIES",
    "families_device",
    "families_home",
    "families_office",
    "families_people",
    "families_radio",
    "families_sky",
    "families_tracker",
    "families_units",
    "families_ways",
    "families_zones",
]
