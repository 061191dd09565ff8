"""A study of a model on a site's own people: how often it errs, how sure that is, and the calibration that follows."""

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from statistics import NormalDist

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.calibration import (
    DetPoint,
    Pair,
    cllr,
    equal_error,
    fitted,
    interval,
    least_cllr,
    missed_at,
    rate_up_to,
    split,
)
from baqylau.monitoring.av_server.fusion import MATCH_LLR
from baqylau.monitoring.av_server.models import Calibration
from baqylau.monitoring.av_server.recording import Reals
from baqylau.monitoring.av_server.report import Rates

FALSE_MATCHES = (1e-2, 1e-3, 1e-4)
PEOPLE_LEAST = 5
_RIDGE = 1e-3
"""Of few scores that do not overlap any slope would do; this takes a modest one."""


_ENDS = (0.001, 0.5)
"""Of the drawn curve."""


class TooFewError(Exception):
    """Too few people or scores to say anything."""


class UselessError(Exception):
    """The scores of the same person are no higher than those of others."""


class Study(Struct, frozen=True, kw_only=True):
    """What was measured. Scores rise with likeness here, also where the model gives distances."""

    people: int
    genuine: int
    impostor: int
    equal_error: float
    equal_error_from: float
    equal_error_to: float
    """Ends of the 95 % interval, people drawn anew."""
    points: tuple[tuple[float, DetPoint | None], ...]
    """For each FMR the point with the fewest misses; None where there were too few scores to say it."""
    cllr: float
    least_cllr: float
    calibration: Calibration
    groups: tuple[tuple[str, float, float], ...] = ()
    """Each group's FMR and FNMR at the threshold of all."""


def studied(
    pairs: Sequence[Pair],
    *,
    name: str,
    draw: np.random.Generator,
    distances: bool,
    groups: Mapping[str, str] | None = None,
    rounds: int = 200,
) -> Study:
    """Measure; `distances`: the model's own scores fall with likeness. Raises `TooFewError` or `UselessError`."""
    genuine, impostor = split(pairs)
    people = {pair.enrolled for pair in pairs}
    if len(people) < PEOPLE_LEAST or not len(genuine) or not len(impostor):
        raise TooFewError(len(people))
    line = fitted(genuine, impostor, ridge=_RIDGE)
    if line.a <= 0:
        raise UselessError
    threshold, differs = ((sign * MATCH_LLR - line.b) / line.a for sign in (1, -1))
    low, high = interval(pairs, lambda one, other: equal_error(one, other)[0], draw, rounds=rounds)
    turned = -1 if distances else 1
    return Study(
        people=len(people),
        genuine=len(genuine),
        impostor=len(impostor),
        equal_error=equal_error(genuine, impostor)[0],
        equal_error_from=low,
        equal_error_to=high,
        points=tuple((rate, missed_at(genuine, impostor, rate)) for rate in FALSE_MATCHES),
        cllr=cllr(line(genuine), line(impostor)),
        least_cllr=least_cllr(genuine, impostor),
        calibration=Calibration(
            name=name,
            a=line.a * turned,
            b=line.b,
            match_at=threshold * turned,
            differs_at=differs * turned,
            rates=_rates(genuine, impostor, threshold, len(people), name, turned),
        ),
        groups=tuple(_by_group(pairs, threshold, groups or {})),
    )


def _rates(genuine: Reals, impostor: Reals, threshold: float, people: int, name: str, turned: int) -> Rates:
    passed, missed = int((impostor >= threshold).sum()), int((genuine < threshold).sum())
    return Rates(
        threshold=threshold * turned,
        false_match=passed / len(impostor),
        false_match_up_to=rate_up_to(passed, len(impostor)),
        false_non_match=missed / len(genuine),
        false_non_match_up_to=rate_up_to(missed, len(genuine)),
        people=people,
        measured_on=name,
    )


def _by_group(pairs: Sequence[Pair], threshold: float, groups: Mapping[str, str]) -> Iterable[tuple[str, float, float]]:
    """Give each group's rates among its own people: others of one's group are the likeliest to pass."""
    for group in sorted(set(groups.values())):
        own = [pair for pair in pairs if groups.get(pair.enrolled) == group == groups.get(pair.probe)]
        genuine, impostor = split(own)
        if len(genuine) and len(impostor):
            yield group, float((impostor >= threshold).mean()), float((genuine < threshold).mean())


def drawn_curve(genuine: Reals, impostor: Reals, *, width: int = 48, height: int = 16) -> list[str]:
    """Draw the DET curve for a terminal: misses upwards, false matches to the right, both on normal deviates."""
    field = [[" "] * width for _ in range(height)]
    for passed, missed in _along(genuine, impostor):
        column, row = (_place(rate, size) for rate, size in ((passed, width), (missed, height)))
        field[height - 1 - row][column] = "*"
    return ["".join(row).rstrip() for row in field]


def _along(genuine: Reals, impostor: Reals) -> Iterable[tuple[float, float]]:
    thresholds = np.quantile(np.concatenate([genuine, impostor]), np.linspace(0, 1, 200))
    for threshold in thresholds.tolist():
        yield float((impostor >= threshold).mean()), float((genuine < threshold).mean())


def _place(rate: float, size: int) -> int:
    lowest, highest = (_probit(end) for end in _ENDS)
    share = (_probit(min(max(rate, _ENDS[0]), _ENDS[1])) - lowest) / (highest - lowest)
    return min(size - 1, ceil(share * (size - 1)))


def _probit(rate: float) -> float:
    return NormalDist().inv_cdf(rate)
