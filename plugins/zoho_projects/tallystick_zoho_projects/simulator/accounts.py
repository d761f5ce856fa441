"""The accounts server of the simulated Projects."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tallystick.simulator.http import Request, Response, json_response

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "sim-client", "sim-secret", "sim-refresh"  # noqa: S105 - the simulator's own
AUTHTOKEN = "sim-authtoken"  # noqa: S105 - the simulator's own
_BLOCKED = {
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


@dataclass(slots=True)
class Accounts:
    """Tokens that are alive, and the instants of refreshes."""

    ends: dict[str, datetime] = field(default_factory=dict)
    refreshed: list[datetime] = field(default_factory=list)

    def answer(self, request: Request, now: datetime, *, limited: bool, blocked: int) -> Response:
        """POST /oauth/v2/token: most failures come under HTTP 200."""
        given = dict(request.query) | request.form()
        for name, right, error in (
            ("client_id", CLIENT_ID, "invalid_client"),
            ("client_secret", CLIENT_SECRET, "invalid_client_secret"),
            ("refresh_token", REFRESH_TOKEN, "invalid_code"),
        ):
            if given.get(name) != right:
                return json_response(200, {"error": error})
        window = [t for t in self.refreshed if t > now - timedelta(minutes=10)]
        if limited and len(window) >= 10:
            return json_response(blocked, _BLOCKED)
        self.refreshed = [*window, now]
        digest = hashlib.sha256(f"{len(self.ends)}{now}".encode()).hexdigest()
        value = f"1000.{digest[:32]}.{digest[32:]}"
        self.ends[value] = now + timedelta(hours=1)
        return json_response(
            200,
            {
                "access_token": value,
                "expires_in": 3600,
                "api_domain": "https://www.zohoapis.com",
                "token_type": "Bearer",
            },
        )

    def alive(self, request: Request, now: datetime, *, legacy: bool) -> bool:
        """True for a live token in the header, or the legacy one in the query."""
        if legacy and request.param("authtoken") == AUTHTOKEN:
            return True
        scheme, _, value = request.headers.get("authorization", "").partition(" ")
        return scheme in {"Zoho-oauthtoken", "Bearer"} and self.ends.get(value, now) > now
