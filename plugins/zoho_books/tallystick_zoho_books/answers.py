"""What an answer of Zoho Books stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tallystick.errors import AlreadyThere, CredentialRefused, Fatal, Rejected, Throttled
from tallystick.toolbox import Reply

NAME_TAKEN = 3062
ABSENT = 1002
REFUSALS = frozenset({4, ABSENT, 4001, 4002, 4003, 20050, 20054})
"""Body codes that are known to refuse: invalid value, no such record, parts of a list, timers."""
_MINUTE, _DAY = 44, 45
_BUSY = frozenset({1070, 43})
_CREDENTIAL = frozenset({14, 57})
_NOT_A_MEMBER = 6041
_MINUTE_SECONDS, _DAY_SECONDS, _BUSY_SECONDS = 60.0, 3600.0, 2.0
_DAY_MOST = 86_400.0


def code_of(body: Mapping[str, Any]) -> int | None:
    """Return the body's code as a number; None when there is none, or none that is a number."""
    value = body.get("code")
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def words_of(reply: Reply) -> str:
    """Return what an answer says, for a person."""
    body = reply.mapping()
    said = str(body.get("message") or f"HTTP {reply.status}")[:300]
    return f"Zoho Books: {said} (code {code_of(body)})"


@dataclass(frozen=True, slots=True)
class Answers:
    """Judges answers. Codes that are not known stand for nothing: a write is then looked up.

    `duplicates` and `refusals` are codes that the connection's settings add to the known ones.
    """

    now: Callable[[], datetime]
    duplicates: frozenset[int] = frozenset()
    refusals: frozenset[int] = frozenset()

    def __call__(self, reply: Reply) -> Exception | None:
        """Return the error an answer stands for; None for success and for what is not known."""
        if reply.status >= 500:
            return None
        code = code_of(reply.mapping())
        return (
            self._throttle(reply, code) or self._closed(reply, code) or self._refused(reply, code)
        )

    def _throttle(self, reply: Reply, code: int | None) -> Exception | None:
        if code == _DAY:
            reset = reply.header("X-Rate-Limit-Reset").strip()
            told = float(reset[:12]) if reset.isascii() and reset.isdigit() else _DAY_SECONDS
            seconds = min(max(told, 1.0), _DAY_MOST)
            return Throttled(words_of(reply), code="NET-03", after_seconds=seconds)
        if code == _MINUTE or code in _BUSY:
            otherwise = _MINUTE_SECONDS if code == _MINUTE else _BUSY_SECONDS
            wait = reply.retry_after(self.now(), otherwise)
            return Throttled(words_of(reply), code="NET-01", after_seconds=wait)
        return None

    def _closed(self, reply: Reply, code: int | None) -> Exception | None:
        """Nothing more can be done until a person acts."""
        words = words_of(reply)
        if code == _NOT_A_MEMBER:
            return Fatal(
                words,
                code="AUTH-03",
                fix="Use an account that belongs to the organization, or correct organization_id.",
            )
        if reply.status == 401 or code in _CREDENTIAL:
            return CredentialRefused(words)
        if reply.status == 403 or (reply.status == 404 and code != ABSENT):
            return Fatal(words, code="AUTH-04")
        return None

    def _refused(self, reply: Reply, code: int | None) -> Exception | None:
        """A refusal of this one call, by a code whose meaning is known."""
        if code in (0, None) or reply.status in {408, 409, 429}:
            return None
        if code == NAME_TAKEN or code in self.duplicates:
            return AlreadyThere(words_of(reply))
        if code in REFUSALS or code in self.refusals:
            return Rejected(words_of(reply), remote_code=str(code))
        return None
