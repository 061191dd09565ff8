"""Zones from a list of addresses, one on each line: name; latitude; longitude, and a radius where one is known."""

import re
from collections.abc import Iterator
from typing import Final

from baqylau.domain.zones import Circle, Point
from baqylau.rules.places.geometry import ZoneError

_BETWEEN: Final = re.compile(r"[;\t]")
_FIGURE: Final = re.compile(r"-?\d{1,4}(?:[.,]\d{1,12})?")
_PLACE, _PLACE_AND_RADIUS = 2, 3


def is_list(text: str) -> bool:
    """Tell whether the first line of a text is one of such a list, or its heading."""
    return _BETWEEN.search(text.partition("\n")[0]) is not None and text[0] not in "<{["


def read_lines(text: str, radius_m: float) -> Iterator[Circle]:
    """Give a circle for each line; its radius where the line names none. A heading is left out. `ZoneError`."""
    for number, line in enumerate(text.splitlines(), 1):
        name, *rest = (part.strip().strip('"') for part in _BETWEEN.split(line))
        figures = [float(part.replace(",", ".")) for part in rest if _FIGURE.fullmatch(part)]
        if not line.strip() or (number == 1 and rest and not figures):
            continue
        if len(rest) not in {_PLACE, _PLACE_AND_RADIUS} or len(figures) != len(rest):
            raise ZoneError("zone.refused.list_line", line=number)
        yield Circle(name=name, center=Point(figures[0], figures[1]), radius_m=(*figures, radius_m)[_PLACE])
