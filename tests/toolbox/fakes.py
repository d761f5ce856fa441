"""Ports that live in memory, and a requests adapter that answers from a script."""

import io
import json
from collections import defaultdict
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests
from requests.adapters import BaseAdapter
from tallystick.model.connection import Credential
from tallystick.model.ports import Ports, Token
from urllib3 import HTTPResponse

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves when somebody waits."""

    def __init__(self) -> None:
        self.at = START
        self.waits: list[float] = []

    def now(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


class FakeTokens:
    def __init__(self) -> None:
        self.kept: dict[str, Token] = {}

    def get(self, key: str) -> Token | None:
        return self.kept.get(key)

    def put(self, key: str, token: Token) -> None:
        self.kept[key] = token


class FakeBuckets:
    """Fixed windows that start with the first call."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self.taken: dict[str, list[datetime]] = defaultdict(list)
        self.blocks: dict[str, datetime] = {}

    def take(self, name: str, *, limit: int, per_seconds: int) -> float:
        now = self.clock.now()
        live = [at for at in self.taken[name] if (now - at).total_seconds() < per_seconds]
        self.taken[name] = live
        if len(live) < limit:
            live.append(now)
            return 0.0
        return per_seconds - (now - live[0]).total_seconds()

    def block(self, name: str, until: datetime) -> None:
        self.blocks[name] = until

    def blocked_until(self, name: str) -> datetime | None:
        return self.blocks.get(name)


class FakeLocks:
    def __init__(self) -> None:
        self.held: list[str] = []

    def hold(self, name: str) -> AbstractContextManager[None]:
        self.held.append(name)
        return nullcontext()


@dataclass
class Sent:
    """One request as it reached the other side."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Script(BaseAdapter):
    """Answers in order: (status, body[, headers]) or an exception to raise."""

    answers: list[Any] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    default: Any = None

    def send(
        self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any
    ) -> requests.Response:
        url = urlsplit(str(request.url))
        body = request.body
        body = body.decode() if isinstance(body, bytes) else body
        self.sent.append(
            Sent(
                str(request.method),
                url.path,
                dict(parse_qsl(url.query, keep_blank_values=True)),
                dict(request.headers),
                json.loads(body) if body and body[0] in "{[" else body,
            )
        )
        answer = self.answers.pop(0) if self.answers else self.default
        if callable(answer):
            answer = answer(self.sent[-1])
        if isinstance(answer, Exception):
            raise answer
        status, content, *more = answer
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        response = requests.Response()
        response.status_code = status
        response.headers.update(more[0] if more else {"Content-Type": "application/json"})
        response.raw = HTTPResponse(
            body=io.BytesIO(raw), headers=response.headers, status=status, preload_content=False
        )
        response.url = str(request.url)
        response.request = request
        return response

    def close(self) -> None:
        pass


TOKEN_OK = (200, {"access_token": "1000.canaryaccess.1", "expires_in": 3600})
OAUTH = Credential(
    "oauth",
    {
        "client_id": "1000.CLIENT",
        "client_secret": "canary-client-secret",
        "refresh_token": "1000.canary-refresh.token",
    },
)
LEGACY = Credential("authtoken", {"email": "boss@example.com", "key": "canary-zsc-key"})


@dataclass
class World:
    """Everything a session is given, with handles for the test."""

    clock: FakeClock
    tokens: FakeTokens
    buckets: FakeBuckets
    locks: FakeLocks
    accounts: Script
    service: Script

    @property
    def ports(self) -> Ports:
        return Ports(
            clock=self.clock,
            wait=self.clock.wait,
            tokens=self.tokens,
            buckets=self.buckets,
            locks=self.locks,
            transport=lambda base: self.accounts if "accounts" in base else self.service,
        )


def world(*answers: Any, accounts: Any = TOKEN_OK, default: Any = None) -> World:
    """Make a world whose service answers from the script."""
    clock = FakeClock()
    return World(
        clock,
        FakeTokens(),
        FakeBuckets(clock),
        FakeLocks(),
        Script(default=accounts),
        Script(list(answers), default=default),
    )
