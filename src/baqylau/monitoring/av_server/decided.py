"""What people decided about checks, as scores whose truth is known: what a calibration can learn from.

A decision for the person is a comparison of the same person, one for another a comparison of two; what nobody decided
says nothing. People look at what is doubtful more than at what is clear, and they have seen the scores: such a
calibration speaks of the doubtful ones, and does not replace one on people whose identity is known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec
from msgspec import Struct

from baqylau.domain.checks import CheckKind, Likely
from baqylau.domain.ids import CheckId, PersonId
from baqylau.monitoring.av_server.calibration import Pair
from baqylau.monitoring.av_server.models import Kind
from baqylau.monitoring.av_server.report import Measure, Report
from baqylau.storage.checks.checks import Checks
from baqylau.storage.vault import KeyDestroyedError

_MEASURES: Mapping[Kind, Measure] = {Kind.FACE: Measure.FACE, Kind.VOICE: Measure.VOICE}
_FIRST = CheckId("")


class Looked(Struct, frozen=True, kw_only=True):
    """One check: whose it was to be, what a person decided, and what was measured."""

    check_id: CheckId
    person_id: PersonId
    decided: Likely | None
    report: Report | None


class Learnt(Struct, frozen=True, kw_only=True):
    """The comparisons that are of use, and how many checks were not."""

    pairs: tuple[Pair, ...]
    undecided: int
    """Nobody decided, or the decision left it open."""
    unmeasured: int
    """Decided, and without a score of this model: it was not compared, by another model, or is destroyed."""

    @property
    def genuine(self) -> int:
        """Count those that were decided to be the person."""
        return sum(pair.same for pair in self.pairs)

    @property
    def impostor(self) -> int:
        """Count those that were decided to be another."""
        return len(self.pairs) - self.genuine


def learnt(looked: Iterable[Looked], kind: Kind, mark: str) -> Learnt:
    """Take what was decided and measured by the model of this name and hash. Scores rise with likeness."""
    pairs: list[Pair] = []
    undecided = unmeasured = 0
    for one in looked:
        if one.decided not in {Likely.MATCH, Likely.NO_MATCH}:
            undecided += 1
            continue
        score = _score(one.report, kind, mark)
        if score is None:
            unmeasured += 1
            continue
        # Who else it was nobody knows: each is taken for one of their own.
        probe = one.person_id if one.decided is Likely.MATCH else f"other/{one.check_id}"
        pairs.append(Pair(one.person_id, probe, score))
    return Learnt(pairs=tuple(pairs), undecided=undecided, unmeasured=unmeasured)


def every_check(checks: Checks, report: Callable[[CheckId], bytes | None]) -> Iterator[Looked]:
    """Give all identity checks; the report only of those that were decided."""
    page = checks.after(CheckKind.IDENTITY, _FIRST)
    while page:
        cases = checks.cases([one.id for one in page])
        for one in page:
            decided = cases[one.id].decided
            yield Looked(
                check_id=one.id,
                person_id=one.person_id,
                decided=None if decided is None else decided.outcome,
                report=None if decided is None else _read(report, one.id),
            )
        page = checks.after(CheckKind.IDENTITY, page[-1].id)


def _read(report: Callable[[CheckId], bytes | None], check_id: CheckId) -> Report | None:
    try:
        raw = report(check_id)
    except (KeyError, KeyDestroyedError):
        return None
    return None if raw is None else msgspec.json.decode(raw, type=Report)


def _score(report: Report | None, kind: Kind, mark: str) -> float | None:
    wanted = _MEASURES[kind]
    found = (one for one in (report.scores if report else ()) if one.measure is wanted and one.model == mark)
    score = next(found, None)
    if score is None:
        return None
    return -score.value if kind is Kind.FACE else score.value
