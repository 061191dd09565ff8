"""State and inputs of EGTS that mean something to us: STATE_DATA, AD_SENSORS_DATA, ABS_*_SENS_DATA (B.2.5 to B.2.11).

The standard knows no strap and no bracelet: which input is which is an agreement, `Inputs`. The standard's numbering
holds: inputs 1 to 8 travel in POS_DATA, 9 to 72 in the first AD_SENSORS_DATA of a record, the next 64 in the second.
"""

from msgspec import Struct

from baqylau.domain.observations import Battery, Body, Enclosure, Power, Strap
from baqylau.protocols.egts.codes import RECORD_RESPONSE, Source, Teledata

_ADDITIONAL = 9
_PER_SUBRECORD = 64
_OCTETS_AT = 3
_STATE_LENGTH = 5
_STATE_ACTIVE = 2
_ON_INTERNAL, _ON_BACKUP, _RECEIVER_ON = 0x01, 0x02, 0x04
_NOMINAL_MAIN_V = 12.0
_LISTED = frozenset(Teledata)


class Inputs(Struct, frozen=True, kw_only=True):
    """Which inputs of a device are its own sensors; None where there is no such sensor. Active means open."""

    strap: int | None = 57
    case: int | None = 65
    charge: int | None = 255
    """Number of the analogue input (ABS_AN_SENS_DATA) that tells the battery's charge in tenths of a per cent."""

    @property
    def wired(self) -> tuple[int, ...]:
        """Give the numbers of the digital inputs."""
        return tuple(number for number in (self.strap, self.case) if number is not None)

    @property
    def basic(self) -> bool:
        """Tell whether POS_DATA's own inputs, 1 to 8, are among them. Asked for every position, so it is quick."""
        return (self.strap or _ADDITIONAL) < _ADDITIONAL or (self.case or _ADDITIONAL) < _ADDITIONAL


BRACELET = Inputs()
"""The agreement of this system: numbers so high that no ordinary vehicle terminal uses them for something else."""


class Sensors:
    """Gathers what the subrecords around one position say of the device itself."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        self._wired = inputs.wired
        self._octets_from = _ADDITIONAL
        self._strap: bool | None = None
        self._case: bool | None = None
        self._voltage_v: float | None = None
        self._level_percent: float | None = None
        self._external: bool | None = None

    def take(self, kind: int, content: bytes) -> bool:
        """Take one subrecord as far as it goes. False for a kind that the standard does not list."""
        match kind:
            case Teledata.STATE_DATA:
                self._state(content)
            case Teledata.AD_SENSORS_DATA:
                self._additional_inputs(content)
            case Teledata.ABS_DIG_SENS_DATA:
                value = int.from_bytes(content[:2], "little")
                self._input(value >> 4, active=value & 0x0F != 0)
            case Teledata.ABS_AN_SENS_DATA:
                self._analogue(content)
            case _:
                return kind == RECORD_RESPONSE or kind in _LISTED
        return True

    def event(self, source: int) -> None:
        """Take the event that a position was sent for."""
        if source == Source.CASE_OPENED:
            self._case = True
        elif source == Source.EXTERNAL_POWER_LOST:
            self._external = False

    def _input(self, number: int, *, active: bool) -> None:
        """Open wins over closed: a tamper that one of two sources saw is a tamper."""
        if number == self._inputs.strap:
            self._strap = active or bool(self._strap)
        if number == self._inputs.case:
            self._case = active or bool(self._case)

    def basic_inputs(self, bits: int) -> None:
        """Take inputs 1 to 8 from POS_DATA."""
        for number in self._wired:
            if number < _ADDITIONAL:
                self._input(number, active=bits >> number - 1 & 1 == 1)

    def _additional_inputs(self, content: bytes) -> None:
        first, self._octets_from = self._octets_from, self._octets_from + _PER_SUBRECORD
        present = content[0] if content else 0
        for number in self._wired:
            octet, bit = divmod(number - first, 8)
            if 0 <= octet < 8 and present >> octet & 1:  # noqa: PLR2004
                at = _OCTETS_AT + (present & (1 << octet) - 1).bit_count()
                if at < len(content):
                    self._input(number, active=content[at] >> bit & 1 == 1)

    def _analogue(self, content: bytes) -> None:
        value = int.from_bytes(content[1:4], "little")
        if len(content) > 1 and content[0] == self._inputs.charge and value <= 1000:  # noqa: PLR2004
            self._level_percent = value / 10

    def _state(self, content: bytes) -> None:
        if len(content) < _STATE_LENGTH:
            return
        _, main, backup, internal, flags = content[:_STATE_LENGTH]
        if internal or backup:
            self._voltage_v = (internal or backup) / 10
        if flags & (_ON_INTERNAL | _ON_BACKUP):
            self._external = False
        elif main and self._external is None:
            self._external = True

    def bodies(self) -> tuple[Body, ...]:
        """Give what was said, in a fixed order."""
        told: list[Body] = []
        if self._strap is not None:
            told.append(Strap(open=self._strap))
        if self._case is not None:
            told.append(Enclosure(open=self._case))
        if self._voltage_v is not None or self._level_percent is not None:
            told.append(Battery(level_percent=self._level_percent, voltage_v=self._voltage_v))
        if self._external is not None:
            told.append(Power(external=self._external))
        return tuple(told)


def write_state(battery: Battery | None, power: Power | None) -> bytes:
    """Give the content of a STATE_DATA. A voltage of 0 and one above 25.5 V cannot be told."""
    volts = battery.voltage_v if battery and battery.voltage_v is not None else 0.0
    main = round(_NOMINAL_MAIN_V * 10) if power and power.external else 0
    flags = _RECEIVER_ON | (_ON_INTERNAL if power and not power.external else 0)
    return bytes((_STATE_ACTIVE, main, 0, max(0, min(round(volts * 10), 255)), flags))


def basic_inputs_of(active: dict[int, bool]) -> int:
    """Give inputs 1 to 8 as POS_DATA carries them."""
    return sum(1 << number - 1 for number, is_active in active.items() if number < _ADDITIONAL and is_active)


def write_basic_inputs(active: dict[int, bool]) -> list[bytes]:
    """Give an ABS_DIG_SENS_DATA for each of inputs 1 to 8, for records without a position."""
    return [
        (number << 4 | is_active).to_bytes(2, "little") for number, is_active in active.items() if number < _ADDITIONAL
    ]


def write_additional_inputs(active: dict[int, bool]) -> bytes:
    """Give the content of an AD_SENSORS_DATA for inputs 9 to 72, empty when there are none."""
    octets: dict[int, int] = {}
    for number, is_active in active.items():
        if number >= _ADDITIONAL:
            octet, bit = divmod(number - _ADDITIONAL, 8)
            octets[octet] = octets.get(octet, 0) | is_active << bit
    if not octets:
        return b""
    present = sum(1 << octet for octet in octets)
    return bytes((present, 0, 0, *(octets[octet] for octet in sorted(octets))))


def write_charge(number: int, level_percent: float) -> bytes:
    """Give the content of an ABS_AN_SENS_DATA that tells the battery's charge."""
    return bytes((number,)) + round(level_percent * 10).to_bytes(3, "little")
