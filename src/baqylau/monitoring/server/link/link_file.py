"""How our own devices reach us: `link.yaml` in the folder of the installation. All of it is optional.

names: [em.example.kz]        # by which devices call this server; they go into its own certificate
certificate: /etc/tls/em.pem  # somebody else's certificate, with `key`, in place of our own
key: /etc/tls/em.key
plain: false                  # HTTP without TLS: on this machine alone, or behind a proxy that ends TLS
mqtt: mqtts://broker:8883     # also over this broker; mqtt:// on this machine alone
mqtt_user: baqylau
mqtt_password: ...
mqtt_ca: /etc/tls/broker-ca.pem
short_messages:               # an SMS centre posts what trackers send to /v1/short-messages/<token>
  token: ...                  # 32 letters and digits at least
  field: data                 # of its JSON or form; left out: the body is the message
  encoding: hex               # or base64
"""

import re
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import yaml
from msgspec import Struct

NAME = "link.yaml"
_TOKEN = re.compile(r"[A-Za-z0-9]{32,128}")
HERE = ("127.0.0.1", "::1", "localhost")


class LinkFileError(Exception):
    """The file cannot be used; the text says why, in English, for whoever runs the installation."""


class Encoding(StrEnum):
    """How an SMS centre writes bytes where it sends text."""

    HEX = "hex"
    BASE64 = "base64"


class Inbound(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How an SMS centre brings what trackers send."""

    token: str
    """Ends the address to which it posts; nobody else knows it."""
    field: str = ""
    """Which field of its JSON or form has the bytes; empty: the body is the bytes."""
    encoding: Encoding = Encoding.HEX


class LinkFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says."""

    names: tuple[str, ...] = ()
    certificate: str = ""
    key: str = ""
    plain: bool = False
    mqtt: str = ""
    mqtt_user: str = ""
    mqtt_password: str = ""
    mqtt_ca: str = ""
    short_messages: Inbound | None = None


def link_file_in(data_dir: Path) -> LinkFile:
    """Read how devices reach us; the usual way where there is no file. `LinkFileError` when it is not as it must be."""
    file = data_dir / NAME
    try:
        told = msgspec.convert(yaml.safe_load(file.read_bytes()) or {}, LinkFile)
    except FileNotFoundError:
        return LinkFile()
    except (OSError, yaml.YAMLError, msgspec.ValidationError) as wrong:
        msg = f"{file} cannot be used: {str(wrong).partition(chr(10))[0]}"
        raise LinkFileError(msg) from wrong
    if mistake := _mistake(told, open_to_others=bool(file.stat().st_mode & 0o077)):
        msg = f"{file} cannot be used: {mistake}"
        raise LinkFileError(msg)
    return told


def _mistake(told: LinkFile, *, open_to_others: bool) -> str:
    broker = urlsplit(told.mqtt)
    if bool(told.certificate) is not bool(told.key):
        return "certificate and key go together"
    if told.mqtt and broker.scheme not in {"mqtt", "mqtts"}:
        return "mqtt begins with mqtts:// or mqtt://"
    if broker.scheme == "mqtt" and broker.hostname not in HERE:
        return "a broker on another machine needs mqtts://"
    if told.short_messages is not None and not _TOKEN.fullmatch(told.short_messages.token):
        return "the token of short_messages has 32 letters and digits at least"
    if (told.mqtt_password or told.short_messages) and open_to_others:
        return "it holds a password or a token and can be read by others, set its mode to 600"
    return ""
