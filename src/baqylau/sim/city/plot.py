"""A line over time as SVG, written by hand: no dependency, and readable in any browser."""

from collections.abc import Sequence

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


def _x(at_s: float, last_s: float) -> float:
    return LEFT + at_s / last_s * (WIDTH - LEFT - 4)


def _y(value: float, most: float) -> float:
    return HEIGHT - BELOW - value / most * (HEIGHT - BELOW - ABOVE)
