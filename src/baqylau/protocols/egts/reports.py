"""What a device reports, as records of the telematic service."""

from datetime import datetime

from baqylau.domain.observations import Battery, Body, Enclosure, Fix, Motion, NoFix, Power, Strap
from baqylau.protocols.egts import position, records, sensors
from baqylau.protocols.egts.codes import Service, Teledata
from baqylau.protocols.egts.sensors import Inputs


def record_of(number: int, at: datetime, bodies: tuple[Body, ...], oid: int | None, inputs: Inputs) -> bytes:
    """Give a record; its own time stands in where there is no position to carry it."""
    told = {type(body): body for body in bodies}
    strap, case = told.get(Strap), told.get(Enclosure)
    active: dict[int, bool] = {}
    if isinstance(strap, Strap) and inputs.strap is not None:
        active[inputs.strap] = strap.open
    if isinstance(case, Enclosure) and inputs.case is not None:
        active[inputs.case] = case.open
    place = told.get(Fix) or told.get(NoFix)
    content = b""
    if isinstance(place, Fix | NoFix):
        motion = told.get(Motion)
        content = _place(
            at, place, sensors.basic_inputs_of(active), moving=isinstance(motion, Motion) and motion.moving
        )
    else:
        content = b"".join(
            records.subrecord(Teledata.ABS_DIG_SENS_DATA, one) for one in sensors.write_basic_inputs(active)
        )
    content += _sensors(told.get(Battery), told.get(Power), active, inputs)
    if not content:
        content = records.subrecord(Teledata.STATE_DATA, sensors.write_state(None, None))
    tm = None if place else position.seconds_of(at)
    return records.record(number, Service.TELEDATA, content, oid=oid, tm=tm)


def _place(at: datetime, place: Fix | NoFix, inputs: int, *, moving: bool) -> bytes:
    hdop = place.hdop if isinstance(place, Fix) else None
    extras = position.write_extras(position.Extras(hdop, place.satellites))
    content = records.subrecord(Teledata.POS_DATA, position.write(at, place, moving=moving, inputs=inputs))
    return content + records.subrecord(Teledata.EXT_POS_DATA, extras) if extras else content


def _sensors(battery: Body | None, power: Body | None, active: dict[int, bool], inputs: Inputs) -> bytes:
    content = b""
    charge = battery if isinstance(battery, Battery) else None
    supply = power if isinstance(power, Power) else None
    if inputs_content := sensors.write_additional_inputs(active):
        content += records.subrecord(Teledata.AD_SENSORS_DATA, inputs_content)
    if supply or (charge and charge.voltage_v is not None):
        content += records.subrecord(Teledata.STATE_DATA, sensors.write_state(charge, supply))
    if charge and charge.level_percent is not None and inputs.charge is not None:
        level = sensors.write_charge(inputs.charge, charge.level_percent)
        content += records.subrecord(Teledata.ABS_AN_SENS_DATA, level)
    return content
