"""Rows of facts of a case as values. Amid an upgrade a row may say what only the newer version knows (ADR 0026)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import EnumType
from typing import Any, Final, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import Row

from baqylau.domain.case_facts import Fact, KeptFact
from baqylau.domain.ids import PersonId

_FIELDS: Final = {str(one.__struct_config__.tag): msgspec.structs.fields(one) for one in get_args(Fact)}
"""What this version knows of each kind of fact."""


class FromNewer(Struct, frozen=True, kw_only=True):
    """A fact of a kind, with a field, or with a word that this version does not know: nothing is guessed from it."""

    number: int
    person_id: PersonId
    by: str
    at: datetime
    fact: Mapping[str, object]
    """As it was written down."""


class Facts(Struct, frozen=True, kw_only=True):
    """What was recorded about a person, the oldest first."""

    known: tuple[KeptFact, ...] = ()
    newer: tuple[FromNewer, ...] = ()


def fact_of(row: "Row[Any]") -> KeptFact | FromNewer:
    """Give what a row says. `msgspec.ValidationError` when it is damaged: that is no newer version."""
    if _is_known(row.fact):
        return msgspec.convert(row, KeptFact, from_attributes=True)
    return msgspec.convert(row, FromNewer, from_attributes=True)


def _is_known(fact: Mapping[str, object]) -> bool:
    fields = {one.encode_name: one.type for one in _FIELDS.get(str(fact.get("type")), ())}
    words = ((kind, fact[name]) for name, kind in fields.items() if name in fact and isinstance(kind, EnumType))
    return fact.keys() <= {"type", *fields} and all(word in set(kind) for kind, word in words)


def facts_of(rows: "Iterable[Row[Any]]") -> Facts:
    """Give what rows say, what this version knows apart from what it does not."""
    facts = [fact_of(row) for row in rows]
    return Facts(
        known=tuple(one for one in facts if isinstance(one, KeptFact)),
        newer=tuple(one for one in facts if isinstance(one, FromNewer)),
    )
