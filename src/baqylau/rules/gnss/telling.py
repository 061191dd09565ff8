"""What an epoch and its judgement are to the rules of the server: bodies of an observation.

The fix goes as the receiver told it, faults or not: the server's own rules weigh it again. A claim goes out from
grade 2 on, and once more when it is over.
"""

from statistics import fmean

from baqylau.domain.observations import Body, Fix, Grade, Interference, InterferenceKind, InUse, NoFix, Sky
from baqylau.rules.gnss.epoch import Epoch
from baqylau.rules.gnss.figures import CLAIM_FROM
from baqylau.rules.gnss.pipeline import Judgement
from baqylau.rules.gnss.signs import JAM, SPOOF
from baqylau.rules.gnss.validity import on_earth

_KINDS = {JAM: InterferenceKind.GNSS_JAM, SPOOF: InterferenceKind.GNSS_SPOOF}
"""Shielding is found by the server's rule, from what is said of sky and network."""


def position_of(epoch: Epoch) -> Fix | NoFix | None:
    """Give the place as it was told, or that there is none; nothing where the figures are no place on the globe."""
    latitude_deg, longitude_deg = epoch.latitude_deg, epoch.longitude_deg
    if not epoch.measured() or latitude_deg is None or longitude_deg is None:
        return NoFix(satellites=epoch.satellites)
    if not on_earth(latitude_deg, longitude_deg):
        return None
    return Fix(
        latitude_deg=latitude_deg,
        longitude_deg=longitude_deg,
        altitude_m=epoch.altitude_m,
        speed_m_s=epoch.speed_m_s,
        course_deg=epoch.course_deg,
        satellites=epoch.satellites,
        hdop=epoch.hdop,
        accuracy_m=epoch.stated_m,
    )


def sky_of(epoch: Epoch) -> Sky | None:
    """Give what is heard of the satellites, where it was told."""
    if epoch.cn0_dbhz is None:
        return None
    return Sky(
        satellites=len(epoch.cn0_dbhz),
        mean_cn0_dbhz=round(fmean(epoch.cn0_dbhz), 1) if epoch.cn0_dbhz else None,
        used=tuple(InUse(letter, used) for letter, used in sorted(epoch.systems.items()) if used),
    )


def interference_of(judged: Judgement, told: dict[str, Grade]) -> tuple[Interference, ...]:
    """Give what is newly claimed or over. `told` is what was said last, by kind; it is not changed."""
    bodies = []
    for kind, body_kind in _KINDS.items():
        grade = grade_of(judged, kind)
        if grade is not told.get(kind, Grade.NONE):
            figures = [sign.figure for sign in judged.signs if sign.kind == kind]
            bodies.append(Interference(kind=body_kind, grade=grade, figure=figures[0] if figures else None))
    return tuple(bodies)


def grade_of(judged: Judgement, kind: str) -> Grade:
    """Give how sure a claim is: two independent indicators are a suspicion, strong ones certain."""
    claimed = judged.claims.get(kind, 0)
    if claimed < CLAIM_FROM:
        return Grade.NONE
    return Grade.SUSPECTED if claimed == CLAIM_FROM else Grade.CERTAIN


def bodies_of(epoch: Epoch, judged: Judgement, told: dict[str, Grade]) -> tuple[Body, ...]:
    """Give everything that an epoch says to the server."""
    said = (position_of(epoch), sky_of(epoch), *interference_of(judged, told))
    return tuple(body for body in said if body is not None)
