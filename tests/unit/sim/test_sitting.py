"""The sitter of the bench of attacks: who turns the head is seen to turn it, and who sits beside is seen too."""

import numpy as np
import pytest

from baqylau.domain.challenge import LookAhead, Side, TurnHead
from baqylau.domain.checks import Likely
from baqylau.monitoring.av_server.calibration import rate_up_to
from baqylau.monitoring.av_server.equipment import Models, load_models
from baqylau.monitoring.av_server.presence import installed
from baqylau.monitoring.av_server.recording import Prompted
from baqylau.monitoring.av_server.track import turned_by
from baqylau.monitoring.av_server.turns import turns
from baqylau.sim.sitting.attacks import Two
from baqylau.sim.sitting.bench import Tried, tallied
from baqylau.sim.sitting.cast import Cast
from baqylau.sim.sitting.sitter import Prompt, Somebody
from baqylau.sim.sitting.voice import Voice
from tests.quality.likeness import DATA

pytestmark = [
    pytest.mark.skipif(not installed(), reason="the extra `av` is not installed"),
    pytest.mark.skipif(not DATA.is_dir(), reason="the recordings (BAQYLAU_TESTDATA) are not at hand"),
]
PROMPTED = [Prompted(LookAhead(), 0.0, 1.0), Prompted(TurnHead(to=Side.LEFT), 1.0, 5.0)]


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models()


@pytest.fixture(scope="module")
def cast(models: Models) -> Cast:
    return Cast(DATA, models)


def turned(sitter: Somebody, models: Models) -> bool | None:
    """Ask for a turn, and judge it as the server does, by a few pictures."""
    assert models.finder is not None
    sitter.told(Prompt(at_s=1.0, key="av.say.left"))
    yaws = []
    for at_s in (0.2, 0.6, 2.6, 2.9, 3.2):
        faces = models.finder.find(sitter.picture(at_s), eager=True)
        yaws += [(at_s, turned_by(face)) for face in faces[:1]]
    return turns(yaws, PROMPTED)[0].right


def test_a_head_that_turns_is_seen_to_turn(models: Models, cast: Cast) -> None:
    sitter = Somebody(cast.people[0].face, Voice({}), np.random.default_rng(1))
    assert turned(sitter, models) is True


def test_somebody_beside_the_person_is_seen(models: Models, cast: Cast) -> None:
    assert models.finder is not None
    person, beside = cast.people[0], cast.people[-1]
    both = Two(person, beside, cast, np.random.default_rng(1))
    assert len(models.finder.find(both.picture(0.5))) == 2


def test_what_became_of_each_species_is_counted() -> None:
    tried = [Tried(species="photo", person="p", outcome=one) for one in (Likely.REVIEW, Likely.REVIEW, "refused")]
    (one,) = tallied(tried)
    assert (one.tries, one.matches, one.outcomes) == (3, 0, (("refused", 1), ("review", 2)))
    assert rate_up_to(one.matches, one.tries) == 1.0
