"""The words in which the tables are written."""

from sqlalchemy import BigInteger, Column, DateTime, Identity, LargeBinary, MetaData, Text

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_ix",
        "pk": "%(table_name)s_pk",
        "fk": "%(table_name)s_%(column_0_N_name)s_fk",
        "uq": "%(table_name)s_%(column_0_N_name)s_uq",
    }
)


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    """An instant, with its zone."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def word(name: str, *, nullable: bool = False) -> Column[str]:
    """A text, a name or the value of an enumeration."""
    return Column(name, Text, nullable=nullable)


def octets(name: str, *, nullable: bool = False) -> Column[bytes]:
    """Bytes."""
    return Column(name, LargeBinary, nullable=nullable)


def number(name: str) -> Column[int]:
    """A whole number of 64 bits."""
    return Column(name, BigInteger, nullable=False)


def running_number(name: str = "id") -> Column[int]:
    """A number that the database gives to each row, the row's name."""
    return Column(name, BigInteger, Identity(always=False), primary_key=True)
