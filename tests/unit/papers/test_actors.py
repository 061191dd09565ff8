"""Papers name whoever did something as the court would know them."""

from baqylau.domain.rights import Role
from baqylau.monitoring.server.papers.actors import Actors, Officer
from baqylau.monitoring.server.papers.words import Words

ENGLISH = Words(language="en", timezone="Asia/Almaty")
KNOWN = {"aliya": Officer(name="Aliya Sample", role=Role.INSPECTOR)}
NAMED, UNNAMED = Actors(officers=KNOWN), Actors(officers=KNOWN, named=False)


def test_an_officer_is_named_with_role_and_login() -> None:
    assert NAMED.said(ENGLISH, "aliya") == "Aliya Sample, inspector (aliya)"


def test_whoever_has_no_account_here_is_named_as_they_signed() -> None:
    assert NAMED.said(ENGLISH, "akimat of the district") == "akimat of the district"


def test_what_a_rule_or_the_person_did_says_so_on_every_paper() -> None:
    for actors in (NAMED, UNNAMED):
        assert actors.said(ENGLISH, "rule/climbing") == "rule climbing"
        assert actors.said(ENGLISH, "person/p-1") == "the person, on their own page"


def test_the_person_reads_the_role_alone_and_nobodys_name() -> None:
    assert UNNAMED.said(ENGLISH, "aliya") == "inspector"
    assert UNNAMED.said(ENGLISH, "Marat Sample") == "Probation service"
