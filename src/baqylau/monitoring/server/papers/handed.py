"""Papers that are handed over: acts of fitting and return, the memo, and the copy of a person's own data. Pure."""

from collections.abc import Iterator

from baqylau.domain.orders import Fitting
from baqylau.monitoring.server.papers import parts
from baqylau.monitoring.server.papers.facts import Cover, Dossier
from baqylau.monitoring.server.papers.layout import (
    Block,
    Boxes,
    Facts,
    Heading,
    Lines,
    Note,
    Paper,
    Points,
    Signatures,
    Table,
    Text,
)
from baqylau.monitoring.server.papers.recorded import recorded
from baqylau.monitoring.server.papers.words import NOTHING, Words
from baqylau.rules.spans import ALWAYS

_REMARK_LINES = 3
_CHECKED = ("strap", "case", "signal", "battery", "shown")
_TAKEN_BACK = ("complete", "damaged", "read_out")
_DUTIES = ("carry", "charge", "no_tamper", "answer", "tell")
_RIGHTS = ("contest", "copy", "language", "health")


def fitting(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write the act of fitting: equipment that is on the person at the end of the period."""
    on = [one for one in of.supervision.fittings if one.from_at < of.until_at and not _ended(one, of)]
    blocks = _handed(words, of, on, "paper.fitting.said", [f"paper.fitting.checked.{name}" for name in _CHECKED])
    return parts.paper(words, cover, words.t("paper.fitting.title"), of.person.name, blocks)


def given_back(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write the act of return: equipment whose fitting ended within the period."""
    off = [one for one in of.supervision.fittings if _ended(one, of) and of.from_at <= (one.until_at or ALWAYS)]
    blocks = _handed(words, of, off, "paper.return.said", [f"paper.return.checked.{name}" for name in _TAKEN_BACK])
    return parts.paper(words, cover, words.t("paper.return.title"), of.person.name, blocks)


def _ended(one: Fitting, of: Dossier) -> bool:
    return (one.until_at or ALWAYS) <= of.until_at


def _handed(words: Words, of: Dossier, fittings: list[Fitting], text: str, boxes: list[str]) -> Iterator[Block]:
    yield Text(words.t(text))
    yield Heading(words.t("paper.whom"))
    yield from parts.who(words, of.person, of.supervision)
    yield Heading(words.t("paper.equipment"))
    yield _equipment(words, of, fittings)
    yield Heading(words.t("paper.checked"))
    yield Boxes(tuple(map(words.t, boxes)))
    yield Lines(words.t("paper.remarks"), _REMARK_LINES)
    yield Signatures(
        (
            (words.t("paper.inspector"), ""),
            (words.t("paper.technician"), ""),
            (words.t("paper.person"), of.person.name),
        ),
        words.t("paper.signature"),
    )


def _equipment(words: Words, of: Dossier, fittings: list[Fitting]) -> Table:
    devices = {one.id: one for one in of.supervision.devices}
    rows = []
    for one in fittings:
        device = devices.get(one.device_id)
        until = words.minute(one.until_at) if one.until_at else NOTHING
        kind = words.t(f"device.{device.kind}") if device else NOTHING
        rows.append((kind, one.device_id, device.number if device else NOTHING, words.minute(one.from_at), until))
    return Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("device", "inventory", "serial", "from", "until")),
        widths=(3, 2.4, 3, 2.2, 2.2),
        rows=tuple(rows),
        none=words.t("paper.none.equipment"),
    )


def memo(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write what a person has to do in plain words, when the next duty is, and what their rights are."""
    return parts.paper(words, cover, words.t("paper.memo.title"), of.person.name, _memo(words, of))


def _memo(words: Words, of: Dossier) -> Iterator[Block]:
    yield Text(words.t("paper.memo.greeting", name=of.person.name))
    orders = [one for one in of.supervision.orders if of.now < one.until_at]
    for one in orders:
        yield Text(words.t("paper.memo.order", court=one.court, act=one.act_number, until=words.day(one.until_at)))
        if one.calls_recorded:
            yield Text(words.t("paper.memo.calls_recorded", words=one.calls_recorded))
    yield Heading(words.t("paper.memo.rules"))
    now = parts.in_force(of.supervision, of.now, of.now.max.replace(tzinfo=of.now.tzinfo))
    yield Points(tuple(words.rule(one) for one in now) or (words.t("paper.none.prescribed"),))
    yield Heading(words.t("paper.memo.next"))
    yield Points(tuple(parts.next_duties(words, of.supervision, of.now)) or (words.t("paper.memo.no_hours"),))
    yield Heading(words.t("paper.memo.always"))
    yield Points(tuple(words.t(f"paper.memo.duty.{name}") for name in _DUTIES))
    yield Heading(words.t("paper.memo.rights"))
    yield Points(tuple(words.t(f"paper.memo.right.{name}") for name in _RIGHTS))
    yield Note(words.t("paper.memo.times", zone=words.zone(of.now)))
    yield Lines(words.t("paper.memo.contact"), 1)
    yield Text(words.t("paper.memo.receipt"))
    yield Signatures(
        ((words.t("paper.person"), of.person.name), (words.t("paper.inspector"), "")), words.t("paper.signature")
    )


def own(words: Words, cover: Cover, of: Dossier) -> Paper:
    """Write everything that is kept about a person of a period, for that person."""
    return parts.paper(
        words, cover, words.t("paper.own.title"), parts.period(words, of.from_at, of.until_at), _own(words, cover, of)
    )


def _own(words: Words, cover: Cover, of: Dossier) -> Iterator[Block]:
    yield Text(words.t("paper.own.said"))
    yield Facts(
        (
            (words.t("paper.phone"), of.person.phone or NOTHING),
            (words.t("paper.language"), words.t(f"paper.languages.{of.person.language}")),
        )
    )
    yield from parts.who(words, of.person, of.supervision)
    yield from parts.prescribed(words, of.supervision, of.from_at, of.until_at)
    yield Heading(words.t("paper.equipment"))
    yield _equipment(words, of, list(of.supervision.fittings))
    yield Heading(words.t("paper.permissions"))
    yield Table(
        head=tuple(words.t(f"paper.column.{name}") for name in ("from", "until", "reason", "by")),
        widths=(2, 2, 4.4, 2.6),
        rows=tuple(
            (words.minute(one.from_at), words.minute(one.until_at), one.reason, of.actors.said(words, one.granted_by))
            for one in of.supervision.permissions
        ),
        none=words.t("paper.none.permissions"),
    )
    yield from parts.days(words, of.stretches)
    yield from parts.findings(words, of.findings)
    yield from recorded(words, of)
    yield from parts.rules_used(words, (one.finding for one in of.findings), cover)
