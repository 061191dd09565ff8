"""What somebody did about an alarm, in words. Pure."""

from baqylau.domain import acts
from baqylau.domain.acts import RULE, Act
from baqylau.monitoring.server.papers.actors import Actors
from baqylau.monitoring.server.papers.words import Words


def said(words: Words, act: Act, by: str, actors: Actors) -> str:
    """Give what was done."""
    match act:
        case acts.Contact():
            return _contact(words, act)
        case acts.Resume() if by.startswith(RULE):
            return words.t("alarm.act.resume_by_itself")
        case acts.Close(cause=cause, action=None):
            return words.t(f"cause.{cause}")
        case _:
            return words.t(f"alarm.act.{act.__struct_config__.tag}", **_places(words, act, actors))


def _contact(words: Words, act: acts.Contact) -> str:
    result = words.t("alarm.reached" if act.reached else "alarm.not_reached")
    channel = words.t(f"channel.{act.channel}")
    return words.t("alarm.act.contact", whom=words.t(f"whom.{act.whom}"), channel=channel, result=result)


def _places(words: Words, act: Act, actors: Actors) -> dict[str, object]:
    """Give what the sentence of an act names."""
    match act:
        case acts.StepDone(step=step):
            return {"step": words.t(f"step.{step}")}
        case acts.Assign(to=to):
            return {"to": actors.said(words, to)}
        case acts.Suspend(until_at=until_at):
            return {"time": words.exact(until_at)}
        case acts.Close(cause=cause, action=action):
            return {"cause": words.t(f"cause.{cause}"), "action": words.t(f"action.{action}")}
        case acts.Decide(decision=decision):
            return {"decision": words.t(f"decision.{decision}")}
        case acts.Escalate(level=level):
            return {"level": words.t(f"level.{level}")}
        case acts.Hold(incident_id=number):
            return {"number": number}
        case _:
            return {}


def wrote(act: Act) -> str:
    """Give the words that somebody wrote with it, empty where there are none."""
    match act:
        case acts.Note(text=text) | acts.Contact(text=text) | acts.Assign(text=text):
            return text
        case acts.Explain(text=text) | acts.Contest(text=text):
            return text
        case acts.Suspend(why=why) | acts.Reopen(why=why):
            return why
        case acts.Close(grounds=grounds) | acts.Decide(grounds=grounds):
            return grounds
        case _:
            return ""
