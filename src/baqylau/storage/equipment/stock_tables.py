"""The table of what was done with equipment while it was on nobody; all others are in `storage.schema`."""

from sqlalchemy import Column, Index, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, octets, running_number, word

stock_act = Table(
    "stock_act",
    metadata,
    running_number("number"),
    word("device_id"),
    word("by"),
    instant("recorded_at"),
    Column("act", JSONB, nullable=False),
    octets("statement"),
    octets("public_key"),
    octets("signature"),
    Index("stock_act_of_device", "device_id", "number"),
    Index("stock_act_of_kind", text("(act->>'type')"), "device_id"),
    Index("stock_act_of_batch", text("lower(act->>'batch')")),
)
"""Append only, each signed: what was recorded wrongly is taken back by a later row."""
