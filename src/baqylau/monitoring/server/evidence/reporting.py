"""The paper in a bundle: what it is about, set as PDF/A, with a number of the register and its own signature."""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from baqylau.domain.papers import PaperKind
from baqylau.monitoring.server.evidence.gathering import Asked, Papers
from baqylau.monitoring.server.papers.making import LONGEST, Maker
from baqylau.storage.people.papers import Wanted

REPORT, RECEIPT = "report.pdf", "report.json"


def report_by(maker: Maker, language: str) -> Papers:
    """Give what makes the report of a bundle: on the alarm, or on how the person stood to what is prescribed.

    It names nobody but the person. That it leaves stands in the record once, with the bundle.
    """

    def made(asked: Asked, until: datetime) -> Mapping[str, bytes]:
        kind = PaperKind.ALARM if asked.alarm_id else PaperKind.COMPLIANCE
        wanted = Wanted(
            kind=kind, person_id=asked.person_id, by=asked.by, purpose=asked.purpose, recipient="", language=language
        )
        if asked.alarm_id:
            file, receipt = maker.about_alarm(wanted, asked.alarm_id)
        elif asked.from_at < until <= asked.from_at + LONGEST:
            file, receipt = maker.about_person(wanted, asked.from_at, until)
        else:
            return {}
        return {REPORT: file, RECEIPT: msgspec.json.format(msgspec.json.encode(receipt))}

    return made
