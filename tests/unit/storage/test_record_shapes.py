"""What a copy says of its own fields is so: every column and field that it names is there."""

import pytest

from baqylau.domain.orders import Fitting, Order, Permission
from baqylau.storage.judging.verdict_tables import verdict
from baqylau.storage.record_shapes import RECORD_SHAPES
from baqylau.storage.registers.case_fact_tables import case_fact
from baqylau.storage.schema import alarm, alarm_act, journal, register

TABLES = {one.name: one for one in (alarm, alarm_act, case_fact, journal, register, verdict)}
HELD = {"order": Order, "fitting": Fitting, "permission": Permission}


@pytest.mark.parametrize(("shape", "place"), RECORD_SHAPES.items(), ids=RECORD_SHAPES.keys())
def test_every_published_field_leads_to_a_column_that_is_there(shape: str, place: str) -> None:
    column, _, field = place.partition("#")
    table, _, name = column.partition(".")
    assert name in TABLES[table].columns, shape
    if field:
        kind, _, inner = field.partition(".")
        assert inner in HELD[kind].__struct_fields__, shape
