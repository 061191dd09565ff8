"""How the routes are asked that are about nobody under supervision."""

from typing import Any

from msgspec import Struct


class Example(Struct, frozen=True):
    """How a route is asked about the things of one person, and what becomes of it where it may be."""

    path: str
    body: Any = None
    status: int = 200


NEARBY = {
    "latitude_deg": 43.2,
    "longitude_deg": 76.9,
    "radius_m": 100,
    "from_at": "2026-11-21T16:00:00Z",
    "until_at": "2026-11-21T17:00:00Z",
    "reason": "asked by the court, letter 17 of today",
}
"""A place, an hour and a reason."""

OF_THE_STAFF = {
    ("POST", "/nearby"): Example("/nearby", NEARBY),
    ("POST", "/papers/statistics"): Example("/papers/statistics", {}, 422),
    ("GET", "/papers/{number}"): Example("/papers/2026-999999", status=404),
    ("GET", "/account"): Example("/account"),
    ("PUT", "/account/password"): Example("/account/password", {"old": "a", "new": "b"}, 422),
    ("POST", "/account/totp"): Example("/account/totp"),
    ("PUT", "/account/totp"): Example("/account/totp", {"code": "no code"}, 422),
    ("POST", "/account/totp/removal"): Example("/account/totp/removal", {}, 422),
    ("POST", "/account/passkeys/options"): Example("/account/passkeys/options"),
    ("POST", "/account/passkeys"): Example("/account/passkeys", {}, 422),
    ("DELETE", "/account/passkeys/{id}"): Example("/account/passkeys/00", status=404),
    ("DELETE", "/account/sessions/{id}"): Example("/account/sessions/00", status=404),
    ("POST", "/account/keys"): Example("/account/keys", {}, 422),
    ("DELETE", "/account/keys/{id}"): Example("/account/keys/00", status=404),
    ("GET", "/accounts"): Example("/accounts"),
    ("POST", "/accounts/invitations"): Example("/accounts/invitations", {}, 422),
    ("POST", "/accounts/wishes/{number}"): Example("/accounts/wishes/1", {"agreed": False}, 404),
    ("PUT", "/accounts/{login}/duty"): Example("/accounts/nobody/duty", {}, 422),
    ("PUT", "/accounts/{login}/suspension"): Example("/accounts/nobody/suspension", {"suspended": True}, 404),
    ("POST", "/accounts/{login}/reset"): Example("/accounts/nobody/reset", status=404),
    ("GET", "/stock"): Example("/stock"),
    ("POST", "/stock"): Example("/stock", {}, 422),
    ("GET", "/stock/{id}"): Example("/stock/d-1"),
    ("POST", "/stock/{id}/acts"): Example("/stock/d-1/acts", {"act": {"type": "withdrawn", "act": 9, "why": "a"}}, 409),
    ("POST", "/stock/{id}/acts/{number}/paper"): Example("/stock/d-1/acts/9/paper", {"language": "kk"}, 404),
    ("GET", "/audit"): Example("/audit"),
    ("GET", "/audit/chain"): Example("/audit/chain"),
}
"""Routes that are about nobody under supervision."""
