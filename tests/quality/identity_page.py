"""`python -m tests.quality.identity_page`: the page of the reference from the results that were recorded."""

from collections.abc import Iterator, Sequence
from datetime import date
from math import comb
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from baqylau.monitoring.av_server.calibration import rate_up_to
from baqylau.monitoring.av_server.digits import RIGHT_OF_SIX
from baqylau.sim.sitting.bench import CUT_OFF, GENUINE, Tally, Tried, tallied
from scripts.reference import MADE, REFERENCE, table
from tests.quality.conditions import Heard, Shown

FIGURES, ATTACKS = (Path(__file__).with_name(name) for name in ("likeness.json", "attacks.json"))
PAGE = REFERENCE / "identity.md"
ANSWERS = 6
DAY_S = 86_400
THRESHOLD = 0.50


class Speech(Struct, frozen=True, kw_only=True):
    """How well voices are told apart."""

    sentences: int
    """Of the template."""
    readers: int
    genuine: int
    impostor: int
    equal_error: float
    low: float
    high: float
    cost: float
    """Of the shipped calibration, in bits."""
    missed: float
    """At the shipped threshold."""
    passed: float


class Spoken(Struct, frozen=True, kw_only=True):
    """How well digits are heard."""

    speakers: int
    takes: int
    wrong: int
    passed: float
    """Share of answers by the person that are right in five of six."""
    passed_least: float
    """Of the worst speaker."""
    others: float
    """Share of answers by another speaker, who says the right digits."""


class Another(Struct, frozen=True, kw_only=True):
    """What became of right digits in another speaker's voice."""

    tries: int
    digits: int
    """Passed five of six."""
    voice: int
    """Was taken for the person's voice."""
    both: int


class Figures(Struct, frozen=True, kw_only=True):
    """What `tests.quality.likeness` found."""

    day: date
    voices: tuple[Speech, ...]
    digits: Spoken
    another: Another
    faces: tuple[tuple[bool, float], ...]
    """Of each two portraits: whether they are of one person, and how far apart."""
    minute_cpu_s: float
    """For a recording of a minute, decoding included."""
    heard: tuple[Heard, ...]
    shown: tuple[Shown, ...]


class Attacked(Struct, frozen=True, kw_only=True):
    """What `tests.quality.av_attacks` found."""

    day: date
    rounds: int
    tried: tuple[Tried, ...]


def by_chance(share: float = 0.1) -> float:
    """Give how often five of six digits fit a challenge nobody knew: whatever was said, one of ten fits."""
    return sum(
        comb(ANSWERS, right) * share**right * (1 - share) ** (ANSWERS - right)
        for right in range(RIGHT_OF_SIX, ANSWERS + 1)
    )


def kept_as(result: Figures | Attacked) -> bytes:
    """Give a result as it is kept."""
    return msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n"


def read() -> tuple[Figures, Attacked]:
    """Give what was kept last."""
    return (
        msgspec.json.decode(FIGURES.read_bytes(), type=Figures),
        msgspec.json.decode(ATTACKS.read_bytes(), type=Attacked),
    )


_TRIES = {
    GENUINE: "the person does as asked",
    "printed photo": "tilted and bent where the head is to be turned, with the person's own digits, said as asked",
    "screen replay": "an earlier check of the person, played before the camera, with the screen's frame and grid",
    "recorded voice": "the person's face does as asked, the voice is of an earlier check",
    "spliced digits": "another's face does as asked, the person's own digits are cut together as asked",
    "wrong person": "another's face and voice do as asked",
    "another voice": "the person's face, another's voice",
    "two faces": "somebody beside the person, who does as asked",
    "injected stream": "an earlier check of the person, fed in behind the camera",
    CUT_OFF: "a printed photo until the first turn is asked for, then the power is cut and comes back",
    "injected, old number": "signed by the unit, for another number of the server",
    "shifted clock": "signed by the unit, by a clock that is an hour off",
}

_WORDS = """\
# How right a comparison of face and voice is, and what deceives it

{made}

Public recordings of people who have nothing to do with supervision: six readers and four speakers (read English), three
portraits of two people (studio light). It shows that the code works, not how good it is in service.
**Calibrate on your own people** ([how](../how-to/enrol-and-calibrate.md)). `make quality` does it again where the
recordings are at hand; `--record` at `tests.quality.likeness` and `tests.quality.av_attacks` keeps the results. Figures
recorded {figures_day}, attacks {attacks_day}. Intervals hold the true share in 95 of 100 cases.

## Voices

Five seconds of speech without pauses against a template. People are drawn anew for the interval, since comparisons of
the same few are not independent. Held to: EER at most 1 %.

{voices}

With no error in n independent trials a rate is below 3/n; six readers cannot show 1 %.

## Digits

Five takes of each digit are enrolled, the other five are heard. An answer passes with five of six digits right.

{digits}

## Faces

Distance of two portraits; at most {threshold:.2f} agrees.

{faces}

## Recordings that came another way

Voices against templates of good recordings. What is under the threshold goes to a person; it accuses nobody.
**Sound of a telephone does not serve for checks**: no calibration of ours knows the channel, and most of it goes to
review. The unit's own microphone records at 48 kHz.

{heard}

Photographs as enrolment takes them, against the first portrait: *same* is the other portrait of that person.

{shown}

## How long it takes

A recording of a minute takes {minute:.1f} s of one core, decoding included (held to: 20 s). A check of the bench, some
40 s with everything, takes {each:.1f} s (the middle of {checks}): two cores carry {carried:,.0f} checks a day (held to:
5,000).

## Attacks

*Challenge and response*, and no test of presentation attacks: no conformance with ISO/IEC 30107-3 is claimed. Each try
goes through the unit's own core, segments, signature and upload, and through reception, sealed recordings and the
comparison of the server; rounds: {rounds}, each with another of eight invented people, put together from two public
faces, one of which is enrolled from another picture than it sits with, and four public voices. A genuine head turn is a
portrait that software warps. APCER is the share of attacks that end as a match, BPCER that of genuine checks that do
not. *Review*: a person looks. *Refused*: before any comparison. Held to: no attack is a match.

{attacks}

### What decided

{reasons}

## What the default models cannot stop

- A film made while the questions come, by somebody who wears the person's face and voice by software, before the camera
  or behind it. **The genuine clips of this bench are such films, and they pass.** Against one behind the camera stands
  the unit's signature, against one before it only its seal and a visit.
- Somebody with the person's face (a twin) and a board of the person's recorded digits to press. A twin or a near
  relative may pass the face; the voice is the second hurdle.
- A mask that moves like a face.
- A helper beside the camera who tells the person what to do.
- With the colours switched off, a second screen with a live call of the person from elsewhere. The colours make it
  harder.

More in [Who it is, and whether it is now](../explanation/who-it-is-and-whether-now.md).
"""


_VOICES = ("template", "EER", "95 %", "missed", "others passed", "own", "others'", "Cllr, bit")


def page(figures: Figures, attacked: Attacked) -> str:
    """Give the whole page."""
    cpu = [one.cpu_s for one in attacked.tried if one.cpu_s]
    return _WORDS.format(
        made=MADE,
        figures_day=figures.day,
        attacks_day=attacked.day,
        voices=table(
            ("template", "EER", "95 %", "missed", "others passed", "own", "others'", "Cllr, bit"), _voices(figures)
        ),
        digits=table(("measure", "result"), _digits(figures)),
        threshold=THRESHOLD,
        faces=table(("portraits", "distance"), _faces(figures)),
        heard=table(("voice", "under the threshold", "others passed"), _heard(figures)),
        shown=table(("photograph", "same", "another"), _shown(figures)),
        minute=figures.minute_cpu_s,
        each=median(cpu),
        checks=len(cpu),
        carried=2 * DAY_S / median(cpu),
        rounds=attacked.rounds,
        attacks=table(("species", "what is tried", "tries", "outcomes", "rate", "95 % at most"), _attacks(attacked)),
        reasons=table(("species", "reasons that were given, by how often"), _reasons(attacked)),
    )


def _voices(figures: Figures) -> Iterator[tuple[str, ...]]:
    for one in figures.voices:
        errors = (f"{one.equal_error:.2%}", f"{one.low:.2%} to {one.high:.2%}")
        at = (f"{one.missed:.2%}", f"{one.passed:.2%}", str(one.genuine), str(one.impostor))
        yield f"{one.sentences} sentence{'s' * (one.sentences > 1)}", *errors, *at, f"{one.cost:.3f}"


def _digits(figures: Figures) -> Iterator[tuple[str, str]]:
    one, another = figures.digits, figures.another
    up_to = rate_up_to(one.wrong, one.takes)
    yield "not recognised", f"{one.wrong} of {one.takes}, at most {up_to:.1%}; {one.speakers} speakers"
    yield "answers of the person that pass (held to: 90 %)", f"{one.passed:.2%}, worst speaker {one.passed_least:.2%}"
    yield "answers that pass by chance, such as those of an earlier check (held to: 0.01 %)", f"{by_chance():.4%}"
    yield (
        "answers by another speaker who says the right ones",
        f"{one.others:.0%}: digits say that it is now, not who it is",
    )
    both = f"{another.both} of {another.tries}, at most {rate_up_to(another.both, another.tries):.1%}"
    yield "the same, whose voice is then taken for the person's", f"{both} ({another.digits} had the digits right)"


def _faces(figures: Figures) -> Iterator[tuple[str, str]]:
    for same, far in figures.faces:
        yield "of one person" if same else "of two people", f"{far:.3f}"


def _heard(figures: Figures) -> Iterator[tuple[str, ...]]:
    for one in figures.heard:
        yield one.how, f"{one.missed} of {one.own}", f"{one.passed} of {one.others}"


def _shown(figures: Figures) -> Iterator[tuple[str, ...]]:
    for one in figures.shown:
        yield one.how, *("no good face found" if far is None else f"{far:.2f}" for far in (one.same, one.other))


def wrong(one: Tally) -> int:
    """Give how many of a species ended as they should not."""
    return one.tries - one.matches if one.species == GENUINE else one.matches


def _attacks(attacked: Attacked) -> Iterator[tuple[str, ...]]:
    for one in tallied(attacked.tried):
        outcomes = ", ".join(f"{count} {outcome.replace('_', ' ')}" for outcome, count in one.outcomes)
        name = "BPCER" if one.species == GENUINE else "APCER"
        rates = (f"{name} {wrong(one) / one.tries:.0%}", f"{rate_up_to(wrong(one), one.tries):.0%}")
        yield one.species, _TRIES[one.species], str(one.tries), outcomes, *rates


def _reasons(attacked: Attacked) -> Iterator[tuple[str, str]]:
    for species in dict.fromkeys(one.species for one in attacked.tried):
        tries = [one for one in attacked.tried if one.species == species]
        yield species, _counted(tries) or "an unbelieved recording is not compared"


def _counted(tries: Sequence[Tried]) -> str:
    told = [reason for one in tries for reason in one.reasons]
    counts = sorted(((told.count(reason), reason) for reason in set(told)), reverse=True)
    return ", ".join(f"{reason.replace('_', ' ')} {count}" for count, reason in counts)


def lines(attacked: Attacked) -> Iterator[str]:
    """Say what came of the attacks."""
    for species, _, tries, outcomes, rate, up_to in _attacks(attacked):
        yield f"  {species:<24} {tries:>3} tries: {outcomes}; {rate}, up to {up_to}"


def accepted(attacked: Attacked) -> tuple[str, ...]:
    """Give the species of which one was a match."""
    return tuple(one.species for one in tallied(attacked.tried) if one.species != GENUINE and one.matches)


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(*read()), encoding="utf-8")


if __name__ == "__main__":
    main()
