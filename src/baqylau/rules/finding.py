"""Findings and their names.

The id of a finding comes from what it says and from nothing else: not from when its facts arrived, in which batch, or
how often. Judging the same facts again finds the same id, and an id never stands for two different findings.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from baqylau.crypto.digests import finding_id
from baqylau.domain.findings import ASKED_AFTER, Check, Code, Finding, Threshold
from baqylau.domain.ids import FindingId, ObservationId, PersonId, SubjectId
from baqylau.rules.explanation import Account, Need
from baqylau.rules.spans import Validity


class Author(Struct, frozen=True, kw_only=True):
    """The rule that speaks, the person it speaks of and what about."""

    rule: str
    rule_version: str
    person_id: PersonId
    subject: SubjectId
    maintained: tuple[Validity, ...] = ()
    """When somebody is at work on what it speaks about."""

    def finds(  # noqa: PLR0913 (the fields of one record, all by name)
        self,
        code: Code,
        onset: str,
        *,
        at: datetime,
        because: Sequence[ObservationId],
        since: datetime | None = None,
        thresholds: dict[str, float] | None = None,
        checks: tuple[Check, ...] = (),
        ends: FindingId | None = None,
        area: str = "",
    ) -> Finding:
        """Give the finding. `onset` is what began it, as id or as instant, where `because` does not say it."""
        because = tuple(dict.fromkeys(because))
        maintained = any(span.holds(at) for span in self.maintained)
        said = [self.rule, self.person_id, self.subject, code.value, onset, at.isoformat(), ends or "", *because]
        said += [area] if area else []
        said += [Check.NO_DEAD_SPOT.value] if Check.NO_DEAD_SPOT in checks else []
        said += [f"{ASKED_AFTER} {thresholds[ASKED_AFTER]}"] if thresholds and ASKED_AFTER in thresholds else []
        said += ["maintenance"] if maintained else []
        return Finding(
            id=finding_id(*said),
            rule=self.rule,
            rule_version=self.rule_version,
            code=code,
            person_id=self.person_id,
            subject=self.subject,
            at=at,
            because=because,
            since=since,
            thresholds=tuple(Threshold(name=name, value=value) for name, value in (thresholds or {}).items()),
            checks=checks,
            ends=ends,
            area=area,
            maintenance=maintained,
        )

    def account(self, code: Code, *needs: Need, finding: FindingId | None = None) -> Account:
        """Give what is found next and what it needs. `finding` is the condition that is open."""
        return Account(rule=self.rule, rule_version=self.rule_version, code=code, finding=finding, needs=needs)
