"""The Wialon retranslator's packets to another server: each is answered by one byte."""

from collections.abc import Sequence

from baqylau.domain.forwarding import Item, Place, WialonTarget
from baqylau.domain.ids import PersonId
from baqylau.domain.observations import Fix
from baqylau.links.forwarding.way import Line, NotTakenError, alarm_facts
from baqylau.protocols.wialon_retranslator import TAKEN, Message, packet

PACKETS_MAX = 50
"""Packets that may be unanswered at a time."""


class Wialon:
    """A line to a server that takes the retranslator's packets."""

    def __init__(self, target: WialonTarget) -> None:
        self._line = Line(target.host, target.port, lambda _line: None)
        self._last: dict[PersonId, Fix] = {}

    def send(self, items: Sequence[Item]) -> None:
        """Hand items over."""
        packets = [self._packet(item) for item in items]
        with self._line.open() as line:
            for at in range(0, len(packets), PACKETS_MAX):
                part = packets[at : at + PACKETS_MAX]
                line.say(b"".join(part))
                _await(line, len(part))

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _packet(self, item: Item) -> bytes:
        try:
            return packet(self._message(item))
        except ValueError as cannot:
            raise NotTakenError("name_or_time_wrong") from cannot

    def _message(self, item: Item) -> Message:
        if isinstance(item, Place):
            self._last[item.person_id] = item.fix
            return Message(name=item.named.alias, at=item.at, fix=item.fix)
        texts = {name: str(value) for name, value in alarm_facts(item.alarm).items()}
        place = self._last.get(item.person_id)
        return Message(name=item.named.alias, at=item.at, fix=place, alarm=True, texts=texts)


def _await(line: Line, count: int) -> None:
    while count > 0:
        answers = line.hear()
        if answers.strip(TAKEN):
            raise NotTakenError("answer_wrong")
        count -= len(answers)
