"""Live calls at the audio-visual unit: it rings, and nothing opens before the person answered."""

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from baqylau.devices.av_unit.acts import CloseCall, OpenCall, Show
from baqylau.devices.av_unit.core import AvUnit
from baqylau.devices.av_unit.inputs import CallGone, CallKept, CallOpened, RefusePressed
from baqylau.devices.av_unit.state import CallPhase
from baqylau.domain.calls import LASTS_S, RING_S, CallAnswered, CallEnded, CallEnding, CallRang, CallRecorded
from baqylau.domain.checks import Ending
from baqylau.domain.commands import EndCall, RingCall
from baqylau.domain.ids import CallId, PersonId
from baqylau.domain.people import Language
from tests.unit.devices.av_unit.sitting import DIGEST, Sitting, check

CALL = CallId("d" * 32)
OFFER = RingCall(call_id=CALL, person_id=PersonId("aigul"), description="v=0", language=Language.KK)


class Called(Sitting):
    """Somebody whom the duty room calls."""

    def ring(self, order: RingCall = OFFER) -> None:
        self.order(order)

    def refuse(self) -> None:
        self.take(RefusePressed(at=self.at, monotonic_ms=self.ms))

    def reached(self) -> None:
        self.take(CallOpened(at=self.at, monotonic_ms=self.ms, call_id=CALL, description=b"v=0 answer"))

    def gone(self, how: CallEnding = CallEnding.LOST) -> None:
        self.take(CallGone(at=self.at, monotonic_ms=self.ms, call_id=CALL, how=how))

    def hung_up_there(self) -> None:
        self.order(EndCall(call_id=CALL))

    def answered(self) -> "Called":
        self.ring()
        self.wait(3)
        self.button()
        self.reached()
        return self

    def facts(self) -> list[object]:
        return [one for one in self.bodies() if isinstance(one, CallRang | CallAnswered | CallEnded)]

    def seen(self) -> bool:
        """Whether camera and microphone are open."""
        return self.open

    def opened(self) -> list[OpenCall]:
        return [one for one in self.acts if isinstance(one, OpenCall)]


def ended(how: CallEnding) -> CallEnded:
    return CallEnded(call_id=CALL, how=how)


def test_a_call_that_nobody_answers_opens_nothing_and_is_a_fact() -> None:
    home = Called()
    home.ring()
    home.wait(RING_S + 1)
    assert home.facts() == [CallRang(call_id=CALL), ended(CallEnding.UNANSWERED)]
    home.button()
    assert not home.opened()
    assert home.said[-1] == "av.say.call_missed"


def test_it_rings_aloud_again_and_again_and_says_that_nobody_sees_anything_yet() -> None:
    home = Called()
    home.ring()
    home.wait(20)
    rung = [one for one in home.acts if isinstance(one, Show)]
    assert len(rung) > 3
    assert {(one.key, one.aloud, one.call) for one in rung} == {("av.say.ring", True, "ring")}


def test_a_call_that_is_recorded_says_so_while_it_rings_and_what_was_recorded_is_a_fact() -> None:
    home = Called()
    home.ring(replace(OFFER, recorded=True))
    home.wait(20)
    assert {(one.key, one.aloud) for one in home.acts if isinstance(one, Show)} == {("av.say.ring_recorded", True)}
    home.button()
    home.reached()
    assert home.said[-1] == "av.say.call_recorded"
    home.button()
    assert [one.how for one in home.acts if isinstance(one, CloseCall)] == [Ending.DONE]
    home.take(CallKept(at=home.at, monotonic_ms=home.ms, call_id=CALL, items=3, manifest=DIGEST))
    assert home.bodies()[-1] == CallRecorded(call_id=CALL, items=3, manifest=DIGEST)


def test_who_answers_is_put_through_and_hangs_up_by_the_same_button() -> None:
    home = Called().answered()
    assert home.seen()
    assert home.facts() == [CallRang(call_id=CALL), CallAnswered(call_id=CALL, description=b"v=0 answer")]
    home.wait(5)
    home.button()
    assert not home.seen()
    assert home.facts()[-1] == ended(CallEnding.HUNG_UP)


def test_a_press_that_was_meant_for_something_else_answers_no_call() -> None:
    home = Called()
    home.ring()
    home.button()
    assert not home.opened()
    home.wait(2)
    home.button()
    assert home.opened()


def test_the_second_button_refuses_a_call_and_ends_one() -> None:
    home = Called()
    home.ring()
    home.refuse()
    assert home.facts()[-1] == ended(CallEnding.REFUSED)
    assert not home.opened()
    other = Called().answered()
    other.refuse()
    assert other.facts()[-1] == ended(CallEnding.HUNG_UP)
    assert not other.seen()


def test_the_duty_room_takes_a_call_back_and_hangs_up() -> None:
    home = Called()
    home.ring()
    home.hung_up_there()
    home.wait(3)
    home.button()
    assert not home.opened()
    other = Called().answered()
    other.hung_up_there()
    assert not other.seen()
    assert home.facts()[-1] == other.facts()[-1] == ended(CallEnding.OVER)


def test_no_call_lasts_longer_than_it_may_and_a_broken_one_closes_everything() -> None:
    home = Called().answered()
    home.wait(LASTS_S - 2)
    assert home.seen()
    home.wait(4)
    assert not home.seen()
    other = Called().answered()
    other.gone()
    assert not other.seen()
    assert [home.facts()[-1], other.facts()[-1]] == [ended(CallEnding.TOO_LONG), ended(CallEnding.LOST)]


def test_a_check_and_a_call_are_never_at_once() -> None:
    home = Called()
    home.order(check())
    home.button()
    home.ring()
    assert home.facts() == [ended(CallEnding.BUSY)]
    other = Called().answered()
    other.order(check())
    other.button()
    assert other.state.session is None
    assert other.facts()[-1] == ended(CallEnding.HUNG_UP)


def test_a_cut_of_power_ends_a_call() -> None:
    home = Called().answered()
    home.started()
    assert home.state.call is None
    assert home.facts()[-1] == ended(CallEnding.POWER_LOST)


def test_a_unit_without_the_library_says_so() -> None:
    home = Called()
    home.core = AvUnit(calls=False)
    home.ring()
    assert home.facts() == [ended(CallEnding.NOT_INSTALLED)]


MOMENTS: dict[str, Callable[[Called], None]] = {
    "ring": Called.ring,
    "another": lambda home: home.ring(replace(OFFER, call_id=CallId("e" * 32))),
    "button": Called.button,
    "refuse": Called.refuse,
    "reached": Called.reached,
    "gone": Called.gone,
    "hung up there": Called.hung_up_there,
    "check": lambda home: home.order(check()),
    "look": lambda home: home.look(seconds=3),
    "sign": Called.sign,
    "a second": lambda home: home.wait(2),
    "a minute": lambda home: home.wait(60),
    "power": Called.started,
}


@given(st.lists(st.sampled_from(sorted(MOMENTS)), max_size=25))
def test_nothing_is_ever_opened_for_a_call_but_by_a_press_while_it_rings(moments: list[str]) -> None:
    home = Called()
    for moment in moments:
        rings = home.state.call is not None and home.state.call.phase is CallPhase.RING
        before = len(home.opened())
        MOMENTS[moment](home)
        if len(home.opened()) > before:
            assert (moment, rings) == ("button", True)
        going = home.state.call
        live = going is not None and going.phase is CallPhase.ANSWERED
        assert home.open is (live or (home.state.session is not None and home.state.session.phase != "sign"))
    closed = [one for one in home.acts if isinstance(one, CloseCall)]
    assert len(home.opened()) - len(closed) in {0, 1}
