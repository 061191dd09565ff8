"""What `av calibrate` and `av judge` say."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from baqylau.locales import text

if TYPE_CHECKING:
    from baqylau.monitoring.av_server.report import Judged
    from baqylau.monitoring.av_server.study import Study


def told(study: "Study", language: str) -> Iterator[str]:
    """Say what a study of a model found."""
    yield text(language, "av.study.size", people=study.people, genuine=study.genuine, impostor=study.impostor)
    ends = {"low": f"{study.equal_error_from:.2%}", "high": f"{study.equal_error_to:.2%}"}
    yield text(language, "av.study.equal_error", rate=f"{study.equal_error:.2%}", **ends)
    for rate, point in study.points:
        shown = text(language, "av.study.too_few") if point is None else f"{point.false_non_match:.2%}"
        yield text(language, "av.study.missed_at", rate=f"{rate:.2%}", missed=shown)
    yield text(language, "av.study.cost", cost=f"{study.cllr:.3f}", least=f"{study.least_cllr:.3f}")
    rates = study.calibration.rates
    if rates is not None:
        yield text(
            language,
            "av.study.threshold",
            threshold=f"{rates.threshold:.3f}",
            passed=f"{rates.false_match_up_to:.2%}",
            missed=f"{rates.false_non_match_up_to:.2%}",
        )
    for group, passed, missed_share in study.groups:
        yield text(language, "av.study.group", group=group, passed=f"{passed:.2%}", missed=f"{missed_share:.2%}")


def outcome(found: "Judged", language: str) -> Iterator[str]:
    """Say what a comparison found: no figure without its error rate."""
    yield text(language, f"av.outcome.{found.likeness.outcome}")
    for reason in found.likeness.reasons:
        yield f"- {text(language, f'likeness.{reason}')}"
    for word in found.report.damage:
        yield f"- {text(language, f'recording.{word}')}"
    for fault in found.report.faults:
        yield f"- {text(language, f'quality.{fault}')}"
    for score in found.report.scores:
        value = f"{score.value:g}" + (f"/{score.of:g}" if score.of else "")
        rates = score.rates
        meaning = (
            text(
                language,
                "av.score_rates",
                threshold=f"{rates.threshold:g}",
                passed=f"{rates.false_match_up_to:.2%}",
                missed=f"{rates.false_non_match_up_to:.2%}",
            )
            if rates
            else text(language, "av.score_unrated")
        )
        yield f"{text(language, f'measure.{score.measure}')}: {value} ({meaning})"
