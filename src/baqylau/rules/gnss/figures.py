"""Figures of the satellite pipeline, each with its unit in its name and where it comes from. Runs in MicroPython.

"Notes" are the notes on radio and GNSS. [K] marks common knowledge of the field: a default, not a measured claim.
"""

MINIMUM_SATELLITES = 4
"""Fewer give no position with a checked clock. Notes, 4.3, step 1."""
MAXIMUM_HDOP = 6.0
"""Notes, 4.3, step 1."""
R95_PER_SIGMA = 1.73
"""R95 = 1.73 sigma for a circular Gaussian error, sigma being the radial (drms) one. Notes, 4.2 [K]."""
RADIUS_95_SIGMAS = 2.4477
"""Of a round normal distribution, 95 of 100 lie within so many standard deviations of one axis."""
RANGE_ERROR_M = 5.0
"""User equivalent range error of a single-frequency receiver, 4 to 6 m. Notes, 4.2 [K]."""
DEFAULT_R95_M = 25.0
"""For a fix that says nothing of its quality; worn at the ankle 5-15 m outdoors, 20-60 m indoors. Notes, 4.2 [K]."""

ERA_S = 1024 * 7 * 86_400
"""GPS counts its weeks to 1023 and begins anew."""
CLOCK_AHEAD_S = 120
"""A receiver's time may be ahead of the time of receipt by this much (ADR 0003)."""
CLOCK_BEHIND_S = 40 * 86_400
"""A record may come this late: devices spool 30 days, and ten more in doubt for the device."""

MAXIMUM_SPEED_M_S = 70.0
"""Faster than this nobody moves. Notes, 4.3, step 2."""
MAXIMUM_ACCELERATION_M_S2 = 10.0
"""Notes, 4.3, step 2."""
INNOVATION = 13.8
"""Chi-square of two degrees of freedom at 99.9 %. Notes, 4.3, step 2."""
PREDICTED_FOR_S = 10.0
"""A speed and a course tell where somebody is so long, and no longer [K]."""
MANOEUVRE_M_S2 = 3.0
"""How hard somebody on foot or in a car turns and brakes [K]."""
NEW_CLUSTER_FIXES = 3
"""Consistent fixes after which a new place is believed. Notes, 4.3, step 2."""

STILL_S = 120.0
"""So long the motion sensor has to be still before a position is held. Notes, 4.3, step 3."""
DRIFT_M = 25.0
"""A receiver at rest wanders this far. Notes, 4.3, step 3."""
STILL_TIMES = 8.0
"""While the motion sensor is still, a fix has to lie so many times the drift away to show movement: a telephone that
lay still was seen to wander 116 m in half a minute [K]."""
LEAVING_FIXES = 2
"""Fixes in a row beyond the drift that show movement without a motion sensor [K]."""

SKY_SATELLITES = 6
"""The strength of the sky is the mean of so many of the strongest satellites [K]."""
SILENT_DBHZ = 10.0
"""What a satellite counts that is not heard: below what receivers track [K]."""
SKY_OPEN_DBHZ = 30.0
"""A sky that was weaker than this was never open: its fall says nothing [K]."""
SKY_FALL_DB = 8.0
"""Notes, 4.4."""
SKY_GONE_DB = 15.0
"""A fall that no body and no window explains [K]."""
SKY_BACK_DB = 5.0
"""The sky is back when it is within so much of what it was [K]."""
SUDDEN_S = 5.0
"""A fall "within seconds" takes no longer than this. Notes, 4.4."""
SKY_FORGOTTEN_S = 1800.0
"""After so long the weak sky is the usual one [K]."""
SKY_USUAL_S = 60.0
"""Time in which the usual strength follows the present one [K]."""
GAIN_FALLS = (0.75, 0.6, 0.4)
"""Shares of the usual input gain from which down grades 1 to 3 begin. Notes, 4.4 [K]."""
NARROW = (60, 120, 200)
"""Figures of the receiver's indicator of a narrow disturbance, 0 to 255, for grades 1 to 3. Notes, 4.4 [K]."""
EQUAL_SIGMAS_DB = (1.5, 0.7)
"""Satellites this equal in strength come from one place: grades 2 and 3. Notes, 4.4; the second [K]."""
EQUAL_SATELLITES = 6
"""So many of them have to be heard for that [K]."""
ONE_SYSTEM_S = 10.0
"""Of several systems only one is left for so long [K]."""
TIME_STEPS_S = (1.0, 10.0, 60.0)
"""How far the satellites' time may step against our own clock for grades 1 to 3. Notes, 4.4."""
STILL_TRACK_S = 60.0
"""The motion sensor has to be still for so long before a track contradicts it. Notes, 4.4."""
STILL_TRACKS_M = (50.0, 100.0, 300.0)
"""How far a track may go beyond its accuracy while the motion sensor is still, for grades 1 to 3 [K]."""
JUMPS_M = (200.0, 1000.0, 10_000.0)
"""How far a new place that stays lies from the old one, for grades 1 to 3; reflections move it less [K]."""
JUMP_COUNTS_S = 120.0
"""A jump counts as a sign for so long [K]."""
CARRIED_FAST_M_S = 5.0
"""Who moves faster than this may drive into a tunnel [K]."""
NETWORK_LOST_S = 30.0
"""Satellites and network lost within this time are lost at once. Catalogue L06 [K]."""
CLAIM_HOLDS_S = 30.0
"""A claim ends when its signs are gone for so long [K]."""
CLAIM_FROM = 2
"""Grade from which a claim is one: two independent indicators. Notes, 4.4."""
