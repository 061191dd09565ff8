"""Reference gases, and what one figure is in the terms of another.

Everything is mg of ethanol in a litre of gas at 34 °C unless its name says otherwise. A figure of blood is an estimate
with a factor that nobody has measured on this person, and is named so. Source: notes on breath alcohol, 5.2.
"""

from math import exp

from msgspec import Struct

FARADAY_C_MOL = 96_485.33
ETHANOL_G_MOL = 46.069
ELECTRONS = 4
"""Ethanol is oxidised to acetic acid [K]."""

BREATH_C = 34.0
"""Temperature to which figures of breath are referred."""
VAPOUR_PER_K = 0.06583
"""Share by which ethanol over water grows with each kelvin (Dubowski)."""
_DUBOWSKI = 0.04145
"""mg/L of gas for each g/L of solution at 0 °C (Dubowski)."""
STANDARD_HPA = 1013.25
BLOOD_FACTORS = (2000.0, 2300.0)
"""Blood to breath; laws and people differ."""


def charge_uc(alcohol_mg_l: float, volume_ml: float) -> float:
    """Give the charge that a sample sets free when all of it is converted (Faraday)."""
    micrograms = alcohol_mg_l * volume_ml
    return ELECTRONS * FARADAY_C_MOL * micrograms / ETHANOL_G_MOL


def wet_bath_mg_l(solution_g_l: float, temperature_c: float) -> float:
    """Give what stands over a solution of ethanol in water."""
    return solution_g_l * _DUBOWSKI * exp(VAPOUR_PER_K * temperature_c)


def dry_gas_mg_l(nominal_mg_l: float, pressure_hpa: float) -> float:
    """Give what comes from a bottle that was certified at standard pressure: in the mountains it is less."""
    return nominal_mg_l * pressure_hpa / STANDARD_HPA


def at_breath_temperature(alcohol_mg_l: float, breath_c: float) -> float:
    """Refer what was measured in a breath of one temperature to 34 °C."""
    return alcohol_mg_l * exp(-VAPOUR_PER_K * (breath_c - BREATH_C))


def blood_estimate_g_l(alcohol_mg_l: float, factor: float) -> float:
    """Give an estimate for blood; `ValueError` for a factor that nobody uses."""
    low, high = BLOOD_FACTORS
    if not low <= factor <= high:
        msg = f"a factor of blood to breath lies between {low:.0f} and {high:.0f}, not at {factor}"
        raise ValueError(msg)
    return alcohol_mg_l * factor / 1000


class WetBath(Struct, frozen=True, kw_only=True, tag="wet_bath"):
    """A simulator: air that bubbles through a solution of ethanol in water, leaving it at the bath's temperature."""

    solution_g_l: float
    bath_c: float = BREATH_C

    def alcohol_mg_l(self, pressure_hpa: float) -> float:
        """Give what it delivers; what stands over a solution does not ask for the air's pressure."""
        del pressure_hpa
        return wet_bath_mg_l(self.solution_g_l, self.bath_c)


class DryGas(Struct, frozen=True, kw_only=True, tag="dry_gas"):
    """A bottle of ethanol in nitrogen, certified at standard pressure."""

    nominal_mg_l: float

    def alcohol_mg_l(self, pressure_hpa: float) -> float:
        """Give what it delivers into the open at the air's pressure."""
        return dry_gas_mg_l(self.nominal_mg_l, pressure_hpa)


Standard = WetBath | DryGas
