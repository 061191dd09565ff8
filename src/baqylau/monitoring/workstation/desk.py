"""What every endpoint works with: the records, the clock and the threads in which the database is asked."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar, cast

from anyio import CapacityLimiter, Lock, to_thread
from starlette.requests import Request

from baqylau.monitoring.workstation.access.challenges import Challenges
from baqylau.monitoring.workstation.access.pending import Pending
from baqylau.monitoring.workstation.access.staff import StaffRecords
from baqylau.monitoring.workstation.broadcast import Broadcaster
from baqylau.monitoring.workstation.cases.facts import FactRecords
from baqylau.monitoring.workstation.cases.photos import PhotoDesk
from baqylau.monitoring.workstation.cases.records import CaseRecords
from baqylau.monitoring.workstation.cases.requests import RequestRecords
from baqylau.monitoring.workstation.cases.templates import TemplateRecords
from baqylau.monitoring.workstation.cases.terms import TermRecords
from baqylau.monitoring.workstation.checks.calls import CallRecords
from baqylau.monitoring.workstation.checks.enrolling import EnrolmentRecords
from baqylau.monitoring.workstation.checks.records import CheckRecords
from baqylau.monitoring.workstation.equipment.field import FieldRecords
from baqylau.monitoring.workstation.equipment.records import DeviceRecords
from baqylau.monitoring.workstation.equipment.stock import StockRecords
from baqylau.monitoring.workstation.live_records import LiveRecords
from baqylau.monitoring.workstation.looking_back.near import NearbyRecords
from baqylau.monitoring.workstation.metrics import Metrics
from baqylau.monitoring.workstation.own_figures import OwnFigures
from baqylau.monitoring.workstation.own_page.records import OwnRecords
from baqylau.monitoring.workstation.own_page.serving import OwnPageDesk
from baqylau.monitoring.workstation.records import Records
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.stores import Stores
from baqylau.monitoring.workstation.watching import Watching

_T = TypeVar("_T")
_THREADS = 8
_HASHING = 2
"""Argon2id takes 64 MiB and a core for each: more at once would only slow everybody down."""


class Desk:
    """The composition of one workstation server."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        """Put the parts together; nothing is read yet."""
        self.settings = settings
        self.stores = stores
        self.clock = clock
        self.random = random
        self.duty = stores.duty
        self.live = LiveRecords(stores, settings.installation, clock, settings.told_each)
        self.records = Records(stores, settings.installation, clock)
        self.nearby = NearbyRecords(stores, clock)
        self.equipment = DeviceRecords(stores, clock)
        self.field = FieldRecords(stores, clock)
        self.stock = StockRecords(stores, settings.installation.timezone, clock, random)
        self.cases = CaseRecords(stores, self.stock, clock, random)
        self.templates = TemplateRecords(stores, self.cases, clock)
        self.case_facts = FactRecords(stores, settings.installation.timezone, clock)
        self.requests = RequestRecords(stores, clock)
        self.terms = TermRecords(stores, settings.ahead, settings.installation.timezone, clock)
        self.checks = CheckRecords(stores, clock, random)
        self.enrolment = EnrolmentRecords(stores, clock, random)
        self.calls = CallRecords(stores, settings.ice_servers, clock, random)
        self.own_page = OwnRecords(stores, settings.installation.timezone, clock)
        self.own_page_desk = OwnPageDesk(stores, settings.own_code_s, clock, random)
        self.photos = PhotoDesk(stores)
        self.staff = StaffRecords(stores, settings, clock, random)
        self.challenges = Challenges(clock, random)
        self.pending = Pending(clock)
        self.watching = Watching(stores, clock)
        self.broadcaster = Broadcaster(self.watching)
        self.metrics = Metrics(self.broadcaster, OwnFigures(stores.engine, clock))
        self.one_attempt = Lock()
        """Sign-ins are counted one at a time, so that many at once gain nothing."""
        self.one_signed_out = Lock()
        """Whoever claims to be the identity provider makes us ask it for its keys: once at a time."""
        self._threads = CapacityLimiter(_THREADS)
        self._hashing = CapacityLimiter(_HASHING)

    async def do(self, call: Callable[..., _T], *args: object) -> _T:
        """Ask the records in a thread."""
        return await to_thread.run_sync(call, *args, limiter=self._threads)

    async def hash(self, call: Callable[..., _T], *args: object) -> _T:
        """Hash or compare a password in a thread."""
        return await to_thread.run_sync(call, *args, limiter=self._hashing)


def desk_of(request: Request) -> Desk:
    """Give the desk of the application that got the request."""
    return cast("Desk", request.app.state.desk)
