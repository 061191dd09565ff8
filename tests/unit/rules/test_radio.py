"""What a receiver is known by, and what its silence is worth, to the second."""

from datetime import datetime, timedelta

import pytest

from baqylau.domain.ids import ObservationId
from baqylau.domain.observations import Body, Grade, Heard, Interference, InterferenceKind, Motion, ReceiverHealth
from baqylau.domain.verdicts import Blindness
from baqylau.rules.presence import radio
from baqylau.rules.presence.radio import Presence, Receiver
from baqylau.rules.settings import RETURN_FRAMES, STILL_MARGIN_DB, WEAK_REARM_DB, WEAK_RSSI_DBM
from tests.unit.rules.radio_stories import MINUTE, UNIT
from tests.unit.rules.stories import at

SECOND = timedelta(seconds=1)
GRACE = timedelta(minutes=1)
NOON = at("12:00")
HOLDS = timedelta(minutes=10)
ONE, TWO, THREE = ObservationId("one"), ObservationId("two"), ObservationId("three")


def heard(
    state: Receiver | None = None,
    when: datetime = NOON,
    name: ObservationId = ONE,
    *,
    rssi_dbm: float = -60.0,
    frames: int = RETURN_FRAMES,
    from_at: datetime = NOON,
) -> Receiver:
    body = Heard(receiver_id=UNIT, rssi_dbm=rssi_dbm, frames=frames)
    return radio.heard(state, when, name, body, from_at)


def heard_at(rssi_dbm: float) -> Heard:
    return Heard(receiver_id=UNIT, rssi_dbm=rssi_dbm, frames=RETURN_FRAMES)


def alive(state: Receiver | None, when: datetime, name: ObservationId = TWO) -> Receiver:
    return radio.proved(state, when, name, when)


def test_a_reception_says_what_there_is_to_say_of_a_receiver() -> None:
    one = heard()
    assert one == Receiver(NOON, NOON + HOLDS, NOON, ONE, one.last)
    assert one.last == radio.Reception(NOON, ONE, weak=False, lone=False, from_at=NOON)


def test_while_we_do_not_listen_silence_counts_from_the_end_of_it() -> None:
    later = NOON + 3 * MINUTE
    for one in (heard(from_at=later), radio.proved(None, NOON, ONE, later)):
        assert (one.quiet_from, one.listens_until, one.proved_at) == (later, later + HOLDS, NOON)


def test_a_spell_goes_on_until_five_minutes_are_over() -> None:
    for pause, begun in ((5 * MINUTE - SECOND, NOON), (5 * MINUTE, NOON + 5 * MINUTE)):
        last = heard(heard(), NOON + pause, TWO).last
        assert last is not None
        assert last.from_at == begun


@pytest.mark.parametrize(("pause", "lone"), [(MINUTE, False), (MINUTE + SECOND, True)])
def test_few_frames_are_lone_but_within_a_minute_of_others(pause: timedelta, *, lone: bool) -> None:
    last = heard(heard(), NOON + pause, TWO, frames=RETURN_FRAMES - 1).last
    assert last is not None
    assert last.lone is lone


def test_the_first_frame_alone_is_lone_and_enough_frames_never_are() -> None:
    few, enough = heard(frames=RETURN_FRAMES - 1).last, heard(heard(), NOON + HOLDS, TWO).last
    assert few is not None
    assert enough is not None
    assert (few.lone, enough.lone) == (True, False)


def test_weak_begins_below_a_strength_and_ends_at_a_greater_one() -> None:
    limit, again = WEAK_RSSI_DBM, WEAK_RSSI_DBM + WEAK_REARM_DB
    strengths = [limit, limit, limit - 1, again - 1, again, again - 1]
    state, weak = None, []
    for number, rssi_dbm in enumerate(strengths):
        state = heard(state, NOON + number * MINUTE, rssi_dbm=rssi_dbm)
        assert state.last is not None
        weak.append(state.last.weak)
    assert weak == [False, False, True, True, False, False]


def test_a_jam_outlasts_a_reception_and_a_fault_does_not() -> None:
    jammed = Receiver(NOON, NOON + HOLDS, NOON, ONE, faulty=True, jammed=True)
    assert (heard(jammed).jammed, heard(jammed).faulty) == (True, False)
    assert not heard().jammed


def test_silence_means_something_until_ten_minutes_after_the_last_word() -> None:
    one = heard()
    assert one.listens(NOON + HOLDS - SECOND)
    assert not one.listens(NOON + HOLDS)
    for broken in (
        Receiver(NOON, NOON + HOLDS, NOON, ONE, faulty=True),
        Receiver(NOON, NOON + HOLDS, NOON, ONE, jammed=True),
    ):
        assert not broken.listens(NOON)


def test_proof_in_time_leaves_the_silence_counting_and_proof_too_late_begins_it_anew() -> None:
    in_time, late = alive(heard(), NOON + HOLDS - SECOND), alive(heard(), NOON + HOLDS)
    assert (in_time.quiet_from, in_time.listens_until) == (NOON, NOON + 2 * HOLDS - SECOND)
    assert (late.quiet_from, late.listens_until) == (NOON + HOLDS, NOON + 2 * HOLDS)
    assert (late.proved_at, late.proved_id, late.last) == (NOON + HOLDS, TWO, heard().last)


def test_proof_after_a_fault_ends_it_and_begins_the_silence_anew() -> None:
    broken = Receiver(NOON, NOON + HOLDS, NOON, ONE, faulty=True)
    again = alive(broken, NOON + MINUTE)
    assert (again.faulty, again.quiet_from) == (False, NOON + MINUTE)


def told(state: Receiver | None, body: Body, *, anchored: bool = False) -> Receiver | None:
    when = NOON + MINUTE
    return radio.told(state, when, TWO, body, when, anchored=anchored)


def test_a_receiver_that_works_listens_unless_it_misses_its_anchor() -> None:
    deaf, well = ReceiverHealth(working=True, frames=0), ReceiverHealth(working=True, frames=1)
    listening = alive(heard(), NOON + MINUTE)
    assert told(heard(), well) == told(heard(), deaf) == told(heard(), well, anchored=True) == listening
    assert told(heard(), deaf, anchored=True) == heard()
    assert told(None, deaf, anchored=True) is None


def test_a_receiver_that_says_it_is_faulty_is_and_nothing_else_changes() -> None:
    one = told(heard(), ReceiverHealth(working=False))
    assert one == Receiver(NOON, NOON + HOLDS, NOON, ONE, heard().last, faulty=True)
    first = told(None, ReceiverHealth(working=False))
    assert first == Receiver(NOON + MINUTE, NOON + MINUTE + HOLDS, NOON + MINUTE, TWO, faulty=True)


def jam(grade: Grade) -> Interference:
    return Interference(kind=InterferenceKind.RADIO_JAM, grade=grade)


def test_the_silence_counts_anew_after_a_jam_and_goes_on_counting_when_one_begins() -> None:
    jammed = told(heard(), jam(Grade.CERTAIN))
    assert jammed is not None
    assert (jammed.jammed, jammed.quiet_from) == (True, NOON)
    assert told(jammed, jam(Grade.SUSPECTED)) is jammed
    over = told(jammed, jam(Grade.NONE))
    assert over is not None
    assert (over.jammed, over.quiet_from) == (False, NOON + MINUTE)


def test_after_a_jam_silence_does_not_count_from_before_the_end_of_our_own_deafness() -> None:
    jammed = Receiver(NOON, NOON + HOLDS, NOON, ONE, jammed=True)
    deaf_until = NOON + 4 * MINUTE
    over = radio.told(jammed, NOON + MINUTE, TWO, jam(Grade.NONE), deaf_until, anchored=False)
    assert over is not None
    assert over.quiet_from == deaf_until
    ahead = Receiver(NOON + HOLDS, NOON + HOLDS, NOON, ONE, jammed=True)
    still = radio.told(ahead, NOON + MINUTE, TWO, jam(Grade.NONE), NOON, anchored=False)
    assert still is not None
    assert still.quiet_from == NOON + HOLDS


def test_a_jam_is_known_of_a_receiver_that_said_nothing_before() -> None:
    first = told(None, jam(Grade.CERTAIN))
    assert first == Receiver(NOON + MINUTE, NOON + MINUTE + HOLDS, NOON + MINUTE, TWO, jammed=True)
    assert told(None, Motion(moving=True)) is None
    assert told(heard(), Interference(kind=InterferenceKind.GNSS_JAM, grade=Grade.CERTAIN)) == heard()


def test_our_deafness_moves_both_deadlines() -> None:
    one = radio.blinded(heard(), MINUTE)
    assert (one.quiet_from, one.listens_until, one.proved_at) == (NOON + MINUTE, NOON + MINUTE + HOLDS, NOON)


def word(*receivers: Receiver, when: datetime, from_at: datetime = NOON) -> radio.Word:
    return radio.word(receivers, when, from_at, GRACE)


def test_present_becomes_weak_after_two_minutes_and_is_gone_after_five() -> None:
    one = alive(heard(), NOON + 4 * MINUTE)
    said = [word(one, when=NOON + pause).presence for pause in (2 * MINUTE - SECOND, 2 * MINUTE, 5 * MINUTE - SECOND)]
    assert said == [Presence.PRESENT, Presence.WEAK, Presence.WEAK]
    gone = word(one, when=NOON + 5 * MINUTE)
    assert gone == radio.Word(
        presence=Presence.ABSENT_SUSPECTED, since=NOON, because=(ONE, TWO), proved_at=NOON + 4 * MINUTE, grace=GRACE
    )
    assert (gone.lone, gone.zone) == (False, 0)


STILL = timedelta(minutes=5)


def test_a_bracelet_that_was_heard_well_and_lay_still_is_waited_for_longer() -> None:
    limit_dbm = WEAK_RSSI_DBM + STILL_MARGIN_DB
    still, faint = (
        radio.heard(None, NOON, ONE, heard_at(dbm), NOON, still=True) for dbm in (limit_dbm, limit_dbm - 0.1)
    )
    assert [radio.grace_of([one], GRACE) for one in (still, faint, heard())] == [GRACE + STILL, GRACE, GRACE]
    assert radio.grace_of([], GRACE) == GRACE


def test_the_last_reception_of_all_receivers_says_whether_it_lay_still() -> None:
    still, moved = radio.heard(None, NOON, ONE, heard_at(-60.0), NOON, still=True), heard(when=NOON + MINUTE)
    assert radio.grace_of([still, moved], GRACE) == GRACE
    later = radio.heard(moved, NOON + 2 * MINUTE, TWO, heard_at(-60.0), NOON, still=True)
    assert radio.grace_of([later, moved], GRACE) == GRACE + STILL


def test_absence_is_sure_when_the_grace_is_over_and_the_proof_is_fresh() -> None:
    gone_at = NOON + 6 * MINUTE
    fresh, old = (alive(heard(), gone_at - radio.FRESH - pause) for pause in (timedelta(), SECOND))
    assert word(fresh, when=gone_at - SECOND).presence is Presence.ABSENT_SUSPECTED
    assert word(fresh, when=gone_at).presence is Presence.ABSENT_CONFIRMED
    assert word(old, when=gone_at).presence is Presence.ABSENT_SUSPECTED


def test_one_that_hears_is_enough_and_the_newest_reception_is_named() -> None:
    weak = heard(rssi_dbm=WEAK_RSSI_DBM - 1, frames=RETURN_FRAMES - 1)
    strong = heard(when=NOON + MINUTE, name=TWO, from_at=NOON + MINUTE)
    both = word(strong, weak, when=NOON + 2 * MINUTE)
    assert both == radio.Word(
        presence=Presence.PRESENT, since=NOON, because=(TWO,), lone=False, proved_at=NOON + MINUTE
    )
    alone = word(weak, when=NOON + MINUTE)
    assert (alone.presence, alone.lone) == (Presence.WEAK, True)


def test_a_faulty_receiver_does_not_hear() -> None:
    broken = told(heard(), ReceiverHealth(working=False))
    assert broken is not None
    said = word(broken, when=NOON + MINUTE)
    assert said == radio.Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_FAULT, proved_at=NOON)


def test_nobody_is_gone_while_the_receiver_that_heard_last_does_not_listen() -> None:
    other = alive(alive(None, NOON - MINUTE, THREE), NOON + 11 * MINUTE - SECOND, THREE)
    when = NOON + 11 * MINUTE
    silent = word(heard(), other, when=when)
    assert silent == radio.Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_SILENT, proved_at=when - SECOND)
    jammed = told(heard(), jam(Grade.CERTAIN))
    assert jammed is not None
    assert word(jammed, other, when=when).why is Blindness.RECEIVER_FAULT
    assert word(when=when) == radio.Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_SILENT)


def test_the_receiver_that_heard_last_is_the_witness_and_without_one_the_one_that_was_proved_last() -> None:
    earlier, last = heard(), heard(when=NOON + MINUTE, name=TWO, from_at=NOON + MINUTE)
    proved = alive(earlier, NOON + 6 * MINUTE, THREE)
    said = word(proved, last, when=NOON + 6 * MINUTE)
    assert (said.because, said.since) == ((TWO, TWO), NOON + MINUTE)
    first, second = alive(None, NOON, ONE), alive(alive(None, NOON, TWO), NOON + 6 * MINUTE, TWO)
    never = word(second, first, when=NOON + 6 * MINUTE)
    assert (never.because, never.proved_at) == ((TWO,), NOON + 6 * MINUTE)


def test_silence_counts_from_the_beginning_that_is_asked_for_at_the_earliest() -> None:
    one = alive(alive(None, NOON), NOON + 9 * MINUTE)
    from_at = NOON + 5 * MINUTE
    early = word(one, when=NOON + 10 * MINUTE - SECOND, from_at=from_at)
    assert early == radio.Word(presence=Presence.UNKNOWN, why=Blindness.RECEIVER_SILENT, proved_at=NOON + 9 * MINUTE)
    said = word(one, when=NOON + 10 * MINUTE, from_at=from_at)
    assert (said.presence, said.since) == (Presence.ABSENT_SUSPECTED, from_at)


def test_time_alone_changes_something_at_the_limits_and_where_a_proof_ends() -> None:
    one, two = heard(), alive(heard(when=NOON + MINUTE, from_at=NOON + MINUTE), NOON + 9 * MINUTE)
    assert list(radio.edges([one, two], NOON, GRACE)) == [
        NOON + 6 * MINUTE,
        NOON + 9 * MINUTE,
        NOON + HOLDS,
        NOON + 19 * MINUTE,
    ]
    assert list(radio.edges([], NOON, GRACE)) == [NOON + 5 * MINUTE, NOON + 6 * MINUTE]


def test_the_last_reception_is_the_last_that_happened_whenever_its_silence_began_to_count() -> None:
    deaf = heard(from_at=NOON + 5 * MINUTE)
    later = heard(when=NOON + 2 * MINUTE, name=TWO, from_at=NOON + 2 * MINUTE)
    said = word(deaf, later, when=NOON + 10 * MINUTE)
    assert (said.because, said.since) == ((TWO, TWO), NOON + 5 * MINUTE)
