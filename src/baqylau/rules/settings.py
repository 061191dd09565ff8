"""Figures that the rules use, each with its unit in its name and where it comes from.

[K] marks common knowledge of the field: a default to be set by who answers for the installation, not a measured claim.
Changing one of them changes what is found: raise the version of the rules that use it.
"""

from typing import Final

from baqylau.rules.gnss import figures as gnss

CLOCK_AHEAD_S: Final = gnss.CLOCK_AHEAD_S
"""A device's clock may run ahead of ours by this much (ADR 0003)."""
CLOCK_BEHIND_S: Final = gnss.CLOCK_BEHIND_S
"""A record may come this late: devices spool 30 days (design, section 7), and ten more in doubt for the device."""

MINIMUM_SATELLITES: Final = gnss.MINIMUM_SATELLITES
"""Fewer give no position with a checked clock. Notes on radio and GNSS, 4.3, step 1."""
MAXIMUM_HDOP: Final = gnss.MAXIMUM_HDOP
"""Notes on radio and GNSS, 4.3, step 1."""
R95_PER_SIGMA: Final = gnss.R95_PER_SIGMA
"""R95 = 1.73 sigma for a circular Gaussian error, sigma being the radial (drms) one. Notes, 4.2 [K]."""
RANGE_ERROR_M: Final = gnss.RANGE_ERROR_M
"""User equivalent range error of a single-frequency receiver, 4 to 6 m. Notes on radio and GNSS, 4.2 [K]."""
DEFAULT_R95_M: Final = gnss.DEFAULT_R95_M
"""For a fix that says nothing of its quality; worn at the ankle 5-15 m outdoors, 20-60 m indoors. Notes, 4.2 [K]."""
COARSE_R95_M: Final = 50.0
"""Errors of a fix coarser than this come in runs, so that several such fixes do not confirm one another [K]."""
COARSE_CLEARANCE: Final = 2.0
"""So many times its R95 a coarse fix has to lie off an edge to decide [K]."""

SLOW_FIXES: Final = (2, 3)
"""k of n when fixes come a minute apart. Design, section 14."""
FAST_FIXES: Final = (3, 5)
"""k of n when they come faster. Design, section 14."""
FAST_BELOW_S: Final = 45
"""Fixes closer together than this are fast [K]."""
FIXES_SPAN_S: Final = 27
"""Fixes that confirm one another reach over so long at least: a receiver at rest was seen to be 60 to 115 m off for
22 s. Just below what three fixes of a tracker in doubt, 15 s apart, reach over [K]."""
FIXES_APART_S: Final = 9
"""Of fixes that say the same within this time only the first counts: four of a burst reach over the span [K]."""
CONFIRM_WITHIN_S: Final = 180
"""A breach is decided no later than this after its first decisive fix. Design, section 14."""
RETURN_FIXES: Final = 2
"""Decided fixes that end a breach (hysteresis). Notes on radio and GNSS, 4.3."""
RETURN_WITHIN_S: Final = 60
"""One decided fix ends a breach after this time, if nothing speaks against it. Notes on radio and GNSS, 4.3."""

POSITION_HOLDS_S: Final = 180
"""A tick may rest on a fix no older than this: afterwards the person may have come home unseen [K]."""
POSITION_STALE_S: Final = 900
"""After this long without a usable fix the place is unknown, and a breach not yet found is dropped [K]."""

LOITER_NEAR_M: Final = 100.0
"""Nearer than this to the edge of an exclusion zone is near it, where no wider warning ring is ordered [K]."""

PREALERT_TIMES: Final = 2.0
"""A protected person's pre-alert is at so many times the distance. Notes on the domain, section 4 (France)."""
PAIR_WITHIN_S: Final = 60
"""Fixes of two people tell how near they were when no more than this lies between them [K]."""
NEARNESS_STEP_M: Final = 10.0
"""Distances of two people are kept in steps of this: several exact ones would tell the other's place."""
FAR_TIMES: Final = 4.0
"""Beyond so many times the distance of a restriction only that is kept: how far the other is is nobody's business."""

LOST_LINK_GRACE_S: Final = 1800
"""So long a lost link is left to the wearer before an operator is asked, where nobody has to be anywhere [K]."""
LOST_LINK_GRACE_DUE_S: Final = 600
"""The same in hours of presence, and from their beginning: the wearer is told, and ten minutes later somebody is asked,
as for a device without a place. Notes on the domain, section 4."""
NO_FIX_AFTER_S: Final = 600
"""A device that speaks and has no position this long is a finding. Catalogue L01 (10 min)."""
MAXIMUM_SPEED_M_S: Final = gnss.MAXIMUM_SPEED_M_S
"""Faster than this nobody moves. Notes on radio and GNSS, 4.3, step 2."""
NEW_CLUSTER_FIXES: Final = gnss.NEW_CLUSTER_FIXES
"""Consistent fixes after which a new place is believed. Notes on radio and GNSS, 4.3, step 2."""

BATTERY_LOW_PERCENT: Final = 25.0
"""Catalogue T01."""
BATTERY_CRITICAL_PERCENT: Final = 10.0
"""Catalogue T02."""
BATTERY_REARM_PERCENT: Final = 5.0
"""The level has to rise this much over a limit before the limit can be found again [K]."""
LI_ION_PERCENT_BY_VOLTAGE_V: Final = ((3.3, 0.0), (3.6, 10.0), (3.7, 25.0), (3.8, 50.0), (3.95, 75.0), (4.2, 100.0))
"""Rest voltage of one lithium-ion cell against its charge [K]. Outside it the voltage is not that of one cell."""
CELL_VOLTAGE_V: Final = (2.5, 4.4)
"""What one lithium-ion cell can show at all; other voltages say nothing of the charge [K]."""

BODY_LOST_AFTER_S: Final = 600
"""No skin felt for this long is a finding. Catalogue B05 (10 min)."""
SHOCK_G: Final = 30.0
"""A knock from here on is not one of everyday wear [K]."""
TEMPERATURE_C: Final = (-30.0, 60.0)
"""What worn equipment is made for [K]."""
INTERFERENCE_AFTER_S: Final = 60
"""A suspicion of jamming or spoofing has to last this long. Notes on radio and GNSS, 4.4 (> 60 s)."""
LOUD_BAND_DBM: Final = -85.0
"""A band as loud as this, without one frame in it, is jammed: it lies 20 dB over a quiet receiver's noise [K]."""
RECEIVER_FAULT_AFTER_S: Final = 90
"""No frame of any device for this long is the receiver's fault. Notes on radio and GNSS, section 2."""
PANIC_WITHIN_S: Final = 60
"""Presses of the button within this time are one call for help [K]."""
CHECKED_WITHIN_S: Final = 60
"""Checks of one device by hand within this time are one [K]."""
CHECKED_LATE_S: Final = 900
"""What an officer checked and brings later than this is on record as late. Catalogue K03 names no figure [K]."""
LOW_ACCURACY_R95_M: Final = 100.0
"""A fix less precise than this is on record as coarse. Catalogue L03 names no figure [K]."""
DISTRUST_WITHIN_S: Final = 3600
"""Bytes that are not believed, within this time and for one reason, are one finding [K]."""
BREATH_UNIT_SILENT_S: Final = 86_400
"""A breath unit speaks when it is used. Catalogue E10 (24 h)."""

GONE_AFTER_S: Final = 300
"""A bracelet not heard for this long is suspected to be gone; the device's own grace comes on top. Notes, section 4."""
STILL_GRACE_S: Final = 300
"""So much more is waited for a bracelet that was heard well and lay still: nobody leaves without moving; a body that
lies on it, or a bath, hides it, and most of them for less than ten minutes [K]."""
STILL_MARGIN_DB: Final = 6.0
"""Heard well for that is so much stronger than weak: who goes out is mostly heard faintly first. Chosen
by `python -m tests.perf.air`: with one receiver more than 95 of 100 leaves are then found within six minutes."""
RECEIVER_FRESH_S: Final = 120
"""Nobody is found absent unless a receiver showed within this time that it listens: two reports of a minute [K]."""
RECEIVER_HOLDS_S: Final = 600
"""A receiver that has not reported for this long is not known to listen. Catalogue S05 (two missed, 10 min)."""
WEAK_AFTER_S: Final = 120
"""A bracelet not heard for longer is heard weakly: a minute of lost frames on top of a report of a minute [K]."""
WEAK_RSSI_DBM: Final = -90.0
"""Weaker than this is heard weakly; common receivers end at -94 dBm. Notes on radio and GNSS, 1.2, 3.2 [K]."""
WEAK_REARM_DB: Final = 3.0
"""So much stronger it has to become to be heard well again [K]."""
RETURN_FRAMES: Final = 2
"""Frames that show that somebody is back. Notes on radio and GNSS, 3.3."""
RETURN_HEARD_WITHIN_S: Final = 60
"""They have to come within this time. Notes on radio and GNSS, 3.3."""
GAPS_PER_DAY: Final = 5
"""More short gaps a day than this in the hours of duty are looked at. Catalogue P06, P11 [K]."""
NO_FIX_WITHIN_S: Final = 3_600
"""So many minutes of motion count, out of this time. Notes on the domain, section 4 (10 of 60 min)."""
NO_FIX_PERSISTS_S: Final = 600
"""Without a place this much longer than L01 allows is a graver finding. Catalogue L01 (+10 min)."""

CHARGE_LASTS_S: Final = 3600
"""A charge of this length is one. Catalogue T04 (charge diary, 1 h a day)."""
CHARGE_WITHIN_S: Final = 86_400
"""One such charge is due within this time. Catalogue T05 (24 h)."""
DOCKED_WITHIN_S: Final = 1800
"""A carried unit is on its charger so soon after its hours of charging began. Catalogue M04 names no figure [K]."""
NOT_CARRIED_AFTER_S: Final = 600
"""The bracelet moves and the carried unit lies still for this long. Catalogue M03 names no figure [K]."""
MOTION_HOLDS_S: Final = 300
"""What a motion sensor said holds no longer than this [K]."""
HEARD_WITHIN_S: Final = 120
"""Receivers tell at most this late of what they heard: within it two of them may have heard the same walk [K]."""
RECEIVER_REACH_M: Final = 500.0
"""No receiver of ours hears a bracelet from farther away [K]."""

STRONG_SATELLITES: Final = 6
"""A receiver that hears so many satellites stands in the open [K]."""
STRONG_CN0_DBHZ: Final = 31.0
"""Their mean strength in the open, worn at the ankle below trees too. Notes on radio and GNSS, 4.4 [K]."""
STRONG_R95_M: Final = 25.0
"""A fix this precise was made in the open, or nearly. Notes on radio and GNSS, 4.2 [K]."""
STRONG_CELL_DBM: Final = -95.0
"""A mobile network this strong is not lost by walking on [K]."""
WEAK_CELL_DBM: Final = -103.0
"""Weaker than this it is going. In between it fades: under an open sky it comes again, on a ramp it does not [K]."""
STRONG_WITHIN_S: Final = 180
"""How old the last strong word may be when the signal is lost [K]."""
LOST_TOGETHER_S: Final = 30
"""Satellites and network lost within this time are lost at once. Catalogue L06 ("at once") [K]."""
SHIELDING_AFTER_S: Final = 120
"""They have to stay lost for this long: a lift passes sooner [K]."""
SHIELDING_TOLD_AFTER_S: Final = 90
"""A word of the device that they still are decides so soon: an underpass is over by then [K]."""
DEAD_SPOT_M: Final = 150.0
"""Losses within this distance are losses at one place [K]."""
DEAD_SPOT_TIMES: Final = 2
"""After so many losses without anything else a place is a known dead spot [K]."""
DEAD_SPOTS_KEPT: Final = 32
"""Places remembered for one device; the one longest unused is forgotten [K]."""
PLACE_HOLDS_S: Final = 300
"""A signal is lost at the last place only when that is no older than this [K]."""

VOID_WITHIN_S: Final = 60
"""A check is missed so long after its time for an answer: by then we know whether it was our fault [K]."""
CHECK_LASTS_S: Final = 1800
"""A check that was begun and did not end within this time was broken off [K]."""
BREATH_NOT_RECEIVED_S: Final = 5400
"""After so long without a result of a test that was begun it is not received. Catalogue E09 (90 min)."""
CONFIRMATION_DIFFERS_MG_L: Final = 0.095
"""Two tests of one person 15 to 20 min apart differ by less. Catalogue E05 (0.020 g in 210 L)."""
SECOND_TEST_AFTER_S: Final = 900
SECOND_TEST_WITHIN_S: Final = 1200
"""The second test is given from 15 to 20 min after the first. Catalogue E02."""
TO_ZERO_EVERY_S: Final = 1200
TO_ZERO_FOR_S: Final = 7200
"""After a positive result tests go on every 20 min for 2 h, until one is below. Notes on the domain, section 5."""
CALIBRATION_DUE_S: Final = 14 * 86_400
"""So long before its end somebody is asked to renew a calibration [K]."""
CASE_KEPT_S: Final = 3 * 86_400
"""A check of which all is known is remembered so long in judging [K]."""
CASE_WAITS_S: Final = 30 * 86_400
"""One that waits for a person is remembered so long [K]."""
