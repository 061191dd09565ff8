"""Sheets of enrolments within a bundle: by which photographs and templates a person was known, and who signed for it.

A sheet is a file of its own. The officer's key signed it, and not the installation's alone: whoever holds the
installation's key cannot put another face in its place.
"""

import json
from collections.abc import Mapping
from re import compile as pattern
from typing import Any

from baqylau.crypto.assertions import Assertion, confirmed
from baqylau.protocols.evidence.verdict import Verdict, fingerprint

SHEET = pattern(r"enrolment-\d{1,9}\.json")
SHEET_BYTES_MAX = 1 << 20
_SIGNED = ("public", "authenticator", "client", "signature")


def sheet_name(version: int) -> str:
    """Give the file that holds the sheet of a version."""
    return f"enrolment-{version}.json"


def sheet_file(statement: bytes, signature: Assertion | None) -> bytes:
    """Give a sheet as a file."""
    signed = None if signature is None else {name: getattr(signature, name) for name in _SIGNED}
    return json.dumps({"statement": statement.decode(), "signature": signed}, ensure_ascii=False).encode() + b"\n"


def tell_sheet(name: str, content: bytes, about: Mapping[str, Any], verdict: Verdict) -> None:
    """Say who signed an enrolment, or that nobody did with a key, or that it is not what was signed."""
    try:
        file = json.loads(content)
        statement, signed = file["statement"].encode(), file["signature"]
        said = json.loads(statement)
        assertion = None if signed is None else Assertion(*(str(signed[one]) for one in _SIGNED))
        told = {"version": said["version"], "at": said["at"], "by": said["by"]}
        told |= {"pieces": len(said["pieces"]), "templates": len(said["templates"])}
        mine = said["person"] == about.get("person")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        verdict.wrong("enrolment", name=name)
        return
    origin = "" if assertion is None else confirmed(assertion, statement)
    if not mine or (assertion is not None and not origin):
        verdict.wrong("enrolment", name=name)
    elif assertion is None:
        verdict.right("enrolment_unsigned", **told)
    else:
        verdict.right("enrolment_signed", **told, origin=origin, public=fingerprint(assertion.key))
