"""One device of a person, made ready for judging: when it is on the person, and which rules speak of it."""

from datetime import datetime
from typing import Any

from baqylau.domain.ids import SubjectId
from baqylau.domain.observations import Body
from baqylau.domain.people import Device, DeviceKind, Supervision
from baqylau.rules.conditions import table
from baqylau.rules.conditions.condition import Kind
from baqylau.rules.equipment import (
    battery,
    charging_duty,
    clock_skew,
    clone,
    docking,
    good_status,
    jump,
    maintenance,
    no_fix,
    not_carried,
    range_change,
    silence,
    sim_card,
    tamper,
)
from baqylau.rules.finding import Author
from baqylau.rules.presence import separation
from baqylau.rules.spans import Validity, fitted, is_protected

_RULES = (
    silence,
    tamper,
    no_fix,
    battery,
    jump,
    clock_skew,
    charging_duty,
    docking,
    sim_card,
    range_change,
    good_status,
    clone,
    not_carried,
    separation,
    maintenance,
)


CHECKING = frozenset({DeviceKind.AV_UNIT, DeviceKind.BREATH_UNIT})
"""Equipment that takes checks."""


class DevicePlan:
    """One device and when it is on the person."""

    __slots__ = (
        "authors",
        "case",
        "charge",
        "conditions",
        "device",
        "docked",
        "has_receiver",
        "maintained",
        "receivers",
        "silence",
        "takes_checks",
        "tells_good",
        "times",
    )

    def __init__(self, supervision: Supervision, device: Device) -> None:
        self.device = device
        self.times = times = fitted(supervision, device.id)
        self.maintained = maintenance.spans(supervision, device.id, times)
        """When somebody is at work on it."""
        self.receivers = {one.id: clone.centre(one.place) for one in supervision.devices if one.place is not None}
        """Where fixed receivers stand, as far as it is known."""
        self.has_receiver = device.kind in {DeviceKind.TRACKER, DeviceKind.MOBILE_UNIT}
        self.tells_good = device.kind in good_status.DEVICES
        self.takes_checks = device.kind in CHECKING
        self.silence = silence.terms(device, protected=is_protected(supervision))
        self.case = tamper.case_code(device.kind)
        self.charge = battery.codes(device.kind)
        self.docked = device.charge_schedule if device.kind in docking.DEVICES else None
        """Hours in which it has to be put on its charger."""
        self.conditions: dict[type[Body], tuple[Kind[Any], ...]] = table.of(device.kind)
        rules = [(rule.NAME, rule.VERSION) for rule in _RULES]
        rules += [(kind.name, kind.version) for kind in table.CONDITIONS]
        self.authors = {
            name: Author(
                rule=name,
                rule_version=version,
                person_id=supervision.person_id,
                subject=SubjectId(device.id),
                maintained=self.maintained if name != maintenance.NAME else (),
            )
            for name, version in rules
        }

    def time_at(self, at: datetime) -> Validity | None:
        """Give the time on the person that the instant lies in."""
        for time in self.times:
            if time.from_at <= at < time.until_at:
                return time
        return None
