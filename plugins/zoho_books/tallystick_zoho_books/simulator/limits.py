"""Call limits of an organization: a minute, a day, and calls at the same time."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tallystick.simulator.http import Response, json_response

PLAN_CALLS_A_DAY = 5000
"""What the Professional plan allows; shown in the headers while no limit is set."""
MINUTE_TEXT = (
    "For security reasons your organization has been blocked as it have exceeded the maximum "
    "number of requests per minute that can be sent from one organization."
)
_BUSY_TEXT = (
    "You have reached the maximum number of in process requests allowed at a time. "
    "Please try again later."
)


def throttled(code: int, message: str) -> Response:
    """HTTP 429, without Retry-After."""
    return json_response(429, {"code": code, "message": message})


@dataclass(slots=True)
class Quota:
    """Calls that one organization made."""

    zone: str
    recent: deque[datetime] = field(default_factory=deque)
    day: str = ""
    today: int = 0

    def take(
        self, now: datetime, *, per_minute: int, per_day: int, in_process: tuple[int, int]
    ) -> Response | None:
        """Count a call, or refuse it. `in_process` is how many there are and may be; 0: any."""
        self._roll(now)
        running, allowed = in_process
        if allowed and running > allowed:
            return throttled(1070, _BUSY_TEXT)
        if per_minute and len(self.recent) >= per_minute:
            return throttled(44, MINUTE_TEXT)
        if per_day and self.today >= per_day:
            words = f"has exceeded the maximum call rate limit of {per_day}."
            return throttled(45, f"The API call for this organization {words}")
        self.recent.append(now)
        self.today += 1
        return None

    def _roll(self, now: datetime) -> None:
        while self.recent and now - self.recent[0] >= timedelta(minutes=1):
            self.recent.popleft()
        day = now.astimezone(ZoneInfo(self.zone)).date().isoformat()
        if day != self.day:
            self.day, self.today = day, 0

    def headers(self, now: datetime, per_day: int) -> dict[str, str]:
        """The day's quota, what is left of it, and the seconds until it starts anew."""
        local = now.astimezone(ZoneInfo(self.zone))
        midnight = datetime.combine(
            local.date() + timedelta(days=1), datetime.min.time(), local.tzinfo
        )
        limit = per_day or PLAN_CALLS_A_DAY
        left = max(limit - self.today, 0 if per_day else 1)
        return {
            "X-Rate-Limit-Limit": str(limit),
            "X-Rate-Limit-Remaining": str(left),
            "X-Rate-Limit-Reset": str(int((midnight - now).total_seconds())),
        }
