"""The accounts server: access tokens for a refresh token, with the real service's odd errors."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tallystick.simulator.http import Request, Response, json_response

CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN = "sim-client", "sim-secret", "sim-refresh"
AUTHTOKEN = "sim-authtoken"
CODE = "sim-code"
API_DOMAIN = "https://www.zohoapis.com"
LIFE_SECONDS = 3600
LIVE_TOKENS_MAX = 30
_REFRESHES_MAX, _REFRESH_WINDOW = 10, timedelta(minutes=10)
_TOKEN = re.compile(r"1000\.[0-9a-f]{32}\.[0-9a-f]{32}")
_DENIED = {
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


@dataclass(slots=True)
class Accounts:
    """Live access tokens with their ends, and when refreshes were made."""

    seed: int = 1
    tokens: dict[str, datetime] = field(default_factory=dict)
    refreshes: list[datetime] = field(default_factory=list)
    count: int = 0
    used_codes: set[str] = field(default_factory=set)
    revoked: bool = False

    def answer(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> Response:
        """POST /oauth/v2/token or …/revoke; parameters come in the query or in a form."""
        if request.method != "POST":
            return json_response(405, {"error": "invalid_request"})
        fields = {**dict(request.query), **request.form()}
        if request.path.rstrip("/").endswith("/revoke"):
            return self._revoke(fields)
        if fields.get("client_id") != CLIENT_ID:
            return json_response(200, {"error": "invalid_client"})
        if fields.get("client_secret") != CLIENT_SECRET:
            return json_response(200, {"error": "invalid_client_secret"})
        grant = fields.get("grant_type", "refresh_token")
        if grant == "authorization_code":
            return self._exchange(fields, now)
        if grant != "refresh_token":
            return json_response(200, {"error": "unsupported_grant_type"})
        if self.revoked or fields.get("refresh_token") != REFRESH_TOKEN:
            return json_response(200, {"error": "invalid_code"})
        self.refreshes = [t for t in self.refreshes if now - t < _REFRESH_WINDOW]
        if switches["refresh_limit"] and len(self.refreshes) >= _REFRESHES_MAX:
            return json_response(int(switches["denied_status"]), _DENIED)
        self.refreshes.append(now)
        return json_response(200, self._issued(now))

    def _exchange(self, fields: Mapping[str, str], now: datetime) -> Response:
        """The first exchange; a code is good for one."""
        code = fields.get("code", "")
        if code != CODE or code in self.used_codes:
            return json_response(200, {"error": "invalid_code"})
        self.used_codes.add(code)
        self.revoked = False
        return json_response(200, {**self._issued(now), "refresh_token": REFRESH_TOKEN})

    def _issued(self, now: datetime) -> dict[str, Any]:
        self.count += 1
        halves = (
            hashlib.md5(f"{side}{self.seed}:{self.count}".encode(), usedforsecurity=False)
            for side in ("books-a", "books-b")
        )
        value = ".".join(["1000", *(half.hexdigest() for half in halves)])
        live = [t for t, end in self.tokens.items() if end > now]
        for oldest in live[: max(len(live) - LIVE_TOKENS_MAX + 1, 0)]:
            self.tokens[oldest] = now
        self.tokens = {t: end for t, end in self.tokens.items() if end > now}
        self.tokens[value] = now + timedelta(seconds=LIFE_SECONDS)
        return {
            "access_token": value,
            "expires_in": LIFE_SECONDS,
            "api_domain": API_DOMAIN,
            "token_type": "Bearer",
        }

    def _revoke(self, fields: Mapping[str, str]) -> Response:
        token = fields.get("token", "")
        if token == REFRESH_TOKEN and not self.revoked:
            self.revoked = True
            self.tokens.clear()
        elif token in self.tokens:
            del self.tokens[token]
        else:
            return json_response(400, {"error": "invalid_token"})
        return json_response(200, {"status": "success"})

    def judge(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> str:
        """The credential of an API call: "ok", "malformed" or "dead"."""
        scheme, _, value = request.headers.get("authorization", "").strip().partition(" ")
        scheme, value = scheme.lower(), value.strip()
        legacy = value if scheme == "zoho-authtoken" else request.param("authtoken")
        if switches["accept_authtoken"] and legacy is not None and scheme in ("", "zoho-authtoken"):
            return "ok" if legacy == AUTHTOKEN else "dead"
        known = {"zoho-oauthtoken", *({"bearer"} if switches["accept_bearer"] else ())}
        if scheme not in known or _TOKEN.fullmatch(value) is None:
            return "malformed"
        return "ok" if self.tokens.get(value, now) > now else "dead"

    def expire(self) -> None:
        """Let every token end."""
        self.tokens.clear()
