"""HTTP calls of Zoho Projects v3: paths, envelopes, ends of lists, and what an error means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from tallystick.errors import (
    ConfigError,
    CredentialRefused,
    Fatal,
    Rejected,
    RemoteError,
    Throttled,
)
from tallystick.model.ports import Clock
from tallystick.toolbox import Known, LegacyToken, Limit, OAuthRefresh, Reply, Session

PAGE = 200
PAGES_MAX = 5000
_HOSTS = {
    "us": ("https://accounts.zoho.com", "https://projectsapi.zoho.com"),
    "eu": ("https://accounts.zoho.eu", "https://projectsapi.zoho.eu"),
    "in": ("https://accounts.zoho.in", "https://projectsapi.zoho.in"),
    "au": ("https://accounts.zoho.com.au", "https://projectsapi.zoho.com.au"),
    "jp": ("https://accounts.zoho.jp", "https://projectsapi.zoho.jp"),
    "ca": ("https://accounts.zohocloud.ca", "https://projectsapi.zohocloud.ca"),
    "cn": ("https://accounts.zoho.com.cn", "https://projectsapi.zoho.com.cn"),
    "sa": ("https://accounts.zoho.sa", "https://projectsapi.zoho.sa"),
}
_PREFIX = "/api/v3"
_WINDOW_CALLS = 100
_PARTS, _PART_SECONDS = 5, 30
"""100 calls in any 120 seconds are kept by 20 in each 30: five such windows can touch them."""
_LOCK_SECONDS = 1800.0
_AGAIN = re.compile(r"again\s+after\s+(\d+)\s*(second|minute|hour)", re.IGNORECASE)
_UNITS = {"second": 1, "minute": 60, "hour": 3600}
_LOCKED = "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED"
_NO_PERMISSION, _UNAUTHORIZED = "6401", "6890"
_ABSENT = frozenset({"6404", "6504"})

Ids = Mapping[str, str]
_NO_IDS: Ids = {}


class ProjectsClient:
    """Calls of one portal. Each path has its own limit, as the service counts it."""

    def __init__(self, session: Session, settings: Mapping[str, Any]) -> None:
        centre = str(settings.get("dc") or "us").strip().lower()
        if centre not in _HOSTS:
            raise ConfigError(
                f"Zoho has no data centre {centre!r}; known are {', '.join(_HOSTS)}.",
                fix="Correct dc in the connection's settings, or set accounts_url and base_url.",
            )
        accounts, api = _HOSTS[centre]
        accounts = str(settings.get("accounts_url") or accounts).rstrip("/")
        base = str(settings.get("base_url") or api).rstrip("/")
        self.base = base if base.endswith(_PREFIX) else base + _PREFIX
        self.portal_id = str(settings.get("portal_id") or "")
        calls = int(settings.get("requests_per_window", _WINDOW_CALLS))
        self._calls = max(1, calls // _PARTS) if calls > 0 else 0
        legacy = session.kind == "authtoken"
        self._auth = LegacyToken() if legacy else OAuthRefresh(f"{accounts}/oauth/v2/token")
        self._plain = session
        self._sessions: dict[str, Session] = {}

    @property
    def clock(self) -> Clock:
        """The present."""
        return self._plain.ports.clock

    def _session(self, path: str) -> Session:
        if path not in self._sessions:
            name = f"zoho_projects:{self.portal_id or 'any'}:{path}"
            self._sessions[path] = self._plain.configured(
                auth=self._auth,
                limits=[Limit(name, self._calls, _PART_SECONDS, "NET-04")],
                classify=classify,
            )
        return self._sessions[path]

    def _url(self, path: str, ids: Mapping[str, str]) -> str:
        named = {"portal": self.portal_id, **ids}
        return self.base + path.format(**{k: quote(v, safe="") for k, v in named.items()})

    def get(self, path: str, params: Mapping[str, Any] | None = None, ids: Ids = _NO_IDS) -> Any:
        """One read; None for an answer without content. `path` names its ids in braces."""
        return self._session(path).get(self._url(path, ids), params).json()

    def known(self, path: str, params: Mapping[str, Any], shape: Known[Any]) -> Reply:
        """One read of an answer that is asked for its known shape first."""
        return self._session(path).get(self._url(path, _NO_IDS), params, known=shape)

    def find(
        self, path: str, params: Mapping[str, Any] | None = None, ids: Ids = _NO_IDS
    ) -> dict[str, Any] | list[Any] | None:
        """One read by id; None when the service says that the record does not exist."""
        try:
            reply = self._session(path).get(self._url(path, ids), params, allow=(404,))
        except Rejected as error:
            if error.remote_code in _ABSENT:
                return None
            raise
        if reply.status == 404:
            words = _words(_failure(reply), reply)
            if "URL" in words.upper():
                raise Fatal(words, code="AUTH-04")
            return None
        found: dict[str, Any] | list[Any] | None = reply.json()
        if found is None:
            raise RemoteError("Zoho Projects gave no record and no reason.", code="DATA-01")
        return found

    def every(
        self,
        path: str,
        keys: Sequence[str],
        params: Mapping[str, Any] | None = None,
        ids: Ids = _NO_IDS,
    ) -> Iterator[Mapping[str, Any]]:
        """Every record of a list, page by page to its end."""
        for number in range(1, PAGES_MAX):
            body = self.get(path, {**(params or {}), "page": number, "per_page": PAGE}, ids)
            raws = listed(body, keys)
            yield from raws
            if not more(body, len(raws), PAGE):
                return
        raise RemoteError(f"{path} has no end.", code="DATA-01")


def listed(body: Any, keys: Sequence[str]) -> list[Any]:
    """The records of a list answer: a bare array, or the array under one of these keys.

    No content is the empty list. Anything else is no empty list: something else was answered.
    """
    if body is None:
        return []
    if isinstance(body, list):
        return body
    if isinstance(body, Mapping):
        for key in keys:
            found = body.get(key)
            if isinstance(found, list):
                return found
    raise RemoteError(f"The answer has no list called {keys[0]}.", code="DATA-01")


def single(body: dict[str, Any] | list[Any], keys: Sequence[str]) -> Mapping[str, Any]:
    """The record of an answer by id: bare, under one of these keys, or in a list of one."""
    found: Any = body
    if isinstance(found, Mapping):
        found = next((found[k] for k in keys if found.get(k)), found)
    if isinstance(found, list):
        found = found[0] if found else None
    if isinstance(found, Mapping) and ("id" in found or "id_string" in found or "zpuid" in found):
        return found
    raise RemoteError(f"The answer holds no {keys[0]}.", code="DATA-01")


def more(body: Any, count: int, asked: int) -> bool:
    """True when another page follows a page of `count` records.

    A page that is not full is the last; a more-flag that says no ends a list with a full page.
    What full means is the page size the service names, else the one asked for.
    """
    info = body.get("page_info") if isinstance(body, Mapping) else None
    info = info if isinstance(info, Mapping) else {}
    flag = info.get("has_more_page", info.get("has_next_page"))
    flag = flag if isinstance(flag, bool) else {"true": True, "false": False}.get(str(flag).lower())
    stated = str(info.get("per_page") or "")
    if count == 0 or flag is False:
        return False
    if flag is True and not stated.isdigit():
        return True
    return count >= (int(stated) if stated.isdigit() else asked)


def classify(reply: Reply) -> Exception | None:
    """The error an answer stands for, whatever its HTTP status; None for none and for unknown."""
    error = _failure(reply)
    words, title, code = _words(error, reply), str(error.get("title") or ""), _code(error)
    if reply.status == 429 or "THROTTLE" in title.upper() or _LOCKED in words:
        return Throttled(words, code="NET-04", after_seconds=_lock_seconds(words, reply))
    if reply.status == 401 or code in {_NO_PERMISSION, _UNAUTHORIZED}:
        return CredentialRefused(words)
    if reply.status == 402:
        return Fatal(words, code="SETUP-04")
    if reply.status == 403:
        return Fatal(words, code="AUTH-04")
    if reply.status >= 500 or 300 <= reply.status < 400:
        return None
    if reply.status in {400, 404, 405, 409} or code in _ABSENT:
        return Rejected(words, remote_code=code or None)
    return RemoteError(words) if error else None


def _failure(reply: Reply) -> Mapping[str, Any]:
    """The part of an answer that says what went wrong; empty when nothing says so."""
    body = reply.mapping()
    told = body.get("error")
    if isinstance(told, Mapping) and told:
        return told
    return body if told or reply.status >= 400 or body.get("title") == _LOCKED else {}


def _code(error: Mapping[str, Any]) -> str:
    return str(error.get("code") or error.get("status_code") or "")


def _words(error: Mapping[str, Any], reply: Reply) -> str:
    details = error.get("details")
    inner = details.get("message") if isinstance(details, Mapping) else None
    said = (error.get(name) for name in ("message", "title", "error"))
    words = inner or next((s for s in said if s), None) or f"HTTP {reply.status}"
    return f"Zoho Projects: {words}"


def _lock_seconds(words: str, reply: Reply) -> float:
    """How long the lock lasts: by its message, else by its header, else as long as can be."""
    found = _AGAIN.search(words)
    if found is not None:
        return float(int(found.group(1)) * _UNITS[found.group(2).lower()])
    header = reply.header("Retry-After")
    return float(header) if header.isdigit() else _LOCK_SECONDS
