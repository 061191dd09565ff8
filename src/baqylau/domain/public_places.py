"""Places of everyday life that everybody uses: an installation knows them, no order names them."""

from enum import StrEnum

from msgspec import Struct

from baqylau.domain.zones import Zone


class PlaceKind(StrEnum):
    """What people go there for."""

    CLINIC = "clinic"
    """A doctor, a hospital, a chemist."""
    COURT = "court"
    SERVICE = "service"
    """The probation service, the police, an office where papers are made."""
    STUDY = "study"
    WORK = "work"
    """Where many people of the town work."""


class PublicPlace(Struct, frozen=True, kw_only=True):
    """One of them, with its ground."""

    kind: PlaceKind
    zone: Zone
