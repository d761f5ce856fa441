"""The accounts server of the simulated Projects."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tallystick.simulator.http import Request, Response, json_response

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "sim-client", "sim-secret", "sim-refresh"
AUTHTOKEN = "sim-authtoken"
LIFE = timedelta(hours=1)
LIVE_MAX = 30
REFRESHES_MAX, WINDOW = 10, timedelta(minutes=10)
_BLOCKED = {
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


@dataclass(slots=True)
class Accounts:
    """Access tokens that are alive, and the instants of refreshes."""

    seed: int = 1
    ends: dict[str, datetime] = field(default_factory=dict)
    refreshed: list[datetime] = field(default_factory=list)
    issued: int = 0
    revoked: bool = False

    def answer(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> Response:
        """POST /oauth/v2/token and …/revoke: most failures come under HTTP 200."""
        if request.method != "POST":
            return json_response(405, {"error": "invalid_request"})
        given = dict(request.query) | request.form()
        if request.path.rstrip("/").endswith("/revoke"):
            return self._revoke(given.get("token", ""))
        for name, right, error in (
            ("client_id", CLIENT_ID, "invalid_client"),
            ("client_secret", CLIENT_SECRET, "invalid_client_secret"),
            ("grant_type", "refresh_token", "unsupported_grant_type"),
            ("refresh_token", REFRESH_TOKEN, "invalid_code"),
        ):
            if given.get(name) != right:
                return json_response(200, {"error": error})
        if self.revoked:
            return json_response(200, {"error": "invalid_code"})
        window = [t for t in self.refreshed if t > now - WINDOW]
        if switches["refresh_limit"] and len(window) >= REFRESHES_MAX:
            return json_response(int(switches["denied_status"]), _BLOCKED)
        self.refreshed = [*window, now]
        return json_response(
            200,
            {
                "access_token": self._issue(now),
                "expires_in": int(LIFE.total_seconds()),
                "api_domain": "https://www.zohoapis.com",
                "token_type": "Bearer",
            },
        )

    def _issue(self, now: datetime) -> str:
        """A new access token; of those alive at most 30 stay, the oldest ends unsaid."""
        self.issued += 1
        digest = hashlib.sha256(f"projects {self.seed} {self.issued}".encode()).hexdigest()
        value = f"1000.{digest[:32]}.{digest[32:]}"
        alive = {t: end for t, end in self.ends.items() if end > now}
        for oldest in list(alive)[: max(len(alive) - LIVE_MAX + 1, 0)]:
            del alive[oldest]
        self.ends = {**alive, value: now + LIFE}
        return value

    def _revoke(self, token: str) -> Response:
        if token == REFRESH_TOKEN and not self.revoked:
            self.revoked = True
            self.ends.clear()
        elif self.ends.pop(token, None) is None:
            return json_response(400, {"error": "invalid_token"})
        return json_response(200, {"status": "success"})

    def alive(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> bool:
        """True for a live token in the header, or the legacy one in query or header."""
        scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
        scheme, value = scheme.lower(), value.strip()
        if switches["accept_authtoken"] and scheme in {"", "zoho-authtoken"}:
            return (value if scheme else request.param("authtoken")) == AUTHTOKEN
        known = {"zoho-oauthtoken", *({"bearer"} if switches["accept_bearer"] else ())}
        return scheme in known and self.ends.get(value, now) > now

    def expire(self) -> None:
        """Let every access token end now."""
        self.ends.clear()
