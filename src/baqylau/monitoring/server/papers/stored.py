"""The act of what was done with a device while it was on nobody. Pure."""

from collections.abc import Iterator
from datetime import date

from baqylau.domain.stock import Issued, Lost, SentToRepair, TakenIn, WrittenOff
from baqylau.monitoring.server.papers import parts
from baqylau.monitoring.server.papers.facts import Cover, StockFile
from baqylau.monitoring.server.papers.layout import Block, Facts, Heading, Lines, Note, Paper, Signatures, Text
from baqylau.monitoring.server.papers.words import NOTHING, Words

_REMARK_LINES = 2


def act(words: Words, cover: Cover, of: StockFile) -> Paper:
    """Write the act of one deed."""
    title = words.t(f"paper.stock.title.{of.act.__struct_config__.tag}")
    return parts.paper(words, cover, title, of.device.number, _blocks(words, of))


def _blocks(words: Words, of: StockFile) -> Iterator[Block]:
    device, known = of.device, of.known
    yield Heading(words.t("paper.equipment"))
    yield Facts(
        (
            (words.t("paper.column.device"), words.t(f"device.{device.kind}")),
            (words.t("paper.column.inventory"), device.id),
            (words.t("paper.column.serial"), device.number),
            (words.t("paper.stock.batch"), known.batch or NOTHING),
            (words.t("paper.stock.warranty"), _day(known.warranty_until)),
            (words.t("paper.stock.battery"), _day(known.battery_until)),
        )
    )
    yield Heading(words.t("paper.stock.done"))
    yield Facts(((words.t("paper.stock.at"), words.minute(of.act.at)), *_said(words, of)))
    yield Text(words.t(f"paper.stock.said.{of.act.__struct_config__.tag}"))
    yield Lines(words.t("paper.remarks"), _REMARK_LINES)
    receives = [(words.t("paper.stock.receives"), of.act.to)] if isinstance(of.act, Issued) else []
    yield Signatures(((words.t("paper.stock.gives"), of.by_name), *receives), words.t("paper.signature"))
    yield Note(words.t("paper.stock.recorded", number=of.kept.number, at=words.exact(of.kept.recorded_at)))


def _said(words: Words, of: StockFile) -> tuple[tuple[str, str], ...]:
    match of.act:
        case TakenIn(place=place):
            return ((words.t("paper.stock.place"), place),)
        case Issued(to=to):
            return ((words.t("paper.stock.to"), to),)
        case SentToRepair(workshop=workshop, fault=fault):
            return ((words.t("paper.stock.workshop"), workshop), (words.t("paper.stock.fault"), fault))
        case Lost(text=told):
            return ((words.t("paper.stock.told"), told),)
        case WrittenOff(grounds=grounds):
            return ((words.t("paper.stock.grounds"), grounds),)


def _day(day: date | None) -> str:
    return f"{day:%d.%m.%Y}" if day else NOTHING
