"""Names of things, as types: a device's id can never be passed where a person's is due."""

from typing import NewType

PersonId = NewType("PersonId", str)
DeviceId = NewType("DeviceId", str)
OrderId = NewType("OrderId", str)
RestrictionId = NewType("RestrictionId", str)
PermissionId = NewType("PermissionId", str)
FittingId = NewType("FittingId", str)
MaintenanceId = NewType("MaintenanceId", str)
ConsentId = NewType("ConsentId", str)
CheckId = NewType("CheckId", str)
"""32 hex digits, random."""

CallId = NewType("CallId", str)
"""32 hex digits, random."""

ObservationId = NewType("ObservationId", str)
"""32 hex digits, derived from the device and the content: the same fact always has the same id."""

FindingId = NewType("FindingId", str)
"""32 hex digits, derived from rule, subject and cause: judging the same facts again finds the same id."""

AlarmId = NewType("AlarmId", int)
"""Running number given by the installation; what an operator says on the telephone."""

SubjectId = NewType("SubjectId", str)
"""What a finding is about: the id of a restriction or of a device."""
