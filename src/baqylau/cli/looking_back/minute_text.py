"""A minute of a person, as lines of text."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from baqylau.locales import text
from baqylau.monitoring.workstation.looking_back.minute import Minute, OpenFinding
from baqylau.rules.explanation import Account, DeviceAccount, Need, RestrictionAccount

_MET = {True: "+", False: "-"}
_UNTOLD = "…"
"""Where a text names an instant that nobody knows."""


def lines(minute: Minute, language: str) -> Iterator[str]:
    """Give the person, what was known, each restriction and each device with what a finding had and lacked."""
    said = minute.explanation
    known = text(language, "cli.why.known_then", at=_local(minute.known_at)) if minute.known_at else ""
    yield f"{minute.person_name}, {_local(said.at)}{known and f' ({known})'}"
    why = f": {text(language, f'blindness.{said.blindness}')}" if said.blindness else ""
    yield f"{text(language, f'compliance.{said.compliance}')}{why}"
    yield _last_fix(minute, language)
    if not said.listened:
        yield text(language, "cli.why.unheard")
    if minute.begun_at is not None and minute.begun.value == "stretch":
        yield text(language, "cli.why.stretch", at=_local(minute.begun_at))
    for restriction in said.restrictions:
        yield from _restriction(restriction, language)
    for device in said.devices:
        yield from _device(device, language)
    for one in minute.findings:
        yield _finding(one, language)


def _last_fix(minute: Minute, language: str) -> str:
    last = minute.explanation.last_fix
    if last is None:
        return text(language, "cli.why.no_place")
    return text(
        language, "cli.why.last_fix", at=_local(last.at), age_s=round(last.age_s), accuracy_m=round(last.accuracy_m)
    )


def _restriction(one: RestrictionAccount, language: str) -> Iterator[str]:
    yield ""
    head = f"{one.restriction_id}/{one.version} «{one.clause}»"
    if not one.in_force:
        yield f"{head}: {text(language, 'cli.why.not_in_force')}"
        return
    yield f"{head}: {text(language, f'compliance.{one.compliance}')}" if one.compliance else head
    yield from _accounts(one.accounts, language)


def _device(one: DeviceAccount, language: str) -> Iterator[str]:
    """Only what is found, about to be found, or runs against a clock: a device's rules are many."""
    yield ""
    head = f"{one.device_id} ({text(language, f'device.{one.kind}')})"
    if not one.worn:
        yield f"{head}: {text(language, 'cli.why.not_worn')}"
        return
    heard = _local(one.heard_at) if one.heard_at else _UNTOLD
    yield f"{head}: {text(language, 'cli.why.heard', at=heard)}"
    yield from _accounts((account for account in one.accounts if _telling(account)), language)


def _telling(account: Account) -> bool:
    near = any(need.met for need in account.needs)
    return account.finding is not None or near or any(need.at is not None for need in account.needs)


def _accounts(accounts: Iterable[Account], language: str) -> Iterator[str]:
    for account in accounts:
        is_open = f" [{text(language, 'cli.why.open')}]" if account.finding else ""
        title = text(language, f"alarm.{account.code}.title")
        yield f"  {account.code} {title} ({account.rule} {account.rule_version}){is_open}"
        yield from (f"    {_MET[need.met]} {_need(need, language)}" for need in account.needs)


def _need(need: Need, language: str) -> str:
    named: dict[str, object] = {name: f"{value:.6g}" for name, value in need.figures.items()}
    at = _local(need.at) if need.at else _UNTOLD
    return text(language, f"minute.{need.key}.{'met' if need.met else 'missing'}", **(named | {"at": at}))


def _finding(one: OpenFinding, language: str) -> str:
    finding = one.finding
    title = text(language, f"alarm.{finding.code}.title")
    alarm = text(language, "cli.why.alarm", number=one.alarm_id) if one.alarm_id is not None else ""
    return f"\n{finding.code} {title}, {_local(finding.since or finding.at)} {alarm}".rstrip()


def _local(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"
