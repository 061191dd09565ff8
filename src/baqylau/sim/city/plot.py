"""A line over time, and counts as bars, as SVG, written by hand: no dependency, and readable in any browser."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

from msgspec import Struct

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 640, 180, 60, 24, 26


class Curve(Struct, frozen=True, kw_only=True):
    """What is drawn."""

    title: str
    unit: str
    points: Sequence[tuple[float, float]]
    """Seconds, and the value then."""


def svg(curve: Curve) -> str:
    """Give the picture. Its scale begins at nought."""
    last_s = max((at_s for at_s, _ in curve.points), default=0.0) or 1.0
    most = max((value for _, value in curve.points), default=0.0) or 1.0
    line = " ".join(f"{_x(at_s, last_s):.1f},{_y(value, most):.1f}" for at_s, value in curve.points)
    floor = HEIGHT - BELOW
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{curve.title}">\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="16" fill="#1c2733">{curve.title}, {curve.unit}</text>\n'
        f'<path d="M{LEFT} {ABOVE}V{floor}H{WIDTH}" fill="none" stroke="#8a97a3"/>\n'
        f'<text x="{LEFT - 6}" y="{ABOVE + 10}" text-anchor="end" fill="#4a5763">{most:.4g}</text>\n'
        f'<text x="{LEFT - 6}" y="{floor}" text-anchor="end" fill="#4a5763">0</text>\n'
        f'<text x="{WIDTH - 4}" y="{HEIGHT - 6}" text-anchor="end" fill="#4a5763">{last_s:.0f} s</text>\n'
        f'<polyline points="{line}" fill="none" stroke="#1f6f8b" stroke-width="1.6"/>\n</svg>\n'
    )


COLOURS = {"found": "#1f6f8b", "missed": "#c2571a", "false": "#8a97a3"}
ROW, COUNTED = 18, 100
"""How high a row is, and what the counts at the end of the longest take."""


class Bars(Struct, frozen=True, kw_only=True):
    """Counts under names, laid one behind the other; each count by its colour."""

    title: str
    counts: Sequence[tuple[str, Mapping[str, int]]]


def bars(drawn: Bars) -> str:
    """Give the picture: a row for each name."""
    most = max((sum(counts.values()) for _, counts in drawn.counts), default=0) or 1
    height = ABOVE + ROW * len(drawn.counts) + BELOW
    rows = "".join(part for row, one in enumerate(drawn.counts) for part in _row(row, one, most))
    legend = "".join(
        f'<text x="{LEFT + 100 * place}" y="{height - 6}" fill="{colour}">{name}</text>\n'
        for place, (name, colour) in enumerate(COLOURS.items())
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" '
        f'font-size="12" role="img" aria-label="{drawn.title}">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f'<text x="{LEFT}" y="16" fill="#1c2733">{drawn.title}</text>\n{rows}{legend}</svg>\n'
    )


def _row(row: int, one: tuple[str, Mapping[str, int]], most: int) -> Iterator[str]:
    name, counts = one
    top, wide = ABOVE + ROW * row, (WIDTH - LEFT - COUNTED) / most
    yield f'<text x="{LEFT - 6}" y="{top + 12}" text-anchor="end" fill="#1c2733">{name}</text>\n'
    begins = accumulate(counts.values(), initial=0)
    for begin, (kind, count) in zip(begins, counts.items(), strict=False):
        x, width = LEFT + begin * wide, count * wide
        yield f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{ROW - 4}" fill="{COLOURS[kind]}"/>\n'
    said = " + ".join(str(count) for count in counts.values())
    yield f'<text x="{LEFT + sum(counts.values()) * wide + 6:.1f}" y="{top + 12}" fill="#4a5763">{said}</text>\n'


def _x(at_s: float, last_s: float) -> float:
    return LEFT + at_s / last_s * (WIDTH - LEFT - 4)


def _y(value: float, most: float) -> float:
    return HEIGHT - BELOW - value / most * (HEIGHT - BELOW - ABOVE)
