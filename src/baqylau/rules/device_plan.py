"""One device of a person, made ready for judging: when it is on the person, and which rules speak of it."""

from datetime import datetime
from typing import Any

from baqylau.domain.ids import PersonId, SubjectId
from baqylau.domain.observations import Body
from baqylau.domain.people import Device, DeviceKind
from baqylau.rules import battery, clock_skew, conditions, jump, no_fix, silence, tamper
from baqylau.rules.condition import Kind
from baqylau.rules.finding import Author
from baqylau.rules.spans import Validity

_RULES = (silence, tamper, no_fix, battery, jump, clock_skew)


class DevicePlan:
    """One device and when it is on the person."""

    __slots__ = ("authors", "case", "charge", "conditions", "device", "has_receiver", "silence", "times")

    def __init__(
        self, person_id: PersonId, device: Device, times: tuple[Validity, ...], *, protected: bool = False
    ) -> None:
        self.device = device
        self.times = times
        self.has_receiver = device.kind in {DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT}
        self.silence = silence.terms(device, protected=protected)
        self.case = tamper.case_code(device.kind)
        self.charge = battery.codes(device.kind)
        self.conditions: dict[type[Body], tuple[Kind[Any], ...]] = conditions.of(device.kind)
        rules = [(rule.NAME, rule.VERSION) for rule in _RULES]
        rules += [(kind.name, kind.version) for kind in conditions.CONDITIONS]
        self.authors = {
            name: Author(rule=name, rule_version=version, person_id=person_id, subject=SubjectId(device.id))
            for name, version in rules
        }

    def time_at(self, at: datetime) -> Validity | None:
        """Give the time on the person that the instant lies in."""
        for time in self.times:
            if time.from_at <= at < time.until_at:
                return time
        return None
