"""What is said about why and why not agrees with what was found, whatever is heard."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings

from baqylau.domain.findings import Code, Finding
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.locales import text
from baqylau.rules.clock import instant, order_key
from baqylau.rules.explaining import explain
from baqylau.rules.explanation import Account, Explanation, Need
from baqylau.rules.fold import begin, fold, standing
from tests.property.strategies import days, last_instant, supervisions

_INSTANT = timedelta(microseconds=1)
_LASTING = {
    *(Code.NOT_AT_HOME, Code.LATE_RETURN, Code.LEFT_EARLY, Code.EXCLUSION_ENTRY, Code.PLACE_LEFT),
    *(Code.PLACE_NOT_ENTERED, Code.TERRITORY_LEFT, Code.NO_COMMS, Code.NO_FIX, Code.STRAP_OPEN),
}
"""Codes whose condition goes on."""
_RECORDS = {Code.MAINTENANCE, Code.ORDER_CHANGED}
"""What the registers alone say: nothing was missing for it."""
several = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _all(said: Explanation) -> list[Account]:
    own = list(said.accounts)
    for restriction in said.restrictions:
        own += restriction.accounts
    for device in said.devices:
        own += device.accounts
    return own


def _accounts(said: Explanation, finding: Finding) -> list[Account]:
    """Give what the finding's rule says of the finding's subject."""
    own = list(said.accounts)
    for restriction in said.restrictions:
        own += restriction.accounts if str(restriction.restriction_id) == finding.subject else ()
    for device in said.devices:
        own += device.accounts if str(device.device_id) == finding.subject else ()
    return [one for one in own if one.rule == finding.rule]


def _sentence(need: Need) -> str:
    side = "met" if need.met else "missing"
    return text("kk", f"minute.{need.key}.{side}", at=need.at, **need.figures)


def _applied(said: Explanation, finding: Finding) -> bool:
    restrictions = any(one.in_force and str(one.restriction_id) == finding.subject for one in said.restrictions)
    return restrictions or any(one.worn and str(one.device_id) == finding.subject for one in said.devices)


def _lacks(account: Account) -> bool:
    return any(not need.met for need in account.needs)


@several
@given(supervisions(), days())
def test_before_a_finding_its_rule_says_what_is_missing_and_afterwards_it_names_the_finding(
    who: Supervision, day: list[Observation]
) -> None:
    ordered = sorted(day, key=order_key)
    _, findings = fold(who, begin(), ordered, last_instant(day))
    ended = {(finding.ends, finding.at) for finding in findings}
    for finding in findings:
        if finding.code in _RECORDS:
            continue
        just_before = finding.at - _INSTANT
        state, _ = fold(who, begin(), [one for one in ordered if instant(one) < finding.at], just_before)
        before = explain(who, state, just_before)
        assert _accounts(before, finding) or not _applied(before, finding)
        assert all(map(_lacks, _accounts(before, finding)))
        state, _ = fold(who, begin(), [one for one in ordered if instant(one) <= finding.at], finding.at)
        if finding.code in _LASTING and (finding.id, finding.at) not in ended:
            assert finding.id in explain(who, state, finding.at).open_findings()


@several
@given(supervisions(), days())
def test_a_rule_always_lacks_something_and_the_minute_shows_what_the_screen_shows(
    who: Supervision, day: list[Observation]
) -> None:
    state = begin()
    for observation in sorted(day, key=order_key):
        state, _ = fold(who, state, [observation], None)
        said = explain(who, state, instant(observation))
        assert all(map(_lacks, _all(said)))
        assert all(_sentence(need) for account in _all(said) for need in account.needs)
        assert said.compliance is standing(who, state, instant(observation)).compliance
