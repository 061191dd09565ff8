"""The tables of the ledger: what was found, by which rules, and what was done, as links of a chain."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, SmallInteger, Table, text
from sqlalchemy.dialects.postgresql import JSONB

from baqylau.storage.columns import instant, metadata, octets, running_number, word


def sealing() -> list[Column[Any]]:
    """Give the columns by which a row is known to the ledger; empty until it is sealed."""
    return [
        Column("ledger_seq", BigInteger, nullable=True),
        octets("ledger_salt", nullable=True),
        instant("sealed_at", nullable=True),
    ]


def sealed_once(table: str) -> list[Index]:
    """Give the indices by which a row is found by its number in the ledger, and those that wait for one."""
    return [
        Index(f"{table}_sealed", "ledger_seq", unique=True, postgresql_where=text("ledger_seq IS NOT NULL")),
        Index(f"{table}_unsealed", "id", postgresql_where=text("ledger_seq IS NULL")),
    ]


ledger = Table(
    "ledger",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    octets("leaf"),
    octets("hash"),
    Column("let_go", BigInteger, nullable=True),
)
"""Digests of findings, rules and acts. `let_go`: the number of the receipt with which the words behind one went."""

ledger_day = Table(
    "ledger_day",
    metadata,
    Column("first_seq", BigInteger, primary_key=True, autoincrement=False),
    instant("received_at"),
    octets("carried"),
)
"""With which entry each day's tree begins, and what it carries of the day before."""

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("chain", SmallInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
    octets("hash"),
    instant("received_at"),
    Column("first_seq", BigInteger, nullable=True),
    octets("peaks", nullable=True),
    postgresql_with={"fillfactor": 25},
)
"""Where the ledger stands; one row. Who holds it is the only one to seal."""

rules_used = Table(
    "rules_used",
    metadata,
    running_number(),
    instant("at"),
    word("code"),
    Column("figures", JSONB, nullable=False),
    *sealing(),
    *sealed_once("rules_used"),
)
"""By which rules was judged from when on: the digest of their code, and their figures."""
