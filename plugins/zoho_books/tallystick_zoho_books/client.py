"""HTTP calls of Zoho Books v3: one method an endpoint, every answer classified."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tallystick.errors import (
    AlreadyThere,
    CredentialRefused,
    Fatal,
    Rejected,
    RemoteError,
    Throttled,
)
from tallystick.toolbox import LegacyToken, Limit, OAuthRefresh, Reply, Session

PAGE = 200
PAGES_MAX = 5000
_HOSTS = {
    "us": ("https://accounts.zoho.com", "https://www.zohoapis.com"),
    "eu": ("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    "in": ("https://accounts.zoho.in", "https://www.zohoapis.in"),
    "au": ("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    "jp": ("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    "ca": ("https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    "cn": ("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    "sa": ("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
}
_DUPLICATES = frozenset({3062, 3004, 15})
"""Body codes that say "exists already": contact name, user's address, unique field."""
_MINUTE, _DAY, _BUSY = 44, 45, frozenset({1070, 43})


class BooksClient:
    """Calls of one organization."""

    def __init__(self, session: Session, settings: Mapping[str, Any]) -> None:
        accounts, api = _HOSTS[str(settings.get("dc", "us"))]
        accounts = str(settings.get("accounts_url") or accounts)
        self.base = str(settings.get("base_url") or f"{api}/books/v3").rstrip("/")
        self.organization_id = str(settings.get("organization_id") or "")
        minute = int(settings.get("requests_per_minute", 100))
        day = int(settings.get("requests_per_day", 0))
        name = f"zoho_books:{self.organization_id or 'any'}"
        legacy = session.kind == "authtoken"
        self._session = session.configured(
            auth=LegacyToken() if legacy else OAuthRefresh(f"{accounts}/oauth/v2/token"),
            limits=[
                Limit(f"{name}:minute", minute, 60, "NET-01"),
                Limit(f"{name}:day", day, 86_400, "NET-03"),
            ],
            classify=classify,
        )

    def _params(self, params: Mapping[str, Any] | None) -> dict[str, Any]:
        own = {"organization_id": self.organization_id} if self.organization_id else {}
        return {**own, **(params or {})}

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One read."""
        return self._session.get(self.base + path, self._params(params)).mapping()

    def find(self, path: str) -> dict[str, Any] | None:
        """One read by id; None when the record does not exist (404, code 1002)."""
        reply = self._session.get(self.base + path, self._params(None), allow=(404,))
        if reply.status == 404:
            if reply.mapping().get("code") == 1002:
                return None
            raise Fatal("Zoho Books does not know this address.", code="AUTH-04")
        return reply.mapping()

    def every(
        self, path: str, keys: Sequence[str], params: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Every record of a list, page by page to its end."""
        for number in range(1, PAGES_MAX):
            body = self.get(path, {**(params or {}), "page": number, "per_page": PAGE})
            yield from listed(body, keys)
            if not more(body):
                return
        raise RemoteError(f"{path} has no end.", code="DATA-01")

    def send(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """One write."""
        reply = self._session.send(method, self.base + path, params=self._params(None), json=body)
        return reply.mapping()


def listed(body: Mapping[str, Any], keys: Sequence[str]) -> list[dict[str, Any]]:
    """The records of a list answer under the first of these keys it has.

    A list that has none of them is no empty list: something else was answered.
    """
    for key in keys:
        found = body.get(key)
        if isinstance(found, list):
            return found
    raise RemoteError(f"The answer has no list called {keys[0]}.", code="DATA-01")


def more(body: Mapping[str, Any]) -> bool:
    """True when another page follows; no page_context is the end."""
    context = body.get("page_context")
    return bool(context.get("has_more_page")) if isinstance(context, dict) else False


def classify(reply: Reply) -> Exception | None:
    """The error an answer of Books stands for; None for success and for what is not known."""
    body = reply.mapping()
    code = body.get("code")
    words = f"Zoho Books: {body.get('message') or reply.status} (code {code})"
    if code == _DAY:
        reset = reply.header("X-Rate-Limit-Reset")
        seconds = float(reset) if reset.isdigit() else 3600.0
        return Throttled(words, code="NET-03", after_seconds=seconds)
    if code == _MINUTE:
        return Throttled(words, code="NET-01", after_seconds=60)
    if code in _BUSY:
        return Throttled(words, code="NET-01", after_seconds=2)
    if reply.status == 401 or code in {14, 57}:
        error: Exception = CredentialRefused(words)
        return Fatal(words, code="AUTH-04") if code == 6041 else error
    if reply.status == 403 or code == 6041:
        return Fatal(words, code="AUTH-04")
    if code in (0, None) or reply.status >= 500:
        return None
    if code in _DUPLICATES:
        return AlreadyThere(words)
    if reply.status in {400, 404, 405} or reply.status < 300:
        return Rejected(words, remote_code=str(code))
    return None
