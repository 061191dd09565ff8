"""When the valve takes its sample: late in the breath, where the air comes from the depth of the lungs.

At `ENOUGH_L` the alcohol has reached its plateau whatever the lungs; a breath that grows weak or stops after the least
volume has no more to give, and its last air stands in the intake. Source: notes on breath alcohol, 5.3.
"""

from msgspec import Struct
from msgspec.structs import replace

ENOUGH_L = 2.0
BEGUN_L_S = 0.1
WEAK_SHARE = 0.5
"""Of the strongest flow."""


class Passed(Struct, frozen=True, kw_only=True):
    """What has gone through the mouthpiece in this breath so far."""

    volume_l: float = 0.0
    strongest_l_s: float = 0.0
    flow_l_s: float = 0.0

    def and_then(self, flow_l_s: float, for_s: float) -> "Passed":
        """Go on for a moment; what goes backwards takes nothing away, and a sigh is not yet a breath."""
        if self.strongest_l_s < BEGUN_L_S and flow_l_s < BEGUN_L_S:
            return self
        return replace(
            self,
            volume_l=self.volume_l + max(flow_l_s, 0.0) * for_s,
            strongest_l_s=max(self.strongest_l_s, flow_l_s),
            flow_l_s=flow_l_s,
        )

    def deep(self, volume_min_l: float) -> bool:
        """Tell whether to sample now."""
        weak = self.flow_l_s < WEAK_SHARE * self.strongest_l_s
        return self.volume_l >= ENOUGH_L or (self.volume_l >= volume_min_l and weak)
