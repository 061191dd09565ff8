"""The lines of a tracker's board, as benches, the simulator and the modem's daemon say them.

$GPGGA,...*hh          a sentence of the satellite receiver
H -61.5 <54 hex>*hh    a beacon, as `links/radio/modem.md` has it
W <ohm> <percent> <case> <lux> <skin> <moves> <g> <celsius> <mV> <charging>*hh    all sensors; `-` for one that fails
N 1 -83*hh             on the mobile network, and its strength in dBm where the modem says; 0: on none
P*hh                   the button for help was held
"""

from baqylau.devices.strap import Sample
from baqylau.devices.tracker.inputs import Heard, Network, Pressed
from baqylau.links.radio import modem
from baqylau.links.radio.words import Frame

Word = Sample | Heard | Network | Pressed


def written(sample: Sample) -> bytes:
    """Give the line of what the sensors show."""
    figures = (
        sample.loop_ohm,
        sample.loop_percent,
        sample.case[0],
        sample.case[1],
        sample.skin_counts,
        sample.moves,
        sample.knock_g,
        sample.temperature_c,
        sample.battery_mv,
        sample.charging,
    )
    line = " ".join(["W", *("-" if one is None else f"{float(one):g}" for one in figures)]).encode("ascii")
    return line + b"*%02X\r\n" % modem.check(line)


def on_network(said: Network) -> bytes:
    """Give the line of whether the mobile network is there."""
    strong = "" if said.signal_dbm is None else f" {said.signal_dbm:.0f}"
    line = f"N {int(said.there)}{strong if said.there else ''}".encode("ascii")
    return line + b"*%02X\r\n" % modem.check(line)


def read(line: bytes, at_ms: int) -> Word | None:
    """Give what a line says at a count; None for one that is garbled, or says nothing that we know."""
    said = modem.read(line)
    if isinstance(said, Frame):
        return Heard(at_ms, said.raw, said.rssi_dbm)
    content, star, told = line.strip().rpartition(b"*")
    if not star or told != b"%02X" % modem.check(content):
        return None
    try:
        return _word(content.decode("ascii").split(" "), at_ms)
    except ValueError:
        return None


def _word(fields: list[str], at_ms: int) -> Word | None:
    match fields:
        case ["P"]:
            return Pressed(at_ms)
        case ["N", there] if there in {"0", "1"}:
            return Network(at_ms, there=there == "1")
        case ["N", "1", dbm]:
            return Network(at_ms, there=True, signal_dbm=float(dbm))
        case ["W", ohm, percent, case, lux, skin, moves, knock, celsius, volts, charging]:
            return Sample(
                at_ms,
                (_whole(ohm), _number(percent)),
                (_truth(case), _number(lux)),
                _whole(skin),
                (_truth(moves), _number(knock)),
                _number(celsius),
                (_whole(volts), bool(_whole(charging))),
            )
        case _:
            return None


def _number(text: str) -> float | None:
    return None if text == "-" else float(text)


def _whole(text: str) -> int | None:
    return None if text == "-" else int(float(text))


def _truth(text: str) -> bool | None:
    return None if text == "-" else float(text) > 0
