"""The parts of the storage that a workstation server reads and writes."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from baqylau.monitoring.workstation.access.duty import Duty
from baqylau.monitoring.workstation.crowd import Crowd
from baqylau.monitoring.workstation.directory import Directory
from baqylau.monitoring.workstation.health import HealthDesk
from baqylau.monitoring.workstation.hearing import Hearing
from baqylau.monitoring.workstation.looking_back.kept import KeptTimes
from baqylau.monitoring.workstation.looking_back.minutes import Minutes
from baqylau.monitoring.workstation.looking_back.recall import Recall
from baqylau.monitoring.workstation.looking_back.replays import Replays
from baqylau.monitoring.workstation.looking_back.timeline import Timelines
from baqylau.storage.access.accounts import Accounts, Throttle
from baqylau.storage.access.asked_once import AskedOnce
from baqylau.storage.access.audit import Audit
from baqylau.storage.access.program_keys import ProgramKeys
from baqylau.storage.access.purposes import Purposes
from baqylau.storage.access.second_factors import SecondFactors
from baqylau.storage.access.sessions import Sessions
from baqylau.storage.access.wishes import Wishes
from baqylau.storage.alarms.alarms import Alarms
from baqylau.storage.alarms.feed import Feed
from baqylau.storage.alarms.figures import Figures
from baqylau.storage.alarms.outbox import Outbox
from baqylau.storage.checks.calls import Calls
from baqylau.storage.checks.checks import Checks
from baqylau.storage.checks.enrolment_drafts import EnrolmentDrafts
from baqylau.storage.checks.media import Media
from baqylau.storage.checks.templates import TemplateStore
from baqylau.storage.equipment.commands import Commands
from baqylau.storage.equipment.device_keys import DeviceKeys
from baqylau.storage.equipment.field_acts import FieldActs
from baqylau.storage.equipment.link_configurations import LinkConfigurations
from baqylau.storage.equipment.link_records import LinkRecords
from baqylau.storage.equipment.strangers import Strangers
from baqylau.storage.journal.journal import Journal
from baqylau.storage.journal.quarantine import Quarantine
from baqylau.storage.judging.findings import Findings
from baqylau.storage.judging.judgement import JudgeStore
from baqylau.storage.judging.live import Live
from baqylau.storage.judging.verdicts import Verdicts
from baqylau.storage.people.own_access import OwnAccesses
from baqylau.storage.people.own_requests import OwnRequests
from baqylau.storage.people.own_words import OwnWords
from baqylau.storage.people.photos import Photos
from baqylau.storage.registers.case_facts import CaseFacts
from baqylau.storage.registers.cases import Cases
from baqylau.storage.registers.proposals import Proposals
from baqylau.storage.registers.public_places import PublicPlaces
from baqylau.storage.registers.registers import Registers
from baqylau.storage.vault import Vault


class Stores:
    """All over one database."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        timezone: str,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        media_dir: Path | None = None,
    ) -> None:
        """Make the parts; nothing is read yet. `media_dir`: where the recordings of checks lie, if they are kept."""
        self.engine = engine
        self.accounts = Accounts(engine, clock)
        self.sessions = Sessions(engine, clock)
        self.purposes, self.asked_once = Purposes(engine, clock), AskedOnce(engine, clock)
        self.program_keys = ProgramKeys(engine, clock)
        self.second_factors = SecondFactors(engine, vault, clock, random)
        self.wishes = Wishes(engine, clock)
        self.throttle = Throttle(engine, clock)
        self.alarms = Alarms(engine, clock)
        self.audit = Audit(engine, clock)
        self.feed = Feed(engine)
        self.journal = Journal(engine, vault, clock, random)
        self.live = Live(engine)
        self.outbox = Outbox(engine)
        self.figures = Figures(engine)
        self.directory = Directory(Registers(engine, clock))
        self.duty, self.crowd = Duty(self.directory, self.purposes, self.audit), Crowd(self.directory, self.live, clock)
        self.health = HealthDesk(self.live, Quarantine(engine, vault, clock, random), timezone)
        self.strangers = Strangers(engine)
        self.timelines = Timelines(self.journal, JudgeStore(engine), self.live)
        self.hearing = Hearing(self.journal, self.timelines, self.live)
        self.device_keys = DeviceKeys(engine, vault, clock, random)
        self.field_acts = FieldActs(engine, clock)
        self.link_records = LinkRecords(engine)
        self.link_configurations = LinkConfigurations(engine)
        self.commands = Commands(engine, clock)
        recall = Recall(self.journal, JudgeStore(engine), Registers(engine, clock))
        self.findings = Findings(engine)
        self.checks, self.calls = Checks(engine, self.journal, clock, random), Calls(engine, clock)
        self.media = Media(engine, vault, media_dir, clock, random) if media_dir else None
        self.templates = TemplateStore(engine, vault, clock, random)
        self.drafts = EnrolmentDrafts(engine, vault, clock, random)
        self.cases, self.case_facts = Cases(engine), CaseFacts(engine, clock)
        self.proposals, self.public_places = Proposals(engine, clock), PublicPlaces(engine, clock)
        self.own_accesses, self.own_requests = OwnAccesses(engine, clock), OwnRequests(engine, clock)
        self.own_words, self.photos = OwnWords(engine, vault, clock, random), Photos(engine, vault, clock, random)
        self.minutes = Minutes(recall, self.findings, self.live)
        self.kept = KeptTimes(Verdicts(engine), self.findings, self.live, timezone)
        self.replays = Replays(recall, self.timelines, self.findings, self.live, timezone)
