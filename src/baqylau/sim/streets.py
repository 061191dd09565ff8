"""The streets of a town as a net on which people walk."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import dist, inf

from baqylau.sim.town_plan import Place

STEP_M = 25.0
"""Corners further apart than this get places in between, so that a walk can begin nearly anywhere."""


class Streets:
    """Places and the ways between them. The shortest way is found by Dijkstra's method."""

    def __init__(self, lines: Iterable[Sequence[Place]]) -> None:
        """Join the lines where they share a place, to a decimetre."""
        self._ways: dict[Place, dict[Place, float]] = {}
        for line in lines:
            for start, end in pairwise(map(_corner, line)):
                if start != end:
                    self._join(start, end)
        self._keep_largest_part()

    @property
    def corners(self) -> tuple[Place, ...]:
        """All places of the net, each reachable from each."""
        return tuple(self._ways)

    def nearest(self, place: Place) -> Place:
        """Give the place of the net that is nearest."""
        return min(self._ways, key=lambda corner: dist(corner, place))

    def path(self, start: Place, end: Place) -> tuple[Place, ...]:
        """Give the shortest way from one place to another: to the nearest street, along streets, and off again."""
        first, last = self.nearest(start), self.nearest(end)
        way = [last]
        came_from = self._search(first, last)
        while way[-1] != first:
            way.append(came_from[way[-1]])
        return (start, *reversed(way), end)

    def _join(self, start: Place, end: Place) -> None:
        length_m = dist(start, end)
        self._ways.setdefault(start, {})[end] = length_m
        self._ways.setdefault(end, {})[start] = length_m

    def _keep_largest_part(self) -> None:
        left = set(self._ways)
        parts = []
        while left:
            parts.append(_reachable(self._ways, min(left)))
            left -= parts[-1]
        largest = max(parts, key=len, default=set())
        self._ways = {corner: ways for corner, ways in self._ways.items() if corner in largest}

    def _search(self, first: Place, last: Place) -> Mapping[Place, Place]:
        came_from: dict[Place, Place] = {}
        shortest_m = {first: 0.0}
        front = [(0.0, first)]
        while front[0][1] != last:
            so_far_m, corner = heappop(front)
            for onward, length_m in self._ways[corner].items():
                if so_far_m + length_m < shortest_m.get(onward, inf):
                    shortest_m[onward] = so_far_m + length_m
                    came_from[onward] = corner
                    heappush(front, (so_far_m + length_m, onward))
        return came_from


def _corner(place: Place) -> Place:
    return round(place[0], 1), round(place[1], 1)


def _reachable(ways: Mapping[Place, Mapping[Place, float]], first: Place) -> set[Place]:
    seen, front = {first}, [first]
    while front:
        fresh = ways[front.pop()].keys() - seen
        seen |= fresh
        front += sorted(fresh)
    return seen
