"""What the registers refuse, as a form shows it: at a field, in words that name things as people know them. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus

import msgspec
from starlette.responses import Response

from baqylau.domain.ids import RestrictionId
from baqylau.domain.orders import Order, Restriction
from baqylau.domain.people import Device, Person, Supervision
from baqylau.domain.proposals import AddOrder, Change, RegisterPerson
from baqylau.monitoring.workstation.cases.messages import CaseRefusal, CaseWarning, FieldFault, HistoryRow
from baqylau.monitoring.workstation.refusals import RefusedError
from baqylau.storage.registers.registry import Fault, contradicted

_AT_THE_FIELD = frozenset(
    {
        *("unknown", "ends_before_it_begins", "number_taken", "overlaps", "id_taken", "of_another", "ended_already"),
        *("revoked_already", "not_within_order", "suspended_already", "not_suspended", "the_same"),
    }
)
"""Reasons whose field is one of the row; of all others it is what the row does not go with."""


class CaseRefusedError(RefusedError):
    """Nothing was saved; the fields and what was changed meanwhile are told."""

    def __init__(
        self,
        status: HTTPStatus,
        key: str,
        *,
        faults: Iterable[FieldFault] = (),
        changed: Iterable[HistoryRow] = (),
        version: int | None = None,
        params: Mapping[str, str | int | float] | None = None,
    ) -> None:
        super().__init__(status, key)
        self.params.update(params or {})
        self.faults, self.changed, self.version = tuple(faults), tuple(changed), version

    def response(self) -> Response:
        """Give the refusal as the browser gets it."""
        refusal = CaseRefusal(
            key=self.key, params=self.params, faults=self.faults, changed=self.changed, version=self.version
        )
        return Response(msgspec.json.encode(refusal), self.status, media_type="application/json")


def wrong_fields(faults: Iterable[FieldFault]) -> CaseRefusedError:
    """Give the refusal of a change with faults."""
    return CaseRefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, "case.refused.fields", faults=faults)


def words_of(rows: Iterable[object]) -> dict[str, str]:
    """Give what people call the things that the registers call by ids."""
    words: dict[str, str] = {}
    for row in rows:
        match row:
            case Person():
                words[row.id] = row.name
            case Order():
                words[row.id] = row.act_number
            case Device():
                words[row.id] = row.number
            case _ if isinstance(row, Restriction):
                words[row.id] = row.clause
            case _:
                pass
    return words


def located(faults: Iterable[Fault], change: Change, words: Mapping[str, str]) -> tuple[FieldFault, ...]:
    """Give faults of the registers at the fields of a change."""
    return tuple(
        FieldFault(
            field=_path(one, change),
            key=f"import.register.{one.reason}",
            params={"field": words.get(one.field, one.field), "about": words.get(one.key, one.key)},
        )
        for one in faults
    )


def _path(fault: Fault, change: Change) -> str:
    fields = change.__struct_fields__
    base = fault.kind if fault.kind in fields else fields[0]
    if isinstance(change, AddOrder | RegisterPerson) and fault.kind == "restriction":
        numbers = {str(one.id): number for number, one in enumerate(change.restrictions)}
        number = numbers.get(fault.key, numbers.get(fault.field))
        base = "order" if number is None else f"restrictions[{number}]"
    if fault.reason not in _AT_THE_FIELD:
        return base
    if fault.field.partition(".")[0] in fields or fault.kind not in fields:
        return fault.field if fault.field.partition(".")[0] in fields else base
    return f"{base}.{fault.field}"


def doubts(supervision: Supervision, words: Mapping[str, str]) -> Iterator[CaseWarning]:
    """Give what may be meant, and hardly is."""
    for fault in contradicted([supervision], refused=False):
        yield CaseWarning(
            key=f"import.register.{fault.reason}",
            params={"field": words.get(fault.field, fault.field), "about": words.get(fault.key, fault.key)},
            restriction_id=RestrictionId(fault.key) if fault.kind == "restriction" else None,
        )
