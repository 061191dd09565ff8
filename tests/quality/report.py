"""What a score is in figures, and as a table of one line for each code."""

from collections.abc import Iterator
from statistics import median

from rich.table import Table

from baqylau.domain.catalogue import EVENTS
from baqylau.domain.findings import Code
from tests.perf.figures import Figure, figure, quantile
from tests.quality.judging import Score, Tally, wilson

ABSENCES = (Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY)
FALSE_ABSENCES_A_DAY = 0.05


def figures(score: Score) -> Iterator[Figure]:
    """Give recall, precision, their lower bounds and the delay of each code, and what is false in a day."""
    for code in sorted(score.by_code):
        tally = score.by_code[code]
        yield from _right(code, tally)
        if tally.delays_s:
            yield figure(f"{code}: delay p50", median(tally.delays_s), "s")
            yield figure(f"{code}: delay p99", quantile(tally.delays_s, 0.99), "s")
    absences = sum(score.by_code[code].false for code in ABSENCES if code in score.by_code)
    yield figure("false findings a person-day", score.false / score.days, "findings")
    yield figure("false absences a person-day", absences / score.days, "findings", at_most=FALSE_ABSENCES_A_DAY)
    yield figure("person-days judged", score.days, "days")


def _right(code: Code, tally: Tally) -> Iterator[Figure]:
    happened, told = tally.found + tally.missed, tally.found + tally.false
    if happened:
        must = 1.0 if EVENTS[code].priority == 1 else None
        yield figure(f"{code}: recall", tally.found / happened, "share", at_least=must)
        yield figure(f"{code}: recall, lower bound of 95 %", wilson(tally.found, happened)[0], "share")
    if told:
        yield figure(f"{code}: precision", tally.found / told, "share")
        yield figure(f"{code}: precision, lower bound of 95 %", wilson(tally.found, told)[0], "share")


def table(score: Score) -> Table:
    """Give one line for each code."""
    shown = Table(title="How often alarms are right", title_justify="left")
    for column in ("code", "priority", "happened", "recall", "95 %", "told", "precision", "95 %", "delay p50 / p99, s"):
        shown.add_column(column, justify="left" if column == "code" else "right")
    for code in sorted(score.by_code):
        shown.add_row(*_row(code, score.by_code[code]))
    return shown


def _row(code: Code, tally: Tally) -> tuple[str, ...]:
    happened, told = tally.found + tally.missed, tally.found + tally.false
    delays = tally.delays_s
    delay = f"{median(delays):.0f} / {quantile(delays, 0.99):.0f}" if delays else ""
    return (
        f"{code.value} {code.name.lower().replace('_', ' ')}",
        str(EVENTS[code].priority),
        str(happened),
        *_share(tally.found, happened),
        str(told),
        *_share(tally.found, told),
        delay,
    )


def _share(good: int, of: int) -> tuple[str, str]:
    if not of:
        return "", ""
    low, high = wilson(good, of)
    return f"{good / of:.3f}", f"{low:.3f}-{high:.3f}"
