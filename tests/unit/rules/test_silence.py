"""A device that is not heard."""

from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import DeviceId, FindingId, SubjectId
from baqylau.domain.observations import LinkEvent, LinkHealth
from baqylau.domain.people import DeviceKind
from baqylau.rules.equipment import silence
from baqylau.rules.equipment.silence import Terms
from baqylau.rules.finding import Author
from baqylau.rules.settings import BREATH_UNIT_SILENT_S
from tests.unit.rules.stories import (
    ORDER_FROM,
    PERSON,
    TRACKER,
    asked_after_s,
    at,
    codes,
    deaf,
    device,
    fitting,
    heard,
    judged,
    order,
    supervision,
    told,
)

AUTHOR = Author(rule=silence.NAME, rule_version=silence.VERSION, person_id=PERSON, subject=SubjectId(TRACKER))
SILENT = silence.Silence(at("12:30"), at("12:00"))
PING = LinkHealth(event=LinkEvent.PING)
WHO = supervision(devices=(device(silence_limit_s=1800),))


def a_while(_at: datetime) -> timedelta:
    """Let the wearer have ten minutes, whatever is prescribed."""
    return timedelta(minutes=10)


def test_a_device_that_falls_silent_is_found_when_its_limit_is_over() -> None:
    last = heard(at("12:00"), PING)
    _, (never, back, silent) = judged(WHO, [last], at("12:45"))
    assert codes([never, back, silent]) == ["C01", "C02", "C01"]
    assert silent.at == at("12:30")
    assert silent.since == at("12:00")
    assert silent.because == (last.id,)
    assert back.ends == never.id


def test_a_device_never_heard_is_silent_from_the_beginning_of_its_time_on_the_person() -> None:
    _, (finding,) = judged(WHO, [], at("23:00"))
    assert finding.at == ORDER_FROM + timedelta(minutes=30)
    assert finding.because == ()
    assert finding.since == ORDER_FROM


def test_nothing_is_found_before_the_limit() -> None:
    _, findings = judged(WHO, [], ORDER_FROM + timedelta(seconds=1799))
    assert findings == ()


def test_our_own_deafness_does_not_count_as_a_devices_silence() -> None:
    story = [heard(at("05:10"), PING), deaf(at("05:20"), at("07:20"))]
    assert codes(judged(WHO, story, at("07:39:59"))[1]) == []
    assert told(judged(WHO, story, at("07:40"))[1]) == [("C01", "07:40")]


def test_two_gaps_that_overlap_are_counted_once() -> None:
    story = [heard(at("05:10"), PING), deaf(at("05:20"), at("06:20")), deaf(at("05:50"), at("07:20"))]
    assert told(judged(WHO, story, at("08:00"))[1]) == [("C01", "07:40")]


def test_a_backlog_from_within_the_gap_is_not_judged_by_what_we_missed_around_it() -> None:
    story = [heard(at("05:10"), PING), deaf(at("05:20"), at("07:20")), heard(at("06:30"), PING)]
    assert told(judged(WHO, story, at("08:00"))[1]) == [("C01", "07:50")]


def test_what_is_heard_after_our_own_deafness_has_its_whole_limit() -> None:
    story = [heard(at("05:10"), PING), deaf(at("05:20"), at("07:20")), heard(at("07:30"), PING)]
    assert told(judged(WHO, story, at("08:10"))[1])[-1] == ("C01", "08:00")


def test_times_on_the_person_that_touch_are_one() -> None:
    who = supervision(
        devices=(device(silence_limit_s=1800),),
        fittings=(fitting(until_at=at("05:20")), fitting(from_at=at("05:20"))),
    )
    assert told(judged(who, [heard(at("05:10"), PING)], at("06:00"))[1]) == [("C01", "05:40")]


def test_a_device_put_on_again_begins_anew() -> None:
    who = supervision(
        devices=(device(silence_limit_s=1800),),
        fittings=(fitting(until_at=at("05:20")), fitting(from_at=at("07:00"))),
    )
    assert told(judged(who, [heard(at("05:10"), PING)], at("08:00"))[1]) == [("C01", "07:30")]


def test_the_word_of_a_device_on_nobody_or_without_an_order_is_passed_over() -> None:
    who = supervision(
        devices=(device(silence_limit_s=1800),),
        orders=(order(until_at=at("05:20")),),
        fittings=(fitting(until_at=at("05:10")),),
    )
    state, findings = judged(who, [heard(at("05:15"), PING)], at("23:00"))
    assert findings == ()
    assert state.heard_at is None
    assert state.devices == {}


def test_what_silence_means_follows_from_the_kind_of_device_and_whom_it_protects() -> None:
    half_an_hour = timedelta(minutes=30)
    meant = {
        DeviceKind.TRACKER: Terms(half_an_hour, Code.NO_COMMS, Code.COMMS_RESTORED),
        DeviceKind.BRACELET: Terms(None, Code.NO_COMMS, Code.COMMS_RESTORED),
        DeviceKind.HOME_UNIT: Terms(half_an_hour, Code.UNIT_SILENT, Code.UNIT_RESTORED),
        DeviceKind.BREATH_UNIT: Terms(
            timedelta(seconds=BREATH_UNIT_SILENT_S), Code.BREATH_UNIT_SILENT, Code.COMMS_RESTORED
        ),
    }
    assert {kind: silence.terms(device(silence_limit_s=1800, kind=kind)) for kind in meant} == meant
    protected = silence.terms(device(silence_limit_s=1800), protected=True)
    assert protected == Terms(half_an_hour, Code.PROTECTED_DEVICE_LOST, Code.COMMS_RESTORED)


@pytest.mark.parametrize(
    ("begins", "found"), [(Code.NO_COMMS, Code.BATTERY_EMPTY), (Code.UNIT_SILENT, Code.UNIT_SILENT)]
)
def test_an_empty_battery_explains_the_silence_of_what_is_carried_alone(begins: Code, found: Code) -> None:
    terms = Terms(timedelta(minutes=30), begins, Code.COMMS_RESTORED)
    emptied = silence.Last(area="", emptied=True, dead_spot=False, doubted=False)
    _, (finding,) = silence.tick(AUTHOR, SILENT, at("12:30"), terms, last=emptied, patience=a_while)
    assert finding.code is found
    assert asked_after_s(finding) is None, "only a lost link is left to the wearer"


def lost(*, doubted: bool) -> Finding:
    terms = Terms(timedelta(minutes=30), Code.NO_COMMS, Code.COMMS_RESTORED)
    last = silence.Last(area="", emptied=False, dead_spot=False, doubted=doubted)
    _, (finding,) = silence.tick(AUTHOR, SILENT, at("12:30"), terms, last=last, patience=a_while)
    return finding


def test_a_lost_link_is_found_at_its_instant_and_left_to_the_wearer_unless_its_last_words_were_suspicious() -> None:
    trusted, doubted = lost(doubted=False), lost(doubted=True)
    assert (asked_after_s(trusted), asked_after_s(doubted)) == (600, None)
    assert trusted.at == doubted.at == at("12:30")
    assert trusted.id != doubted.id, "an id never stands for two different findings"


def test_without_any_time_for_the_wearer_nothing_is_said_of_it() -> None:
    terms = Terms(timedelta(minutes=30), Code.NO_COMMS, Code.COMMS_RESTORED)
    last = silence.Last(area="", emptied=False, dead_spot=False, doubted=False)
    _, (finding,) = silence.tick(AUTHOR, SILENT, at("12:30"), terms, last=last, patience=lambda _at: timedelta())
    assert finding == lost(doubted=True)


def test_after_work_of_ours_only_what_was_found_since_is_found_again() -> None:
    told_of = replace(SILENT, finding=FindingId("silence"))
    assert silence.again(told_of, at("12:30")).finding is None
    assert silence.again(told_of, at("12:31")) is told_of


def test_of_two_devices_the_one_that_would_fall_silent_first_is_waited_for_whichever_comes_first() -> None:
    soon, later = device(silence_limit_s=600), device(DeviceId("tracker-2"), 7200)
    for devices in ((soon, later), (later, soon)):
        who = supervision(devices=devices, fittings=tuple(fitting(one.id) for one in devices))
        words = [heard(at("12:00"), PING, device_id=one.id) for one in devices]
        assert judged(who, words)[0].wake_at == at("12:10")
