"""The table of public places; all others are in `storage.schema`."""

from sqlalchemy import Column, Float, Index, Table
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, running_number, word

public_place = Table(
    "public_place",
    metadata,
    running_number(),
    word("kind"),
    Column("zone", JSONB, nullable=False),
    *(Column(f"{side}_deg", Float, nullable=False) for side in ("south", "west", "north", "east")),
    word("loaded_by"),
    instant("loaded_at"),
    Index("public_place_from_south", "south_deg", "north_deg"),
)
"""Clinics, courts and the like, each with the rectangle around it. No place here is anybody's."""
