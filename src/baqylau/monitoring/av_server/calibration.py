"""How good scores are, and what one score means: error rates with their uncertainty, likelihood ratios, their cost.

Terms are those of ISO/IEC 19795-1 and of forensic comparison: FMR and FNMR at a threshold, the DET curve, Cllr.
Scores rise with likeness; distances are given with their sign turned.
"""

from collections.abc import Callable, Sequence
from math import ceil, log

import numpy as np
from msgspec import Struct

from baqylau.monitoring.av_server.recording import Reals

_ROUNDS_MAX = 100
_CONVERGED = 1e-10
_RIDGE = 1e-6
"""Keeps the fit finite where the two kinds of scores do not overlap at all."""
RULE_OF_THREE = 3.0
"""No error in n independent trials: with 95 % certainty the rate is below 3/n."""


class Line(Struct, frozen=True):
    """`llr = a * score + b`, in natural logarithms."""

    a: float
    b: float

    def __call__(self, scores: Reals) -> Reals:
        """Give the logarithms of the likelihood ratios."""
        return np.asarray(self.a * np.asarray(scores, dtype=np.float64) + self.b)


class DetPoint(Struct, frozen=True):
    """Both rates at a threshold."""

    threshold: float
    false_match: float
    false_non_match: float


def fitted(genuine: Reals, impostor: Reals, *, ridge: float = _RIDGE) -> Line:
    """Fit the line by logistic regression in which both kinds weigh the same: the result is a likelihood ratio."""
    scores = np.concatenate([genuine, impostor])
    is_genuine = np.concatenate([np.ones(len(genuine)), np.zeros(len(impostor))])
    weights = np.where(is_genuine == 1, 0.5 / len(genuine), 0.5 / len(impostor))
    middle, spread = float(scores.mean()), float(scores.std()) or 1.0
    inputs = np.stack([(scores - middle) / spread, np.ones(len(scores))], axis=1)
    line = np.zeros(2)
    for _ in range(_ROUNDS_MAX):
        chance = _logistic(inputs @ line)
        slope = inputs.T @ (weights * (chance - is_genuine)) + ridge * line
        bend = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + ridge * np.eye(2)
        step = np.linalg.solve(bend, slope)
        # Where the two kinds hardly overlap a full step may overshoot.
        line = line - step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-12))
        if float(np.abs(step).max()) < _CONVERGED:
            break
    return Line(float(line[0] / spread), float(line[1] - line[0] * middle / spread))


def cllr(genuine_llr: Reals, impostor_llr: Reals) -> float:
    """Give the cost of the ratios in bits: 0 is perfect, 1 is as good as saying nothing (Brümmer 2006)."""
    missed = np.logaddexp(0, -np.asarray(genuine_llr)).mean()
    passed = np.logaddexp(0, np.asarray(impostor_llr)).mean()
    return float((missed + passed) / (2 * log(2)))


def least_cllr(genuine: Reals, impostor: Reals) -> float:
    """Give the cost with the best monotone calibration there is: what is left to the scores themselves."""
    scores = np.concatenate([genuine, impostor])
    labels = np.concatenate([np.ones(len(genuine)), np.zeros(len(impostor))])
    # Of the same score the genuine come first: pooling then makes one of them.
    labels = labels[np.lexsort((1 - labels, scores))]
    weights = np.where(labels == 1, 0.5 / len(genuine), 0.5 / len(impostor))
    chance = np.clip(_rising(labels, weights), 1e-12, 1 - 1e-12)
    llr = np.log(chance / (1 - chance))
    return cllr(llr[labels == 1], llr[labels == 0])


def _rising(values: Reals, weights: Reals) -> Reals:
    """Give the rising curve nearest to the values (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            mean, total, count = blocks.pop()
            last = blocks[-1]
            last[0] = (last[0] * last[1] + mean * total) / (last[1] + total)
            last[1] += total
            last[2] += count
    return np.repeat([block[0] for block in blocks], [int(block[2]) for block in blocks])


def det(genuine: Reals, impostor: Reals) -> list[DetPoint]:
    """Give both rates at every threshold that changes one of them. A score at the threshold passes."""
    one, other = np.sort(genuine), np.sort(impostor)
    thresholds = np.unique(np.concatenate([one, other, [max(one[-1], other[-1]) + 1e-9]]))
    missed = np.searchsorted(one, thresholds, side="left") / len(one)
    passed = 1 - np.searchsorted(other, thresholds, side="left") / len(other)
    rows = zip(thresholds.tolist(), passed.tolist(), missed.tolist(), strict=True)
    return [DetPoint(*row) for row in rows]


def equal_error(genuine: Reals, impostor: Reals) -> tuple[float, float]:
    """Give the rate at which both errors are the same, and its threshold."""
    nearest = min(det(genuine, impostor), key=lambda point: abs(point.false_match - point.false_non_match))
    return (nearest.false_match + nearest.false_non_match) / 2, nearest.threshold


def missed_at(genuine: Reals, impostor: Reals, false_match: float) -> DetPoint | None:
    """Give the point with the fewest misses at this FMR or less; None where there are too few scores to say it."""
    if len(impostor) * false_match < 1:
        return None
    fitting = [point for point in det(genuine, impostor) if point.false_match <= false_match]
    return min(fitting, key=lambda point: point.false_non_match) if fitting else None


def rate_up_to(errors: int, trials: int) -> float:
    """Give the upper end of the 95 % interval of a rate: by the rule of three without errors, else by Wilson."""
    if not trials:
        return 1.0
    if not errors:
        return min(1.0, RULE_OF_THREE / trials)
    z, rate = 1.96, errors / trials
    middle = rate + z * z / (2 * trials)
    half = z * float(np.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials)))
    return float((middle + half) / (1 + z * z / trials))


class Pair(Struct, frozen=True):
    """One comparison of a recording of `probe` with the template of `enrolled`."""

    enrolled: str
    probe: str
    score: float

    @property
    def same(self) -> bool:
        """Tell whether both are one person."""
        return self.enrolled == self.probe


def split(pairs: Sequence[Pair]) -> tuple[Reals, Reals]:
    """Give the scores of the same people, and those of different ones."""
    return (
        np.array([pair.score for pair in pairs if pair.same]),
        np.array([pair.score for pair in pairs if not pair.same]),
    )


def interval(
    pairs: Sequence[Pair],
    figure: Callable[[Reals, Reals], float],
    draw: np.random.Generator,
    *,
    rounds: int = 200,
    share: float = 0.95,
) -> tuple[float, float]:
    """Give the interval of a figure when people are drawn anew: pairs of one person are not independent."""
    people = sorted({pair.enrolled for pair in pairs} | {pair.probe for pair in pairs})
    at = {person: index for index, person in enumerate(people)}
    one = np.array([at[pair.enrolled] for pair in pairs])
    other = np.array([at[pair.probe] for pair in pairs])
    scores = np.array([pair.score for pair in pairs])
    figures = []
    for _ in range(rounds):
        often = np.bincount(draw.integers(0, len(people), len(people)), minlength=len(people))
        repeats = np.where(one == other, often[one], often[one] * often[other])
        drawn = np.repeat(np.arange(len(pairs)), repeats)
        same = one[drawn] == other[drawn]
        if same.any() and not same.all():
            figures.append(figure(scores[drawn][same], scores[drawn][~same]))
    if not figures:
        return 0.0, 1.0
    ends = np.quantile(figures, [(1 - share) / 2, (1 + share) / 2]).tolist()
    return ends[0], ends[1]


def trials_needed(false_match: float) -> int:
    """Give how many independent trials without an error show such a rate."""
    return ceil(RULE_OF_THREE / false_match)


def _logistic(values: Reals) -> Reals:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -500, 500))))
