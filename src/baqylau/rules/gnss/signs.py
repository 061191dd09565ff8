"""Signs of jamming, deception and shielding: what one indicator says, and what several say together.

An indicator has a grade from 0 (nothing) to 3 and its raw figure, and rests on one source: the strength of the
satellites, the receiver's input, its own verdict, the time, and so on. One source alone never makes more than grade 1,
whatever it says; a claim is made from grade 2 on, and takes two sources that do not depend on one another. Runs in
MicroPython. Source: notes on radio and GNSS, 4.4.
"""

JAM = "jam"
SPOOF = "spoof"
SHIELD = "shield"
KINDS = (JAM, SPOOF, SHIELD)

SIGNAL = "signal"
"""How strong which satellites are heard."""
SYSTEMS = "systems"
"""Which systems are used: who deceives one drowns the others."""
INPUT = "input"
"""What the receiver's input sees besides them, and its verdict on that."""
VERDICT = "verdict"
"""The receiver's own judgement of deception."""
TIME = "time"
MOTION = "motion"
"""What the motion sensor says against the track or against the fall."""
PLACE = "place"
"""Another way to know the place: a beacon, the mobile network."""
WAY = "way"
"""The track by itself."""
NETWORK = "network"
"""Whether the mobile network is there."""

GRADES = 3


class Sign:
    """One indicator that says something."""

    __slots__ = ("figure", "grade", "kind", "name", "source")

    def __init__(self, kind: str, name: str, source: str, grade: int, figure: float) -> None:
        """Take what it points to, its name, what it rests on, its grade from 1 to 3 and its raw figure."""
        self.kind = kind
        self.name = name
        self.source = source
        self.grade = grade
        self.figure = figure


def grade_of(kind: str, signs: "tuple[Sign, ...]") -> int:
    """Give what signs say together of one kind, 0 to 3.

    The strongest sign of each source counts. One source gives 1 at most; two give 2, and 3 where both are at least 2;
    three give 3 where one of them is.
    """
    best: dict[str, int] = {}
    for sign in signs:
        if sign.kind == kind:
            best[sign.source] = max(best.get(sign.source, 0), sign.grade)
    grades = sorted(best.values())
    if len(grades) <= 1:
        return len(grades)
    sure = grades[-2] > 1 or (len(grades) > 2 and grades[-1] > 1)  # noqa: PLR2004 - sources
    return GRADES if sure else GRADES - 1


def steps(figure: float, limits: "tuple[float, ...]") -> int:
    """Give how many of the rising limits a figure reaches."""
    return sum(1 for limit in limits if figure >= limit)
