"""What is said in a city in the place of the audio-visual server: whose face and voice it was, as it is true.

Nobody is compared with anybody. A city has no faces, and the models are too heavy for many: how often they are right is
measured by themselves (`make quality`). What follows from a comparison is the real server's and the real rules' doing.
"""

from baqylau.domain.checks import Likely, Likeness, LikenessReason
from baqylau.domain.ids import CheckId

SAID_BY = "the city's truth"


def likeness(check_id: CheckId, *, same: bool) -> Likeness:
    """Give what a comparison that is always right says of a check that was carried to its end."""
    agrees = LikenessReason.FACE_AGREES, LikenessReason.VOICE_AGREES
    return Likeness(
        check_id=check_id,
        outcome=Likely.MATCH if same else Likely.NO_MATCH,
        reasons=agrees if same else (LikenessReason.FACE_DIFFERS,),
        alive=True,
        faces=1,
        models=SAID_BY,
    )
