"""Secrets are taken out of everything that may be shown, logged or stored."""

import logging
import re
from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote

from tallystick.errors import TallystickError

HIDDEN = "[hidden]"
_SHORTEST = 4
_NAMES = (
    r"access_token|refresh_token|client_secret|authtoken|auth_token|id_token|"
    r"api_key|apikey|password|passwd|secret|zsc_key"
)
_PAIR = re.compile(rf"(?i)\b({_NAMES})(\"?\s*[=:]\s*\"?)([^\s&\"',;}}]{{2,}})")
_SCHEME = re.compile(r"(?i)\b(bearer|basic|zoho-oauthtoken|zoho-authtoken)(\s+)[^\s\"',;]+")
_SECRET_HEADERS = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_Error = TypeVar("_Error", bound=TallystickError)


def redact(text: str) -> str:
    """Hide what stands after a telling name (`authtoken=`, `"refresh_token":`, `Bearer `)."""
    return _SCHEME.sub(rf"\1\2{HIDDEN}", _PAIR.sub(rf"\1\2{HIDDEN}", text))


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with the values of those that carry credentials hidden."""
    return {
        name: HIDDEN if name.lower() in _SECRET_HEADERS else redact(value)
        for name, value in headers.items()
    }


class Redactor:
    """Knows the secret values of one connection and takes them out of texts.

    Values shorter than four characters are left alone: hiding them would hide half of every text.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Hide this value from now on, also as it is spelt in a URL."""
        if len(secret) >= _SHORTEST:
            self._secrets.update((secret, quote(secret, safe="")))

    def text(self, text: str) -> str:
        """Return the text with every known value and every telling pair hidden."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return redact(text)

    def error(self, error: _Error) -> _Error:
        """Clean an error's own words in place and return it."""
        error.message = self.text(error.message)
        error.fix = self.text(error.fix)
        error.args = (error.message,)
        return error

    def __repr__(self) -> str:
        return f"Redactor({len(self._secrets)} values)"


class RedactingFilter(logging.Filter):
    """A log filter that hides telling pairs; it knows no values, so it can stand anywhere."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the finished message; every record passes."""
        record.msg = redact(record.getMessage())
        record.args = ()
        return True


def guard_http_logs() -> None:
    """Keep credentials in query strings out of urllib3's debug log; adds its filter once."""
    logger = logging.getLogger("urllib3.connectionpool")
    if not any(isinstance(known, RedactingFilter) for known in logger.filters):
        logger.addFilter(RedactingFilter())
