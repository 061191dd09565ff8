"""Authenticity: something spoke in a device's name, or to it, and was not believed.

    a replay, a copy, a relayed frame        B09
    a bad code or certificate, two histories C06
    a tag that is not one of the person's    P10

For each device and each of the three, everything within an hour is one finding: the first is found at its instant, and
ten thousand bad frames are one alarm an hour and not ten thousand. Such bytes are no word of the device: they end no
silence. Source: catalogue B09, C06, P10 (notes on the domain, section 6).
"""

from functools import partial

from baqylau.domain.findings import Code
from baqylau.domain.observations import Distrust, DistrustReason
from baqylau.rules.conditions.condition import Kind, Word
from baqylau.rules.settings import DISTRUST_WITHIN_S

_REASONS = {
    Code.BEACON_CLONE: frozenset({DistrustReason.REPLAY, DistrustReason.CLONE, DistrustReason.RELAYED}),
    Code.NOT_AUTHENTIC: frozenset(
        {DistrustReason.BAD_CODE, DistrustReason.BAD_CERTIFICATE, DistrustReason.SEQUENCE_CONFLICT}
    ),
    Code.UNKNOWN_TAG: frozenset({DistrustReason.FOREIGN_TAG}),
}
_NAMES = {Code.BEACON_CLONE: "copied", Code.NOT_AUTHENTIC: "not_authentic", Code.UNKNOWN_TAG: "unknown_tag"}


def _says(reasons: frozenset[DistrustReason], body: Distrust) -> Word | None:
    return Word.CERTAIN if body.reason in reasons else None


KINDS = tuple(
    Kind(name=_NAMES[code], begins=code, body=Distrust, says=partial(_says, reasons), moment_s=DISTRUST_WITHIN_S)
    for code, reasons in _REASONS.items()
)
