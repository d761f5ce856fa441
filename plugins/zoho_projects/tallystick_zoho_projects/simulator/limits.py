"""The rolling limit of each path, and the lock that follows it."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tallystick.simulator.http import Request, Response, json_response

_PORTAL = re.compile(r"/portal/[^/]+")
_DIGITS = re.compile(r"/\d{6,}")


def pattern_of(request: Request) -> str:
    """The path without what differs between records and portals, and the method."""
    path = _DIGITS.sub("/#", _PORTAL.sub("/portal/#", request.path.rstrip("/")))
    return f"{request.method} {path}"


@dataclass(slots=True)
class Limits:
    """Calls of the last window and locks, by path pattern."""

    calls: dict[str, deque[datetime]] = field(default_factory=dict)
    locks: dict[str, datetime] = field(default_factory=dict)

    def passed(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> bool:
        """Count a call; True when it is refused. A call beyond the limit locks the path."""
        limit = int(switches["limit_per_window"])
        if not limit:
            return False
        pattern = pattern_of(request)
        if self.locks.get(pattern, now) > now:
            return True
        calls = self.calls.setdefault(pattern, deque())
        window = timedelta(seconds=float(switches["window_seconds"]))
        while calls and now - calls[0] >= window:
            calls.popleft()
        if len(calls) >= limit:
            calls.clear()
            self.locks[pattern] = now + timedelta(minutes=float(switches["lock_minutes"]))
            return True
        calls.append(now)
        return False

    def refusal(self, request: Request, now: datetime, switches: Mapping[str, Any]) -> Response:
        """The answer during a lock, with the minutes that are left."""
        full = timedelta(minutes=float(switches["lock_minutes"]))
        end = self.locks.get(pattern_of(request), now)
        left = end - now if end > now else full
        minutes = max(-(-left // timedelta(minutes=1)), 1)
        limit = int(switches["limit_per_window"]) or 100
        window = float(switches["window_seconds"]) / 60
        code: int | str = 400
        if switches["status_code_as_text"]:
            code = str(code)
        told = (
            f"Cannot execute more than {limit} requests per API in {window:g} minutes. "
            f"Try again after {minutes} minutes."
        )
        error = {
            "status_code": code,
            "title": "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",
            "error_type": "OPERATIONAL_VALIDATION_ERROR",
            "details": {"message": told},
        }
        late = {"Retry-After": str(int(left.total_seconds()))}
        headers = late if switches["send_retry_after"] else {}
        return json_response(int(switches["throttle_status"]), {"error": error}, headers)
