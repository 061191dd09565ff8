"""The authorisation service of EGTS, read and written (GOST 33472-2015, V.3.2).

EGTS proves nothing: the numbers travel in clear text. Subrecords are numbered as in table V.4.
"""

import struct

from msgspec import Struct
from msgspec.structs import replace

from baqylau.protocols.egts.codes import Auth, ResultCode, Service, ServiceState
from baqylau.protocols.egts.records import Part, parts, subrecord

DISPATCHER = "dispatcher-"
"""Before the number of a platform that signs in, so that it is never taken for a device with the same number."""

_TERMINAL = struct.Struct("<IB")
_HAS_HOME, _HAS_IMEI, _SIMPLE = 0x01, 0x02, 0x10
_IMEI_LENGTH = 15
_DISPATCHER = struct.Struct("<BI")
_ASKED = 0x80
_CODING = "cp1251"


class Claim(Struct, frozen=True, kw_only=True):
    """Who the other side says it is, gathered over the records of one packet."""

    known: str | None = None
    """Who signed in on this line before."""
    number: str | None = None
    terminal: bool = False
    """Whether records without an object id are this one's own."""
    password: str = ""
    wants: tuple[int, ...] = ()
    """Services that the other side asks for."""
    nameless: bool = False
    """A sign-in that names nobody."""


NOBODY = Claim()


def read(claim: Claim, data: bytes) -> Claim:
    """Add what a record of the authorisation service says. What is not about identity is passed over."""
    for kind, start, end in parts(data)[0]:
        content = data[start:end]
        match kind:
            case Auth.TERM_IDENTITY:
                claim = _terminal(claim, content)
            case Auth.DISPATCHER_IDENTITY:
                claim = _dispatcher(claim, content)
            case Auth.AUTH_INFO:
                claim = _credentials(claim, content)
            case Auth.SERVICE_INFO if len(content) > 2 and content[2] & _ASKED:  # noqa: PLR2004
                claim = _wanting(claim, content[0])
            case _:
                pass
    return claim


def _terminal(claim: Claim, content: bytes) -> Claim:
    """TID in decimal, unless it is 0 (a terminal not configured yet): then the IMEI."""
    if len(content) < _TERMINAL.size:
        return replace(claim, nameless=True)
    tid, flags = _TERMINAL.unpack_from(content)
    number = str(tid) if tid else _imei(content, flags)
    claim = replace(claim, number=number, terminal=True, nameless=number is None)
    return claim if flags & _SIMPLE else _wanting(claim, Service.TELEDATA)


def _wanting(claim: Claim, service: int) -> Claim:
    """Ask for a service once: an answer has room for all services, not for all repetitions."""
    return claim if service in claim.wants else replace(claim, wants=(*claim.wants, service))


def _imei(content: bytes, flags: int) -> str | None:
    if not flags & _HAS_IMEI:
        return None
    at = _TERMINAL.size + (2 if flags & _HAS_HOME else 0)
    digits = content[at : at + _IMEI_LENGTH].rstrip(b"\0 ")
    return digits.decode("ascii") if digits.isdigit() and digits.strip(b"0") else None


def _dispatcher(claim: Claim, content: bytes) -> Claim:
    if len(content) < _DISPATCHER.size:
        return replace(claim, nameless=True)
    _, did = _DISPATCHER.unpack_from(content)
    password = content[_DISPATCHER.size :].rstrip(b"\0").decode(_CODING, "replace")
    return replace(claim, number=f"{DISPATCHER}{did}", terminal=False, password=password)


def _credentials(claim: Claim, content: bytes) -> Claim:
    """Name and password; the name counts only where no identity came before."""
    name, _, rest = content.partition(b"\0")
    password = rest.partition(b"\0")[0].decode(_CODING, "replace")
    if claim.number or claim.known:
        return replace(claim, number=claim.number or claim.known, password=password)
    number = name.decode(_CODING, "replace")
    return replace(claim, number=number or None, terminal=True, password=password, nameless=not number)


def identity(number: str) -> bytes:
    """Give a TERM_IDENTITY subrecord: a number of up to 32 bits as TID, a longer one as IMEI with TID 0.

    Raises ValueError for what is neither.
    """
    if is_object_id(number):
        return subrecord(Auth.TERM_IDENTITY, _TERMINAL.pack(int(number), _SIMPLE))
    if not (number.isascii() and number.isdigit() and len(number) <= _IMEI_LENGTH and int(number)):
        msg = f"EGTS needs a device number of up to {_IMEI_LENGTH} digits that is not 0, not {number!r}"
        raise ValueError(msg)
    imei = number.encode("ascii").ljust(_IMEI_LENGTH, b"\0")
    return subrecord(Auth.TERM_IDENTITY, _TERMINAL.pack(0, _SIMPLE | _HAS_IMEI) + imei)


def is_object_id(number: str) -> bool:
    """Tell whether a number fits the 32 bits of TID and OID and would be read back the same."""
    return number.isascii() and number.isdigit() and number[0] != "0" and int(number) <= 0xFFFFFFFF  # noqa: PLR2004


def verdict(code: ResultCode, wants: tuple[int, ...] = ()) -> bytes:
    """Give the subrecords that end a sign-in: the result, then the state of every service that was asked for."""
    return subrecord(Auth.RESULT_CODE, bytes((code,))) + offers(wants if code is ResultCode.OK else ())


def offers(wants: tuple[int, ...]) -> bytes:
    """Give a SERVICE_INFO for each service asked for."""
    return b"".join(subrecord(Auth.SERVICE_INFO, bytes((service, _state(service), 0))) for service in wants)


def _state(service: int) -> ServiceState:
    known = service in (Service.AUTH, Service.TELEDATA)
    return ServiceState.IN_SERVICE if known else ServiceState.OUT_OF_SERVICE


def result(data: bytes, found: list[Part]) -> int | None:
    """Give the code of a RESULT_CODE among the subrecords.

    Some servers number it 7; one byte under that number can be nothing else, for an AUTH_INFO is longer.
    """
    for kind, start, end in found:
        if (kind == Auth.RESULT_CODE and end > start) or (kind == Auth.AUTH_INFO and end - start == 1):
            return data[start]
    return None
