"""What people decided about checks feeds a calibration, and nothing else of the checks does."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from baqylau.domain.checks import CheckKind, CheckWhy, Likely
from baqylau.domain.ids import CheckId, DeviceId, PersonId
from baqylau.domain.people import Language
from baqylau.monitoring.av_server.decided import Looked, every_check, learnt
from baqylau.monitoring.av_server.models import Kind
from baqylau.monitoring.av_server.report import Measure, Report, Score
from baqylau.storage.checks.checks import Checks, Request
from tests.unit.storage.kept import House

MARK = "model@1"


@pytest.fixture
def house(engine: Engine) -> House:
    return House(engine)


def report(face: float, voice: float, mark: str = MARK) -> Report:
    return Report(
        scores=(
            Score(measure=Measure.FACE, value=face, model=mark),
            Score(measure=Measure.VOICE, value=voice, model=mark),
        )
    )


def looked(name: str, decided: Likely | None, kept: Report | None = None) -> Looked:
    kept = kept or report(0.4, 0.9)
    return Looked(check_id=CheckId(name), person_id=PersonId(f"p-{name}"), decided=decided, report=kept)


CHECKS = (
    looked("a", Likely.MATCH),
    looked("b", Likely.NO_MATCH, report(0.8, 0.5)),
    looked("c", Likely.REVIEW),
    looked("d", None),
    looked("e", Likely.MATCH, report(0.4, 0.9, "older@0")),
    looked("f", Likely.NO_MATCH, Report()),
)


@pytest.mark.parametrize(("kind", "scores"), [(Kind.FACE, [-0.4, -0.8]), (Kind.VOICE, [0.9, 0.5])])
def test_decided_checks_count_as_the_persons_own_or_as_anothers_and_the_rest_is_counted(
    kind: Kind, scores: list[float]
) -> None:
    found = learnt(CHECKS, kind, MARK)
    assert (found.genuine, found.impostor, found.undecided, found.unmeasured) == (1, 1, 2, 2)
    assert [pair.score for pair in found.pairs] == scores
    assert [pair.same for pair in found.pairs] == [True, False]


def test_all_identity_checks_are_looked_at_and_a_report_is_opened_only_of_those_that_were_decided(house: House) -> None:
    checks = Checks(house.engine, house.journal, house.clock)
    for number in range(3):
        checks.ask(_request(house, number), "duty")
    checks.decide(CheckId("check-1"), Likely.NO_MATCH, "dana", "another face")
    opened: list[CheckId] = []

    def read(check_id: CheckId) -> bytes | None:
        opened.append(check_id)
        raise KeyError(check_id)

    found = list(every_check(checks, read))
    assert [one.decided for one in found] == [None, Likely.NO_MATCH, None]
    assert opened == ["check-1"]
    assert learnt(found, Kind.FACE, MARK).unmeasured == 1


def _request(house: House, number: int) -> Request:
    now = house.clock()
    return Request(
        id=CheckId(f"check-{number}"),
        person_id=PersonId(f"p-{number}"),
        device_id=DeviceId("av-1"),
        kind=CheckKind.IDENTITY,
        why=CheckWhy.ORDERED,
        due_at=now,
        remind_at=now + timedelta(minutes=5),
        expires_at=now + timedelta(minutes=15),
        language=Language.KK,
    )
