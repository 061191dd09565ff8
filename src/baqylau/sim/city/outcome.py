"""What was found, held against what is true."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from baqylau.domain.consolidation import opens_alarm
from baqylau.domain.findings import Code, Finding
from baqylau.domain.ids import PersonId
from baqylau.sim.city.lives import Citizen
from baqylau.sim.city.registers import person_id

REPEATED = timedelta(hours=1)
"""What is found again within this time is counted in the same alarm."""


class Tally(Struct, kw_only=True):
    """How often one code was right."""

    happened: int = 0
    found: int = 0
    false: int = 0


class Wrong(Struct, frozen=True):
    """One thing that was missed or false."""

    number: int
    device: str
    life: str
    code: Code
    what: str
    after_s: float
    """When, in the city's time since it began."""


class Outcome(Struct, kw_only=True):
    """All of it."""

    by_code: defaultdict[Code, Tally]
    wrong: list[Wrong]


def compare(people: Iterable[Citizen], findings: Mapping[PersonId, Sequence[Finding]], begun_at: datetime) -> Outcome:
    """Match each truth with the first finding that fits it; what is left over and asks for an answer is false."""
    total = Outcome(by_code=defaultdict(Tally), wrong=[])
    for citizen in people:
        _compare(total, citizen, findings.get(person_id(citizen.number), ()), begun_at)
    return total


def _compare(total: Outcome, citizen: Citizen, found: Sequence[Finding], begun_at: datetime) -> None:
    left, answered = sorted(found, key=lambda one: one.at), list[Finding]()
    for true in citizen.truths:
        total.by_code[true.code].happened += 1
        from_at = begun_at + timedelta(seconds=true.after_s)
        until_at = from_at + timedelta(seconds=true.within_s)
        fits = [one for one in left if one.code is true.code and from_at <= one.at <= until_at]
        if fits:
            total.by_code[true.code].found += 1
            left.remove(fits[0])
            answered.append(fits[0])
        else:
            total.wrong.append(_wrong(citizen, true.code, "missed", true.after_s))
    for one in left:
        if opens_alarm(one) and one.code not in citizen.may and not _repeated(one, answered):
            total.by_code[one.code].false += 1
            total.wrong.append(_wrong(citizen, one.code, "false", (one.at - begun_at).total_seconds()))
        answered.append(one)


def _wrong(citizen: Citizen, code: Code, what: str, after_s: float) -> Wrong:
    return Wrong(citizen.number, citizen.device, citizen.life, code, what, after_s)


def _repeated(one: Finding, answered: Iterable[Finding]) -> bool:
    return any(said.code is one.code and abs(one.at - said.at) <= REPEATED for said in answered)
