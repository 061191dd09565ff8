"""The rules run again on what a bundle holds, and what they find set against what the bundle says was found."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO

import msgspec
from msgspec import Struct

from baqylau.domain.findings import Finding
from baqylau.domain.ids import FindingId
from baqylau.domain.observations import Observation
from baqylau.domain.people import Supervision
from baqylau.monitoring.server.evidence import by_what
from baqylau.protocols.evidence import container, parts
from baqylau.protocols.evidence.verdict import JUDGED_OTHERWISE, Verdict
from baqylau.rules.clock import order_key
from baqylau.rules.fold import fold
from baqylau.rules.refold import late
from baqylau.rules.state import PersonState
from baqylau.storage.journal import rows
from baqylau.storage.registers.editing import NOT_JUDGED


class _Judging(Struct, frozen=True, kw_only=True):
    supervision: Supervision
    state: bytes
    after: datetime
    until: datetime
    left_out: frozenset[str]
    """Restrictions about other people, which are not given."""


class _Line(Struct, frozen=True, kw_only=True):
    finding: Finding
    superseded_at: datetime | None


def judge_again(file: IO[bytes], verdict: Verdict) -> None:
    """Add to a verdict without faults whether the rules find the same; other rules than those of then need not."""
    try:
        opened = container.open_container(file).members
        judging = msgspec.json.decode(next(_lines(file, opened[parts.lines_name(parts.JUDGING)])), type=_Judging)
        state = msgspec.msgpack.decode(judging.state, type=PersonState)
        observations = sorted(_observations(file, opened[parts.lines_name(parts.RECORDS)]), key=order_key)
        said = _said(file, opened[parts.lines_name(parts.FINDINGS)], judging)
    except (msgspec.DecodeError, msgspec.ValidationError, KeyError, StopIteration):
        verdict.right("not_judged")
        return
    new = [one for one in observations if not late(state, one)]
    found = {one.id: one for one in fold(judging.supervision, state, new, judging.until)[1]}
    missing = [one for one in said.values() if one.id not in found]
    more = [one for one in found.values() if one.id not in said]
    if not missing and not more:
        verdict.right("judged", count=len(found))
    elif _same_rules(file, opened):
        for one in (*missing, *more):
            fault = "not_found_again" if one.id in said else "found_now"
            verdict.wrong(fault, JUDGED_OTHERWISE, code=one.code.value, at=one.at.isoformat(), name=one.id)
    else:
        verdict.right("judged_by_others", missing=len(missing), more=len(more))


def _lines(file: IO[bytes], member: container.Member) -> Iterator[bytes]:
    return container.lines(file, member, parts.LINE_BYTES_MAX)


def _observations(file: IO[bytes], member: container.Member) -> Iterator[Observation]:
    for line in _lines(file, member):
        value = msgspec.json.decode(line)
        if "bound" in value:
            clear = msgspec.msgpack.decode(parts.octets(value["bound"]), type=rows.Clear)
            yield rows.observed(clear, parts.octets(value["content"]))[0]


def _said(file: IO[bytes], member: container.Member, judging: _Judging) -> dict[FindingId, Finding]:
    """Give the findings that stand and that can be found again in what is given."""
    decode = msgspec.json.Decoder(_Line).decode
    given = (line for line in _lines(file, member) if not line.startswith(parts.WITHHELD))
    standing = [line.finding for line in map(decode, given) if line.superseded_at is None]
    judged = (one for one in standing if one.rule not in NOT_JUDGED and one.subject not in judging.left_out)
    return {one.id: one for one in judged}


def _same_rules(file: IO[bytes], opened: dict[str, container.Member]) -> bool:
    """Whether the bundle was judged by the very rules that judge here, all of the time."""
    told = (msgspec.json.decode(line) for line in _lines(file, opened[parts.lines_name(parts.RULES)]))
    return {one["code"] for one in told if "code" in one} == {by_what.code()}
