"""The accounts server: access tokens for a refresh token, with the real service's odd errors."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tallystick.simulator.http import Request, Response, json_response

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "sim-client", "sim-secret", "sim-refresh"  # noqa: S105 - the simulator's own
AUTHTOKEN = "sim-authtoken"  # noqa: S105 - the simulator's own
LIFE_SECONDS = 3600
_DENIED = {
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


@dataclass(slots=True)
class Accounts:
    """Live access tokens with their ends, and when refreshes were made."""

    tokens: dict[str, datetime] = field(default_factory=dict)
    refreshes: list[datetime] = field(default_factory=list)
    count: int = 0

    def token(
        self, request: Request, now: datetime, *, limited: bool, denied_status: int, domain: str
    ) -> Response:
        """Answer POST /oauth/v2/token; parameters come in the query or in a form."""
        fields = {**dict(request.query), **request.form()}
        if fields.get("client_id") != CLIENT_ID:
            return json_response(200, {"error": "invalid_client"})
        if fields.get("client_secret") != CLIENT_SECRET:
            return json_response(200, {"error": "invalid_client_secret"})
        grant = fields.get("grant_type", "refresh_token")
        secret = fields.get("refresh_token" if grant == "refresh_token" else "code")
        if secret != REFRESH_TOKEN:
            return json_response(200, {"error": "invalid_code"})
        recent = [t for t in self.refreshes if now - t < timedelta(minutes=10)]
        if limited and len(recent) >= 10:
            return json_response(denied_status, _DENIED)
        self.refreshes = [*recent, now]
        self.count += 1
        first = hashlib.md5(f"a{self.count}".encode(), usedforsecurity=False).hexdigest()
        second = hashlib.md5(f"b{self.count}".encode(), usedforsecurity=False).hexdigest()
        value = f"1000.{first}.{second}"
        self.tokens[value] = now + timedelta(seconds=LIFE_SECONDS)
        body = {
            "access_token": value,
            "expires_in": LIFE_SECONDS,
            "api_domain": domain,
            "token_type": "Bearer",
        }
        if grant != "refresh_token":
            body["refresh_token"] = REFRESH_TOKEN
        return json_response(200, body)

    def judge(self, request: Request, now: datetime, *, bearer: bool, legacy: bool) -> str:
        """ "ok", "malformed" or "dead" for the credential of an API call."""
        header = request.headers.get("authorization", "")
        scheme, _, value = header.partition(" ")
        if not header and legacy and request.param("authtoken") is not None:
            return "ok" if request.param("authtoken") == AUTHTOKEN else "dead"
        known = {"Zoho-oauthtoken", *({"Bearer"} if bearer else ())}
        if scheme not in known or not value:
            return "malformed"
        return "ok" if self.tokens.get(value, now) > now else "dead"

    def expire(self, now: datetime) -> None:
        """Let every token end."""
        self.tokens = dict.fromkeys(self.tokens, now)
