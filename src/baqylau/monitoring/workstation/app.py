"""The workstation server put together: one Starlette application over one database."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from pathlib import Path

import anyio
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount, Route

from baqylau.crypto.signing import Signer
from baqylau.domain.rights import Action
from baqylau.monitoring.workstation import acts, live, looks, openapi, status
from baqylau.monitoring.workstation.access import cover, oidc, own, passkeys, purposes, session, staffing
from baqylau.monitoring.workstation.access.gate import Gate, login_of
from baqylau.monitoring.workstation.cases import doors as cases
from baqylau.monitoring.workstation.cases import photo_doors
from baqylau.monitoring.workstation.cases import template_doors as templates
from baqylau.monitoring.workstation.checks import call_doors as calls
from baqylau.monitoring.workstation.checks import doors as checks
from baqylau.monitoring.workstation.checks import enrolment_doors as enrolment
from baqylau.monitoring.workstation.desk import Desk
from baqylau.monitoring.workstation.door import Door, Hall
from baqylau.monitoring.workstation.equipment import doors as devices
from baqylau.monitoring.workstation.equipment import stock_doors as stock
from baqylau.monitoring.workstation.files import MapFiles, Pages
from baqylau.monitoring.workstation.giving import evidence as giving
from baqylau.monitoring.workstation.giving import papers as papering
from baqylau.monitoring.workstation.headers import Headers
from baqylau.monitoring.workstation.looking_back import doors as looking_back
from baqylau.monitoring.workstation.metrics import Timing
from baqylau.monitoring.workstation.once import Once
from baqylau.monitoring.workstation.own_page import officer
from baqylau.monitoring.workstation.own_page.doors import OWN
from baqylau.monitoring.workstation.own_page.gate import OwnGate, signature_of
from baqylau.monitoring.workstation.own_page.messages import PATH
from baqylau.monitoring.workstation.refusals import HANDLERS
from baqylau.monitoring.workstation.settings import Settings
from baqylau.monitoring.workstation.stores import Stores
from baqylau.storage.vault import Vault

NO_BASEMAP = Path("/nonexistent")


_SESSION: tuple[Door, ...] = (
    Door("/session", session.show, Action.SEE_WHO_IS_SIGNED_IN),
    Door("/session", session.sign_in, Action.SIGN_IN, method="POST"),
    Door("/session", session.sign_out, Action.SIGN_OUT, method="DELETE"),
    Door("/session/passkey/options", passkeys.ask_to_prove, Action.SIGN_IN, method="POST"),
    Door("/session/passkey", passkeys.sign_in, Action.SIGN_IN, method="POST"),
    Door("/session/ways", oidc.ways, Action.SIGN_IN),
    Door("/session/oidc", oidc.begin, Action.SIGN_IN, method="POST"),
    Door("/session/oidc", oidc.come_back, Action.SIGN_IN),
    Door("/session/lock", cover.lock, Action.UNLOCK, method="POST"),
    Door("/session/unlock", cover.unlock, Action.UNLOCK, method="POST"),
    Door("/session/language", session.choose_language, Action.KEEP_OWN_ACCOUNT, method="PUT"),
    Door("/invitation", session.accept, Action.ACCEPT_INVITATION, method="POST"),
)

_ACCESS: tuple[Door, ...] = (
    Door("/account", own.show, Action.KEEP_OWN_ACCOUNT),
    Door("/account/password", own.change_password, Action.KEEP_OWN_ACCOUNT, method="PUT"),
    Door("/account/totp", own.begin_totp, Action.KEEP_OWN_ACCOUNT, method="POST"),
    Door("/account/totp", own.confirm_totp, Action.KEEP_OWN_ACCOUNT, method="PUT"),
    Door("/account/totp/removal", own.remove_totp, Action.KEEP_OWN_ACCOUNT, method="POST"),
    Door("/account/passkeys/options", passkeys.ask_to_make, Action.KEEP_OWN_ACCOUNT, method="POST"),
    Door("/account/passkeys", passkeys.make, Action.KEEP_OWN_ACCOUNT, method="POST"),
    Door("/account/passkeys/{id}", passkeys.remove, Action.KEEP_OWN_ACCOUNT, method="DELETE"),
    Door("/account/sessions/{id}", own.end_session, Action.KEEP_OWN_ACCOUNT, method="DELETE"),
    Door("/account/keys", own.issue_key, Action.KEEP_OWN_ACCOUNT, method="POST"),
    Door("/account/keys/{id}", own.revoke_key, Action.KEEP_OWN_ACCOUNT, method="DELETE"),
    Door("/accounts", staffing.all_accounts, Action.LOOK_ACCOUNTS),
    Door("/accounts/invitations", staffing.invite, Action.KEEP_ACCOUNTS, method="POST"),
    Door("/accounts/wishes/{number}", staffing.answer, Action.KEEP_ACCOUNTS, method="POST"),
    Door("/accounts/{login}/duty", staffing.employ, Action.KEEP_ACCOUNTS, method="PUT"),
    Door("/accounts/{login}/suspension", staffing.suspend, Action.KEEP_ACCOUNTS, method="PUT"),
    Door("/accounts/{login}/reset", staffing.reset, Action.KEEP_ACCOUNTS, method="POST"),
    Door("/audit", staffing.audit, Action.LOOK_AUDIT),
    Door("/audit/chain", staffing.chain, Action.LOOK_AUDIT),
)

_PAPERS: tuple[Door, ...] = (
    Door("/people/{id}/papers", papering.about_person, Action.MAKE_PAPER, method="POST"),
    Door("/alarms/{number}/paper", papering.about_alarm, Action.MAKE_PAPER, method="POST"),
    Door("/papers/statistics", papering.statistics, Action.MAKE_STATISTICS, method="POST"),
    Door("/papers/{number}", papering.receipt, Action.LOOK_PAPER),
    Door("/people/{id}/tables", papering.table, Action.EXPORT_TABLE, method="POST"),
)

_CASES: tuple[Door, ...] = (
    Door("/people/{id}/case", cases.case, Action.LOOK_CASE),
    Door("/people/{id}/case/preview", cases.preview, Action.PROPOSE_CHANGE, method="POST"),
    Door("/people/{id}/case/proposals", cases.propose, Action.PROPOSE_CHANGE, method="POST"),
    Door("/people/{id}/case/facts", cases.facts, Action.LOOK_CASE),
    Door("/people/{id}/case/facts", cases.record_fact, Action.RECORD_FACT, method="POST"),
    Door("/templates", templates.templates, Action.PROPOSE_CHANGE),
    Door("/templates", templates.make, Action.PROPOSE_CHANGE, method="POST"),
    Door("/templates/{number}", templates.retire, Action.PROPOSE_CHANGE, method="DELETE"),
    Door("/templates/{number}/binding", templates.bind, Action.PROPOSE_CHANGE, method="POST"),
    Door("/people/{id}/case/requests/{number}/refusal", cases.refuse_request, Action.PROPOSE_CHANGE, method="POST"),
    Door("/requests", cases.requests, Action.LOOK_PROPOSALS),
    Door("/visits", cases.visits_due, Action.LOOK_PROPOSALS),
    Door("/terms", cases.terms, Action.LOOK_PROPOSALS),
    Door("/cases/preview", cases.preview_new, Action.PROPOSE_CHANGE, method="POST"),
    Door("/cases/proposals", cases.propose_new, Action.PROPOSE_CHANGE, method="POST"),
    Door("/proposals", cases.waiting, Action.LOOK_PROPOSALS),
    Door("/proposals/{number}", cases.proposal, Action.LOOK_CASE),
    Door("/proposals/{number}/answer", cases.answer, Action.ANSWER_PROPOSAL, method="POST"),
    Door("/proposals/{number}/withdrawal", cases.withdraw, Action.PROPOSE_CHANGE, method="POST"),
    Door("/zones/read", cases.zones, Action.PROPOSE_CHANGE, method="POST"),
)

_STOCK: tuple[Door, ...] = (
    Door("/stock", stock.page, Action.LOOK_STOCK),
    Door("/stock", stock.take_in, Action.KEEP_STOCK, method="POST"),
    Door("/stock/{id}", stock.card, Action.LOOK_STOCK),
    Door("/stock/{id}/acts", stock.act, Action.KEEP_STOCK, method="POST"),
    Door("/stock/{id}/acts/{number}/paper", stock.paper, Action.KEEP_STOCK, method="POST"),
)

_OWN_PAGE: tuple[Door, ...] = (
    Door("/people/{id}/photo", photo_doors.show, Action.LOOK_PHOTO),
    Door("/people/{id}/photo", photo_doors.put, Action.KEEP_PHOTO, method="PUT"),
    Door("/people/{id}/photo", photo_doors.remove, Action.KEEP_PHOTO, method="DELETE"),
    Door("/people/{id}/own-page", officer.state, Action.LOOK_OWN_PAGE),
    Door("/people/{id}/own-page/access", officer.give, Action.GIVE_OWN_PAGE, method="POST"),
    Door("/people/{id}/own-page/access", officer.withdraw, Action.GIVE_OWN_PAGE, method="DELETE"),
    Door("/people/{id}/own-page/messages", officer.write, Action.WRITE_TO_PERSON, method="POST"),
    Door("/people/{id}/own-page/files/{number}", officer.file, Action.LOOK_OWN_PAGE),
)

_CHECKS: tuple[Door, ...] = (
    Door("/people/{id}/checks", checks.of_person, Action.LOOK_CHECK),
    Door("/people/{id}/checks", checks.ask, Action.ORDER_CHECK, method="POST"),
    Door("/people/{id}/calls", calls.of_person, Action.LOOK_CHECK),
    Door("/people/{id}/calls", calls.ask, Action.CALL_PERSON, method="POST"),
    Door("/calls/{id}", calls.call, Action.CALL_PERSON),
    Door("/calls/{id}/end", calls.end, Action.CALL_PERSON, method="POST"),
    Door("/calls/{id}/recording", calls.recording, Action.PLAY_RECORDING),
    Door("/calls/{id}/media/{index}", calls.play, Action.PLAY_RECORDING),
    Door("/calls/{id}/hold", calls.hold, Action.HOLD_RECORDING, method="POST"),
    Door("/calls/{id}/release", calls.release, Action.HOLD_RECORDING, method="POST"),
    Door("/people/{id}/enrolment", enrolment.show, Action.LOOK_ENROLMENT),
    Door("/people/{id}/enrolment", enrolment.sign, Action.ENROL_PERSON, method="POST"),
    Door("/people/{id}/enrolment/pieces", enrolment.bring, Action.ENROL_PERSON, method="POST"),
    Door("/people/{id}/enrolment/pieces", enrolment.discard, Action.ENROL_PERSON, method="DELETE"),
    Door("/people/{id}/enrolment/look", enrolment.ask, Action.ENROL_PERSON, method="POST"),
    Door("/people/{id}/enrolment/sheet", enrolment.to_sign, Action.ENROL_PERSON, method="POST"),
    Door("/people/{id}/enrolment/deletion", enrolment.forget, Action.ENROL_PERSON, method="POST"),
    Door("/people/{id}/enrolment/{number}", checks.enrolled, Action.LOOK_ENROLMENT),
    Door("/checks/{id}", checks.check, Action.LOOK_CHECK),
    Door("/checks/{id}/withdrawal", checks.withdraw, Action.ORDER_CHECK, method="POST"),
    Door("/checks/{id}/decision", checks.decide, Action.DECIDE_CHECK, method="POST"),
    Door("/checks/{id}/hold", checks.hold, Action.HOLD_RECORDING, method="POST"),
    Door("/checks/{id}/release", checks.release, Action.HOLD_RECORDING, method="POST"),
    Door("/checks/{id}/media/{index}", checks.recording, Action.PLAY_RECORDING),
)


def api(settings: Settings) -> list[BaseRoute]:
    """Give everything below `/api`."""
    return [
        *_SESSION,
        *_ACCESS,
        *_CASES,
        *_OWN_PAGE,
        *_STOCK,
        Door("/live", live.snapshot, Action.LOOK_LIVE),
        Door("/live/view", live.view, Action.LOOK_LIVE),
        Door("/feed", live.follow, Action.LOOK_LIVE),
        Door("/alarms", looks.alarms, Action.LOOK_ALARMS),
        Door("/alarms/{number}", looks.alarm, Action.LOOK_ALARM),
        Door("/alarms/acts", acts.act_on_each, Action.ACT_ON_ALARM, method="POST"),
        Door("/alarms/{number}/acts", acts.act, Action.ACT_ON_ALARM, method="POST"),
        Door("/colleagues", acts.colleagues, Action.LOOK_COLLEAGUES),
        Door("/purposes", purposes.state, Action.LOOK_OUTSIDE_DUTY, method="POST"),
        Door("/people", looks.people, Action.LOOK_PEOPLE),
        Door("/find", looks.find, Action.LOOK_PEOPLE),
        Door("/people/{id}", looks.person, Action.LOOK_PERSON),
        Door("/people/{id}/minute", looks.minute, Action.LOOK_MINUTE),
        Door("/people/{id}/kept", looking_back.kept, Action.LOOK_KEPT),
        Door("/people/{id}/replay", looking_back.replay, Action.LOOK_REPLAY),
        Door("/people/{id}/patterns", looking_back.patterns, Action.LOOK_PATTERNS),
        Door("/nearby", looking_back.nearby, Action.LOOK_NEARBY, method="POST"),
        Door("/people/{id}/evidence", giving.give, Action.EXPORT_EVIDENCE, method="POST"),
        *_PAPERS,
        *_CHECKS,
        Door("/people/{id}/field", devices.field_of_person, Action.LOOK_PERSON),
        Door("/field/refused", devices.field_refused, Action.LOOK_FIELD),
        Door("/strangers", devices.strangers, Action.LOOK_STRANGERS),
        Door("/devices/free", cases.free_devices, Action.LOOK_DEVICES),
        Door("/devices/{id}", devices.device, Action.LOOK_DEVICE),
        Door("/devices/{id}/commands", devices.command, Action.ORDER_DEVICE, method="POST"),
        Door("/observations/{id}", looks.observation, Action.LOOK_OBSERVATION),
        Door("/openapi.json", openapi.show, Action.READ_INTERFACE),
        Door("/health", status.health, Action.LOOK_HEALTH),
        Door("/health/way", status.way, Action.LOOK_HEALTH),
        Door("/load", looks.load, Action.LOOK_LOAD),
        Hall("/basemap", MapFiles(settings.basemap_dir or NO_BASEMAP), Action.LOOK_MAP),
    ]


def create_app(
    settings: Settings,
    engine: Engine,
    vault: Vault,
    clock: Callable[[], datetime],
    random: Callable[[int], bytes],
    signer: Signer | None = None,
) -> Starlette:
    """Give the application. While it runs it follows the feed; `app.state.desk` is its desk.

    `signer` signs evidence for the installation; without it none is given out.
    """
    desk = Desk(
        settings,
        Stores(engine, vault, settings.installation.timezone, clock, random, settings.media_dir),
        clock,
        random,
    )

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncGenerator[None]:
        with closing(desk.watching):
            async with anyio.create_task_group() as group:
                group.start_soon(desk.broadcaster.run)
                yield
                desk.broadcaster.close()
                group.cancel_scope.cancel()

    routes = api(settings)
    behind = [Middleware(Gate, routes=routes), Middleware(Once, whose=login_of)]
    own_behind = [Middleware(OwnGate, routes=OWN), Middleware(Once, whose=signature_of)]
    app = Starlette(
        routes=[
            Mount("/api", routes=routes, middleware=behind),
            Mount(f"{PATH}/api", routes=OWN, middleware=own_behind),
            Route(PATH, Pages(settings.static_dir, "my.html")),
            Route(oidc.SIGNED_OUT, oidc.signed_out, methods=["POST"]),
            Route("/healthz", status.alive),
            Route("/readyz", status.ready),
            Route("/metrics", status.metrics),
            Mount("/", Pages(settings.static_dir)),
        ],
        middleware=[Middleware(Timing, metrics=desk.metrics), Middleware(Headers, secure=settings.secure)],
        exception_handlers=HANDLERS,
        lifespan=lifespan,
    )
    app.state.desk = desk
    app.state.giver = giving.Giver(vault, signer)
    return app
