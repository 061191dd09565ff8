"""Why and why not: each finding's missing condition by name, at the minute before and at the minute itself."""

import re
from datetime import timedelta
from pathlib import Path

from baqylau.domain.findings import Code
from baqylau.domain.observations import Battery, NoFix, Observation, Strap
from baqylau.domain.people import Supervision
from baqylau.domain.verdicts import Compliance
from baqylau.locales import catalogue
from baqylau.rules.explaining import explain
from baqylau.rules.explanation import Account, Explanation, Need
from baqylau.rules.spans import Duty
from tests.unit.rules.radio_stories import at_home, listens, wearer
from tests.unit.rules.stories import (
    TRACKER,
    at,
    at_work,
    deaf,
    device,
    every,
    exclusion,
    fix,
    heard,
    judged,
    no_fix,
    north,
    permission,
    presence,
    supervision,
)
from tests.unit.rules.test_contact import ACCOMPLICES, apart, no_contact

RULES = Path(__file__).parents[3] / "src" / "baqylau" / "rules"
AWAY = north(1500)


def minute(clock: str, *story: Observation, who: Supervision | None = None) -> Explanation:
    person = who or supervision(presence())
    told = [one for one in story if one.observed_at <= at(clock) or one.device_id != TRACKER]
    state, _ = judged(person, told)
    return explain(person, state, at(clock))


def of_rule(said: Explanation, rule: str, code: Code | None = None) -> Account:
    accounts = [account for restriction in said.restrictions for account in restriction.accounts]
    accounts += [account for worn in said.devices for account in worn.accounts]
    return next(one for one in accounts if one.rule == rule and code in {None, one.code})


def missing(account: Account) -> list[Need]:
    return [need for need in account.needs if not need.met]


def keys(account: Account) -> list[str]:
    return [need.key for need in missing(account)]


def test_every_need_has_its_two_sentences() -> None:
    written = "".join(path.read_text(encoding="utf-8") for path in RULES.rglob("*.py"))
    named = set(re.findall(r'Need\(\s*key="([a-z_]+)"', written))
    assert len(named) > 20
    wanted = {f"minute.{key}.{side}" for key in named for side in ("met", "missing")}
    assert wanted <= set(catalogue("en"))


def test_in_the_grace_only_the_grace_and_the_certainty_are_missing() -> None:
    away = every(60, at("21:30"), at("22:03"), AWAY)
    said = minute("22:03", *away)
    (grace, *_) = missing(of_rule(said, "presence"))
    assert (grace.key, grace.at) == ("grace", at("22:05"))
    assert said.restrictions[0].duty is Duty.DUE
    assert said.compliance is Compliance.FREE
    assert of_rule(said, "presence").code is Code.LATE_RETURN


def test_after_the_grace_the_finding_is_named_and_its_end_is_what_is_missing() -> None:
    away = every(60, at("21:30"), at("22:10"), AWAY)
    said = minute("22:06", *away)
    account = of_rule(said, "presence")
    assert said.open_findings() == (account.finding,)
    assert (account.code, keys(account)) == (Code.RETURNED, ["back_seen"])
    assert said.compliance is Compliance.NOT_AS_PRESCRIBED


def test_one_fix_outside_is_one_of_two() -> None:
    home = every(60, at("21:30"), at("22:30"))
    said = minute("22:31", *home, fix(at("22:31"), AWAY))
    (need,) = missing(of_rule(said, "presence"))
    assert (need.key, need.figures, need.at) == ("confirmed", {"fixes": 1, "needed": 2}, at("22:34"))


def test_a_coarse_fix_says_how_coarse_it_is_and_how_near_the_edge() -> None:
    said = minute("22:31", *every(60, at("21:30"), at("22:30")), fix(at("22:31"), north(130), accuracy_m=80))
    need = next(one for one in missing(of_rule(said, "presence")) if one.key == "fix_precise")
    assert {name: round(value) for name, value in need.figures.items()} == {"margin_m": 30, "accuracy_m": 80}
    assert said.restrictions[0].verdict is not None
    assert said.restrictions[0].place == "Home"


def test_a_permission_and_free_hours_are_named_with_their_end() -> None:
    excused = supervision(presence(), permissions=(permission(at("22:10"), at("23:30")),))
    away = every(60, at("21:30"), at("23:00"), AWAY)
    said = minute("22:40", *away, who=excused)
    (need, *_) = missing(of_rule(said, "presence"))
    assert (need.key, need.at) == ("no_permission", at("23:30"))
    assert said.restrictions[0].permissions == (excused.permissions[0].id,)
    free = minute("21:40", *away)
    (need, *_) = missing(of_rule(free, "presence"))
    assert (need.key, need.at) == ("duty", at("22:00"))


def test_nothing_is_said_of_a_restriction_that_is_not_in_force_but_that_it_is_not() -> None:
    who = supervision(presence(), exclusion(from_at=at("12:00", day=3)))
    regime, zone = minute("22:30", fix(at("22:30")), who=who).restrictions
    assert (regime.in_force, zone.in_force) == (True, False)
    assert (zone.accounts, zone.compliance, zone.clause) == ((), None, "not at the school")


def test_a_place_last_seen_long_ago_is_told_with_its_age() -> None:
    said = minute("22:12", *every(60, at("21:50"), at("22:04"), AWAY), *(no_fix(at("22:05")),))
    assert said.last_fix is not None
    assert said.last_fix.age_s == (at("22:12") - at("22:03")).total_seconds()
    assert not said.last_fix.holds
    assert keys(of_rule(said, "presence")) == ["known_now"]


def test_a_device_shows_its_clock_of_silence_its_charge_and_its_strap() -> None:
    who = supervision(presence(), devices=(device(silence_limit_s=1800),))
    said = minute("12:20", heard(at("12:00"), Battery(level_percent=40), Strap(open=True), NoFix()), who=who)
    (worn,) = said.devices
    assert (worn.heard_at, worn.deadline_at, worn.battery_percent) == (at("12:00"), at("12:30"), 40)
    assert worn.strap_open
    (need,) = missing(of_rule(said, "silence"))
    assert (need.key, need.at, need.figures["silent_s"]) == ("silence_limit", at("12:30"), 1200)
    assert of_rule(said, "tamper", Code.STRAP_RESTORED).finding in said.open_findings()
    assert keys(of_rule(said, "no_fix")) == ["record_without_place"]


def test_a_gap_in_our_own_listening_is_said_as_our_own() -> None:
    said = minute("12:20", heard(at("12:00")), deaf(at("12:10"), at("12:30")))
    assert not said.listened
    (worn,) = said.devices
    assert worn.deadline_at == at("12:00") + timedelta(seconds=device().silence_limit_s) + timedelta(minutes=20)


def by_radio(clock: str, *story: Observation) -> Explanation:
    state, _ = judged(wearer(), story, at(clock))
    return explain(wearer(), state, at(clock))


def test_a_bracelet_not_heard_says_when_it_will_be_gone_and_whether_the_receiver_lives() -> None:
    home = at_home(at("21:00"), at("23:00"))
    here = by_radio("23:00", *home)
    assert keys(of_rule(here, "presence")) == ["not_heard_here"]
    listening = by_radio("23:04:30", *home, *listens(at("23:00"), at("23:05")))
    (need,) = missing(of_rule(listening, "presence"))
    assert (need.key, need.at, need.figures) == ("gone_long", at("23:05"), {"gone_after_s": 300, "gone_grace_s": 60})
    dead = by_radio("23:20", *home)
    assert keys(of_rule(dead, "presence")) == ["receiver_alive"]
    gone = by_radio("23:06", *home, *listens(at("23:00"), at("23:06")))
    assert keys(of_rule(gone, "presence", Code.RETURNED)) == ["heard_again"]


def test_absence_is_told_as_so_much_of_the_limit() -> None:
    who = supervision(presence(absence_limit_s_per_day=3600))
    away = every(60, at("22:00"), at("22:35"), AWAY)
    (goes_on, limit) = of_rule(minute("22:35", *away, who=who), "presence", Code.ABSENCE_OVER_LIMIT).needs
    assert (goes_on.met, limit.met) == (True, False)
    assert limit.figures["limit_s"] == 3600
    assert limit.at is not None
    assert limit.at - at("22:35") == timedelta(seconds=3600 - limit.figures["absent_s"])


def test_who_must_not_meet_lack_a_second_measurement_and_the_protected_a_consent() -> None:
    (said,) = minute("12:01", apart(at("12:01"), 40), who=ACCOMPLICES).restrictions
    (account,) = said.accounts
    assert (account.code, keys(account)) == (Code.MEETING, ["near"])
    assert account.needs[-1].figures == {"fixes": 1, "needed": 2, "distance_m": 100}
    unwatched = supervision(no_contact(protected=True))
    (said,) = minute("12:01", apart(at("12:01"), 40), who=unwatched).restrictions
    assert [account.code for account in said.accounts] == [Code.PROXIMITY, Code.PREALERT]
    assert all("consent" in keys(account) for account in said.accounts)


def test_work_on_the_equipment_is_named_with_its_end() -> None:
    work = at_work(at("12:00"), at("12:30"))
    said = minute("12:10", heard(at("12:05")), who=supervision(presence(), maintenances=(work,)))
    need = missing(of_rule(said, "tamper"))[-1]
    assert (need.key, need.at) == ("no_maintenance", at("12:30"))


NIGHT = wearer(restrictions=(presence(),))
"""Heard by a home unit, to be at home 22:00-06:00."""


def lacking(clock: str, *story: Observation, day: int = 0, who: Supervision = NIGHT) -> dict[Code, list[str]]:
    """Give what each record of the hours lacks at a minute."""
    told = [one for one in story if one.observed_at <= at(clock, day)]
    state, _ = judged(who, told, at(clock, day))
    accounts = explain(who, state, at(clock, day)).restrictions[0].accounts
    return {one.code: [need.key for need in one.needs if not need.met] for one in accounts}


def test_the_records_of_the_hours_say_what_they_lack_and_once_written_that_once_is_enough() -> None:
    evening = at_home(at("21:00"), at("22:10"))
    before, within = lacking("21:30", *evening), lacking("22:09", *evening)
    assert before[Code.PRESENT] == before[Code.SOURCES_DISAGREE] == before[Code.OUT_WHOLE_PERIOD] == ["hours_run"]
    assert within[Code.PRESENT] == ["once_in_hours"]
    assert lacking("22:00:30", *at_home(at("21:00"), at("21:59")))[Code.PRESENT] == ["heard_at_home"]
    assert within[Code.OUT_WHOLE_PERIOD] == ["absent_throughout", "hours_over"]
    assert within[Code.SOURCES_DISAGREE] == ["sources_differ"]
    assert (within[Code.BRIEF_GAP], within[Code.GAPS_FREQUENT]) == (["gap_ended"], ["gaps_many"])


def test_a_night_out_lacks_only_the_end_of_the_hours_to_be_out_for_the_whole_of_them() -> None:
    night = [*at_home(at("20:00"), at("21:00")), *listens(at("21:00"), at("23:00"))]
    assert lacking("22:59", *night)[Code.OUT_WHOLE_PERIOD] == ["hours_over"]


def test_an_authorised_absence_lacks_a_permission_or_that_anybody_is_away_and_then_is_open() -> None:
    excused = wearer(restrictions=(presence(),), permissions=(permission(at("22:00"), at("23:30")),))
    night = [*at_home(at("20:00"), at("21:00")), *listens(at("21:00"), at("23:45"))]
    home = lacking("22:30", *at_home(at("20:00"), at("22:31")), who=excused)
    assert home[Code.AUTHORISED_ABSENCE] == ["known_away"]
    assert lacking("22:30", *night)[Code.AUTHORISED_ABSENCE] == ["permission_runs"]
    told = [one for one in night if one.observed_at <= at("22:30")]
    state, findings = judged(excused, told, at("22:30"))
    [leave] = [one.id for one in findings if one.code is Code.AUTHORISED_ABSENCE]
    assert leave in explain(excused, state, at("22:30")).open_findings()
    assert lacking("22:30", *night, who=excused)[Code.AUTHORISED_ABSENCE] == ["leave_over"]
