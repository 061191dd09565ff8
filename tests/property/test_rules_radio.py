"""What holds for presence by radio, however receivers hear, fail and are late."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from baqylau.domain.findings import Code
from baqylau.domain.ids import DeviceId
from baqylau.domain.observations import Grade, Interference, InterferenceKind, Observation, ReceiverHealth
from baqylau.rules.clock import order_key
from baqylau.rules.fold import begin, fold
from baqylau.rules.refold import refold
from baqylau.rules.settings import GONE_AFTER_S, RECEIVER_FRESH_S
from tests.property.arrivals import Judge
from tests.property.strategies import delayed
from tests.unit.rules.radio_stories import BRACELET, MINUTE, MOBILE, SECOND_UNIT, UNIT, equipment, hears, wearer, well
from tests.unit.rules.stories import TRACKER, at, circle, deaf, fix, heard, north, permission, presence

several = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BEGIN, END = at("20:00"), at("02:00", 1)
ABSENT = {Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY, Code.SEPARATION}
HOMES = presence(id="homes", places=(circle("Home"), circle("Mother", north(1500))), absence_limit_s_per_day=1800)
WHO = wearer(
    equipment(BRACELET),
    equipment(UNIT, circle("Home")),
    equipment(SECOND_UNIT, circle("Mother", north(1500))),
    equipment(MOBILE),
    restrictions=(presence(), HOMES),
    permissions=(permission(at("23:00"), at("23:40")),),
)
PERMITTED = permission(at("23:00"), at("23:40"))
PERMITTED_WEARER = wearer(
    equipment(BRACELET), equipment(UNIT), equipment(TRACKER), restrictions=(presence(),), permissions=(PERMITTED,)
)


@st.composite
def spells(draw: st.DrawFn) -> list[Observation]:
    """Give some minutes of one receiver, which hears the bracelet or does not, and may be deaf, jammed or mute."""
    unit = draw(st.sampled_from((UNIT, SECOND_UNIT, MOBILE)))
    begun_at = BEGIN + timedelta(seconds=draw(st.integers(0, 20_000)))
    minutes, step = draw(st.integers(1, 14)), draw(st.sampled_from((MINUTE, MINUTE, MINUTE * 5)))
    how = draw(st.sampled_from(("hears", "hears", "listens", "listens", "deaf", "jammed", "lone")))
    said: list[Observation] = []
    for number in range(minutes):
        when = begun_at + step * number
        said.append(well(when, unit, working=how != "deaf"))
        if how in {"hears", "lone"}:
            said.append(hears(when, unit, frames=1 if how == "lone" else 6))
    if how == "jammed":
        grade = draw(st.sampled_from((Grade.CERTAIN, Grade.NONE)))
        said.append(heard(begun_at, Interference(kind=InterferenceKind.RADIO_JAM, grade=grade), device_id=unit))
    return said


@st.composite
def nights(draw: st.DrawFn) -> list[Observation]:
    """Give a night of receivers, in no particular order, now and then not listened to by ourselves."""
    parts = draw(st.lists(spells(), min_size=1, max_size=5))
    if draw(st.booleans()):
        from_at = BEGIN + timedelta(seconds=draw(st.integers(0, 20_000)))
        parts.append([deaf(from_at, from_at + timedelta(seconds=draw(st.integers(1, 5000))))])
    return list({one.id: one for part in parts for one in part}.values())


@several
@given(nights())
def test_no_absence_is_found_without_a_receiver_that_was_just_proved_to_listen(night: list[Observation]) -> None:
    _, findings = fold(WHO, begin(), sorted(night, key=order_key), END)
    proofs = [one.observed_at for one in night if _proves(one)]
    for finding in findings:
        if finding.code in ABSENT:
            fresh_from = finding.at - timedelta(seconds=RECEIVER_FRESH_S)
            assert any(fresh_from <= proof <= finding.at for proof in proofs)


def _proves(one: Observation) -> bool:
    return all(not isinstance(body, ReceiverHealth) or body.working for body in one.bodies)


@st.composite
def around_a_permission(draw: st.DrawFn) -> list[Observation]:
    """Give what is said in the seconds at which a permission begins and ends."""
    said: list[Observation] = []
    for instant in (PERMITTED.from_at, PERMITTED.until_at):
        for _ in range(draw(st.integers(0, 4))):
            when = instant + timedelta(seconds=draw(st.sampled_from((-1, 0, 0, 0, 1))))
            figure = draw(st.integers(5, 30))
            one = draw(st.integers(0, 3))
            said.append(
                (
                    hears(when, frames=figure),
                    well(when, frames=figure),
                    fix(when, north(2000.0), float(figure)),
                    fix(when, accuracy_m=float(figure)),
                )[one]
            )
    return said


def gone_out(*, with_fixes: bool) -> list[Observation]:
    """Give what is said of somebody who left home an hour before, with a tracker that tells where they are or not."""
    left_at = at("22:00")
    said = [well(left_at + MINUTE * number) for number in range(100)]
    said += [hears(left_at - MINUTE * number) for number in range(5)]
    return said + [fix(left_at + MINUTE * number, north(2000.0)) for number in range(2, 59) if with_fixes]


@several
@given(around_a_permission(), st.booleans())
def test_a_permission_covers_its_first_instant_and_not_its_last(words: list[Observation], with_fixes: bool) -> None:  # noqa: FBT001 - drawn
    said = {one.id: one for one in (*gone_out(with_fixes=with_fixes), *words)}
    _, findings = fold(PERMITTED_WEARER, begin(), sorted(said.values(), key=order_key), END)
    leaves = {one.id: one for one in findings if one.code is Code.AUTHORISED_ABSENCE and one.ends is None}
    assert all(PERMITTED.from_at <= one.at < PERMITTED.until_at for one in leaves.values())
    for one in findings:
        if one.ends in leaves:
            assert one.at <= PERMITTED.until_at
            assert leaves[one.ends].at < one.at or one.at > PERMITTED.from_at
        elif one.code in ABSENT:
            assert not PERMITTED.from_at <= one.at < PERMITTED.until_at


@several
@given(nights())
def test_who_was_heard_within_five_minutes_is_nowhere_found_absent(night: list[Observation]) -> None:
    _, findings = fold(WHO, begin(), sorted(night, key=order_key), END)
    at_any = [one.observed_at for one in night if one.device_id == BRACELET]
    for finding in findings:
        if finding.code in ABSENT and str(finding.subject) != "presence-1":
            since = finding.at - timedelta(seconds=GONE_AFTER_S)
            units = {MOBILE} if finding.code is Code.SEPARATION else {UNIT, SECOND_UNIT}
            assert not any(since < one < finding.at for one in at_any if _at(night, one, units))


def _at(night: list[Observation], when: object, units: set[DeviceId]) -> bool:
    return any(
        one.observed_at == when and one.device_id == BRACELET and getattr(one.bodies[0], "receiver_id", "") in units
        for one in night
    )


@several
@given(nights(), st.data())
def test_the_backlog_of_a_unit_ends_in_what_live_would_have_found(
    night: list[Observation], data: st.DataObject
) -> None:
    judge = Judge(WHO)
    late = {unit: data.draw(st.sampled_from((0, 30, 7000))) for unit in (BRACELET, UNIT, SECOND_UNIT, MOBILE)}
    arriving = sorted((delayed(one, late.get(one.device_id, 0)) for one in night), key=_received)
    if data.draw(st.booleans()):
        arriving = list(data.draw(st.permutations(arriving)))
    arriving += arriving[:3]
    while arriving:
        size = data.draw(st.integers(1, 60))
        batch, arriving = arriving[:size], arriving[size:]
        now = max(one.received_at for one in batch)
        judge.arrive(batch, data.draw(st.sampled_from((None, now))))
    judge.arrive([], END + timedelta(hours=3))
    _, expected = refold(WHO, begin(), night, END + timedelta(hours=3))
    assert sorted(judge.findings.values(), key=lambda one: one.id) == sorted(expected, key=lambda one: one.id)


def _received(observation: Observation) -> tuple[object, str]:
    return observation.received_at, observation.id
