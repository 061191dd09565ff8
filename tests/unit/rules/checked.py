"""Checks in stories: what we ask, what the unit says, what is compared, in short words."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from baqylau.crypto.digests import observation_id
from baqylau.domain.checks import (
    Asked,
    Begun,
    BreathSample,
    CheckKind,
    CheckWhy,
    Decided,
    Ended,
    Ending,
    Likely,
    Likeness,
    LikenessReason,
    SampleState,
    Voided,
    VoidWhy,
)
from baqylau.domain.findings import Finding
from baqylau.domain.ids import CheckId, DeviceId, FittingId
from baqylau.domain.observations import Authentication, Body, Observation
from baqylau.domain.orders import Fitting, Identification, Sobriety
from baqylau.domain.people import Device, DeviceKind, Supervision
from baqylau.domain.schedules import Schedule, Window
from baqylau.rules.equipment import silence
from baqylau.rules.state import PersonState
from tests.unit.rules.stories import ORDER, ORDER_FROM, PERSON, at, supervision
from tests.unit.rules.stories import judged as fold

AV, BREATH = DeviceId("av-1"), DeviceId("breath-1")
FIRST, SECOND = CheckId("1" * 32), CheckId("2" * 32)
NOTHING = CheckId("")
LIMIT_MG_L = 0.16
MORNING = Schedule(timezone="Asia/Almaty", windows=(Window(start_min=480, end_min=495),))


def identification(**more: object) -> Identification:
    fields: dict[str, object] = {
        "id": "identification-1",
        "order_id": ORDER,
        "version": 1,
        "clause": "shows who he is",
        "from_at": ORDER_FROM,
        "schedule": MORNING,
    }
    return Identification(**(fields | more))  # type: ignore[arg-type]


def sobriety(**more: object) -> Sobriety:
    fields: dict[str, object] = {
        "id": "sobriety-1",
        "order_id": ORDER,
        "version": 1,
        "clause": "does not drink",
        "from_at": ORDER_FROM,
        "schedule": MORNING,
        "limit_mg_l": LIMIT_MG_L,
    }
    return Sobriety(**(fields | more))  # type: ignore[arg-type]


def checked(*restrictions: Identification | Sobriety) -> Supervision:
    """A person with both units at home."""
    units = ((AV, DeviceKind.AV_UNIT), (BREATH, DeviceKind.BREATH_UNIT))
    return supervision(
        *(restrictions or (identification(), sobriety())),
        devices=tuple(Device(id=unit, kind=kind, protocol="link", number=unit) for unit, kind in units),
        fittings=tuple(
            Fitting(id=FittingId(f"fitting-{unit}"), device_id=unit, person_id=PERSON, from_at=ORDER_FROM)
            for unit, _ in units
        ),
    )


def fact(clock: datetime, body: Body, unit: DeviceId = AV, *, ours: bool = False) -> Observation:
    told = repr(body).encode()
    return Observation(
        id=observation_id(b"fact", unit.encode(), clock.isoformat().encode(), told),
        device_id=unit,
        observed_at=clock,
        received_at=clock,
        bodies=(body,),
        authentication=Authentication.OURSELVES if ours else Authentication.DEVICE_KEY,
    )


def asked(clock: str, check: CheckId = FIRST, *, why: CheckWhy = CheckWhy.RANDOM, **more: object) -> Observation:
    """An identity check that can be begun for 15 minutes."""
    begins = at(clock)
    body = Asked(
        check_id=check,
        kind=CheckKind.IDENTITY,
        why=why,
        expires_at=begins + timedelta(minutes=15),
        **more,  # type: ignore[arg-type]
    )
    return fact(begins, body, ours=True)


def asked_breath(
    clock: str, check: CheckId = FIRST, *, why: CheckWhy = CheckWhy.RANDOM, after: CheckId = NOTHING
) -> Observation:
    begins = at(clock)
    body = Asked(
        check_id=check,
        kind=CheckKind.BREATH,
        why=why,
        expires_at=begins + timedelta(minutes=15),
        after=after,
        limit_mg_l=LIMIT_MG_L,
    )
    return fact(begins, body, BREATH, ours=True)


def begun(clock: str, check: CheckId = FIRST, unit: DeviceId = AV) -> Observation:
    return fact(at(clock), Begun(check_id=check), unit)


def ended(clock: str, how: Ending = Ending.DONE, check: CheckId = FIRST, unit: DeviceId = AV) -> Observation:
    return fact(at(clock), Ended(check_id=check, how=how), unit)


def likeness(
    clock: str, outcome: Likely, *reasons: LikenessReason, check: CheckId = FIRST, unit: DeviceId = AV, **more: object
) -> Observation:
    body = Likeness(check_id=check, outcome=outcome, reasons=reasons, **more)  # type: ignore[arg-type]
    return fact(at(clock), body, unit, ours=True)


def sample(
    clock: str,
    alcohol: float | None = 0.0,
    check: CheckId = FIRST,
    *,
    state: SampleState = SampleState.VALID,
    uncertain: float = 0.02,
    **more: object,
) -> Observation:
    valid = state is SampleState.VALID
    body = BreathSample(
        check_id=check,
        state=state,
        alcohol_mg_l=alcohol if valid else None,
        uncertainty_mg_l=uncertain if valid else None,
        **more,  # type: ignore[arg-type]
    )
    return fact(at(clock), body, BREATH)


def decided(clock: str, outcome: Likely, check: CheckId = FIRST, unit: DeviceId = AV) -> Observation:
    return fact(at(clock), Decided(check_id=check, outcome=outcome, by="aigul"), unit, ours=True)


def voided(clock: str, why: VoidWhy, check: CheckId = FIRST, unit: DeviceId = AV) -> Observation:
    return fact(at(clock), Voided(check_id=check, why=why), unit, ours=True)


def judged(who: Supervision, story: Sequence[Observation], until: datetime) -> tuple[PersonState, list[Finding]]:
    """Fold a whole story; give what was found of checks, and not that the units are silent otherwise."""
    state, found = fold(who, story, until)
    return state, [one for one in found if one.rule != silence.NAME]


def codes(found: Sequence[Finding]) -> list[str]:
    """Give the codes in the order in which they were found."""
    return [one.code.value for one in found]
