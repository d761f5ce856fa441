"""What lower rooms need from above: clock, waiting, tokens, rate buckets, locks."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol


class Clock(Protocol):
    """The only source of the present."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and when it ends (aware UTC)."""

    value: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Access tokens shared by all processes, encrypted at rest."""

    def get(self, key: str) -> Token | None:
        """The stored token, if any."""
        ...

    def put(self, key: str, token: Token) -> None:
        """Replace the stored token."""
        ...


class Buckets(Protocol):
    """Token buckets shared by all workers of one organization or portal."""

    def take(self, name: str, *, limit: int, per_seconds: int) -> float:
        """Take one call: 0.0 when it may go out now, else the seconds to wait (none taken)."""
        ...

    def block(self, name: str, until: datetime) -> None:
        """Let nobody take from the bucket before `until`."""
        ...

    def blocked_until(self, name: str) -> datetime | None:
        """The end of a lock-out, if one is on."""
        ...


class Locks(Protocol):
    """Named locks shared by all processes."""

    def hold(self, name: str) -> AbstractContextManager[None]:
        """Hold the lock for the block."""
        ...


def tell_nobody(words: str) -> None:
    """Nobody waits who would have to be told."""
    del words


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports a session gets from `app`."""

    clock: Clock
    wait: Callable[[float], None]
    tokens: TokenStore
    buckets: Buckets
    locks: Locks
    read_tries: int = 6
    """How often a read is tried before it fails (P-34); few where a person waits."""
    transport: Callable[[str], Any] | None = None
    """Given a base URL, the `requests` adapter to mount for it; None uses the network."""
    told: Callable[[str], None] = tell_nobody
    """Hears one line, without secrets, before a pause that a person would wonder about."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """A connector's simulator (see `tallystick.simulator.app.Simulator`) and how to reach it."""

    simulator: Any
    describe: Callable[[str], Mapping[str, Any]]
