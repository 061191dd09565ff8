"""A receiver's epochs through the satellite pipeline; the same script on the host and on the device.

The input is a list of [epoch's fields, surroundings' fields]; a line of whole numbers comes out for each.
"""

import json

from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.pipeline import begin, step
from baqylau.rules.gnss.plane import distance_m
from baqylau.rules.gnss.surroundings import Surroundings
from tests.micropython.board import given


def told(fields: "dict[str, object]") -> Epoch:
    """Give an epoch; JSON knows no tuples."""
    strengths = fields.get("cn0_dbhz")
    if isinstance(strengths, list):
        fields["cn0_dbhz"] = tuple(strengths)
    return Epoch(**fields)


state, first = begin(), None
for said, known in json.loads(given):
    state, judged = step(state, told(said), Surroundings(**known))
    first = first or judged.place
    way_m = -1.0 if first is None or judged.place is None else distance_m(first, judged.place)
    signs = [(sign.name, sign.grade, round(sign.figure * 100)) for sign in judged.signs]
    claims = sorted(judged.claims.items())
    print(judged.eras, judged.faults, judged.static, judged.moved, round(way_m * 100), signs, claims)  # noqa: T201
