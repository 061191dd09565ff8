"""How a paper names whoever did something: as a reader outside the service knows them. Pure."""

from collections.abc import Mapping

from msgspec import Struct

from baqylau.domain.acts import PERSON, RULE
from baqylau.domain.rights import Role
from baqylau.monitoring.server.papers.words import Words


class Officer(Struct, frozen=True, kw_only=True):
    """Somebody of the service, with the role that they have now."""

    name: str
    role: Role


class Actors(Struct, frozen=True, kw_only=True):
    """Who is behind the signatures of a paper."""

    officers: Mapping[str, Officer] = {}
    """By login."""
    named: bool = True
    """Whether officers are named; what the person is given tells their roles alone."""

    def said(self, words: Words, by: str) -> str:
        """Give name, role and login of an officer; what a rule or the person did says so."""
        if by.startswith(PERSON):
            return words.t("alarm.by_person")
        if by.startswith(RULE):
            return words.t("alarm.by_rule", rule=by.removeprefix(RULE))
        officer = self.officers.get(by)
        if not self.named:
            return words.t(f"role.{officer.role}") if officer else words.t("own.look.service")
        return f"{officer.name}, {words.t(f'role.{officer.role}')} ({by})" if officer else by
