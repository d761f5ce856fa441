"""A process killed in the transport, and what the service's own journal says was made."""

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from tallystick.app.demo_stage import Stage

_MARK = re.compile(r"TSY-[A-Z2-7]{20}|\[ts:[A-Z2-7]{10}\]|[\w.]+@[\w.]+")
"""By what a record of ours is known: reference, marker, or a user's address."""


class DyingAdapter(HTTPAdapter):
    """Kills this very process when a POST of one path is sent.

    W4: the bytes never arrive; they are kept in `kept`, so that they may arrive late. W5: they
    took effect and the answer is lost.
    """

    def __init__(self, window: str, path: str, kept: Path) -> None:
        super().__init__()
        self._window, self._path, self._kept = window, path, kept

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        """One request, the last one where it is the chosen one."""
        where = str(request.url).split("?")[0]
        chosen = request.method == "POST" and where.endswith(self._path)
        if chosen and self._window == "W4":
            body = request.body if isinstance(request.body, str) else (request.body or b"").decode()
            sent = {"url": request.url, "headers": dict(request.headers), "body": body}
            self._kept.write_text(json.dumps(sent))
            os.kill(os.getpid(), signal.SIGKILL)
        answer = super().send(request, *args, **kwargs)
        if chosen:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def arrives_late(kept: Path) -> int:
    """What a killed process had sent arrives now; the service's status."""
    sent: Mapping[str, Any] = json.loads(kept.read_text())
    answer = requests.post(sent["url"], data=sent["body"], headers=sent["headers"], timeout=10)
    return answer.status_code


def _marks(place: Stage, *, path: str, effect: bool) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in place.simulators["zoho_books"].journal:
        if entry.method != "POST" or not entry.path.endswith(path):
            continue
        if effect and (entry.effect_id is None or not 200 <= entry.status < 300):
            continue
        found.update(set(_MARK.findall(entry.body)[-1:]))
    return found


def made_twice(place: Stage) -> list[str]:
    """References, markers and addresses under which the accounts made more than one record."""
    paths = ("/invoices", "/projects", "/tasks", "/timeentries", "/users", "/contacts")
    return [
        f"{path} {mark}"
        for path in paths
        for mark, times in _marks(place, path=path, effect=True).items()
        if times > 1
    ]


def bills_sent(place: Stage) -> Counter[str]:
    """How often each invoice was sent, whatever became of it, by its reference."""
    return _marks(place, path="/invoices", effect=False)
