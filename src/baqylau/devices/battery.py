"""How full a lithium cell is, from its voltage at rest. Runs in MicroPython."""

CURVE = ((3000, 0.0), (3450, 5.0), (3600, 20.0), (3700, 40.0), (3800, 60.0), (3950, 80.0), (4150, 100.0))
"""Millivolts and percent. Notes of cell makers differ by a few percent: a design value."""


def charge_percent(millivolts: int) -> float:
    """Give the charge, between the points of the curve in straight lines."""
    if millivolts <= CURVE[0][0]:
        return 0.0
    low = CURVE[0]
    for high in CURVE[1:]:
        if millivolts <= high[0]:
            return low[1] + (high[1] - low[1]) * (millivolts - low[0]) / (high[0] - low[0])
        low = high
    return 100.0
