"""That an alarm ended, and was decided, as its acts say: the acts are proved, the summary follows from them."""

from typing import Any

from baqylau.protocols.evidence.ledger_proof import NO_WORD, LedgerProof

Said = tuple[Any, ...]
_OPEN: Said = (None, None, None, None)
_UNDECIDED: Said = (None, None, None)


class AlarmsProof:
    """Takes acts in the order in which they were done, then alarms; each gives the word of a fault, or nothing."""

    def __init__(self, ledger: LedgerProof) -> None:
        self._ledger = ledger
        self._ended: dict[Any, Said] = {}
        self._decided: dict[Any, Said] = {}
        self._hidden = False
        """An act that is withheld may have been the last one."""

    def act(self, line: dict[str, Any]) -> str:
        """Take an act: it is what was sealed."""
        try:
            self._note(line)
        except NO_WORD:
            return "unreadable"
        return self._ledger.take(line)

    def _note(self, line: dict[str, Any]) -> None:
        if "withheld" in line:
            self._hidden = True
            return
        act, of, who = line["act"], line["alarm_id"], (line["by"], line["at"])
        if act["type"] == "close":
            self._ended[of] = (*who, act["cause"], act["action"])
        elif act["type"] == "reopen":
            self._ended[of] = _OPEN
        elif act["type"] == "decide":
            self._decided[of] = (*who, act["decision"])

    def take(self, line: dict[str, Any]) -> str:
        """Take the summary of an alarm."""
        if "withheld" in line or self._hidden:
            return ""
        try:
            alarm = line["alarm"]
            of = alarm["id"]
            ended = tuple(alarm[name] for name in ("closed_by", "closed_at", "cause", "action"))
            decided = tuple(alarm[name] for name in ("decided_by", "decided_at", "decision"))
        except NO_WORD:
            return "unreadable"
        as_said = self._ended.get(of, _OPEN) == ended and self._decided.get(of, _UNDECIDED) == decided
        return "" if as_said else "alarm_otherwise"
