"""Papers that leave the program: what kinds there are, and what each is about."""

from enum import StrEnum


class PaperKind(StrEnum):
    """What a paper is for."""

    COMPLIANCE = "compliance"
    """How a person stood to what is prescribed, day by day over a period."""
    ALARM = "alarm"
    """One alarm: why, what was found and what was done."""
    COURT = "court"
    """A form to lay before the court: what is prescribed, what was found and decided, and room for what is asked."""
    FITTING = "fitting"
    """Equipment was put on a person or into a home."""
    RETURN = "return"
    """Equipment was taken back."""
    STOCK = "stock"
    """What was done with a device while it was on nobody: taken in, issued, given to repair, lost, written off."""
    MEMO = "memo"
    """What a person has to do, in plain words, with a line that says it was received."""
    OWN = "own"
    """Everything that is kept about a person, for that person."""
    STATISTICS = "statistics"
    """Counts of a period; it names nobody."""


class TableFormat(StrEnum):
    """In which form lists and tracks are given out."""

    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"
    KML = "kml"
    GPX = "gpx"


class TableKind(StrEnum):
    """What is given out as a table or a track."""

    TRACK = "track"
    ALARMS = "alarms"
    FINDINGS = "findings"


TRACKS = frozenset({TableFormat.GEOJSON, TableFormat.KML, TableFormat.GPX})
"""Forms that hold places alone."""
