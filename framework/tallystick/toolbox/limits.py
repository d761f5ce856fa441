"""Limits of calls, kept before the other system has to refuse."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tallystick.errors import Throttled
from tallystick.model.ports import Ports

TOLD_SECONDS = 5.0
"""Waits from here on are told to whoever waits."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `calls` in `per_seconds`, counted under `name` by all workers together.

    `calls` of 0 counts nothing, but a lock-out put on the name is still kept. `code` is the
    error code of this limit: the bucket that an answer with this code locks.
    """

    name: str
    calls: int
    per_seconds: int
    code: str = "NET-01"


def _pause(limit: Limit, seconds: float, ports: Ports, patience: float) -> None:
    if seconds <= patience:
        if seconds >= TOLD_SECONDS:
            ports.told(f"waits {seconds:.0f} s for the limit {limit.name}")
        ports.wait(seconds)
        return
    until = ports.clock.now() + timedelta(seconds=seconds)
    raise Throttled(
        f"the limit {limit.name} is used up until {until:%Y-%m-%d %H:%M:%S} UTC",
        code=limit.code,
        after_seconds=seconds,
        until=until,
    )


def _locked_for(limit: Limit, ports: Ports) -> float:
    until = ports.buckets.blocked_until(limit.name)
    return 0.0 if until is None else (until - ports.clock.now()).total_seconds()


def take(limits: Sequence[Limit], ports: Ports, patience: float) -> None:
    """Take one call from every limit, waiting up to `patience` seconds for each.

    Raises Throttled with `until` where the wait would be longer. The longest limit is asked
    first, so that a call the day no longer allows does not use up a minute's.
    """
    for limit in sorted(limits, key=lambda one: -one.per_seconds):
        while (seconds := _locked_for(limit, ports)) > 0:
            _pause(limit, seconds, ports, patience)
        if limit.calls <= 0:
            continue
        while (
            seconds := ports.buckets.take(
                limit.name, limit=limit.calls, per_seconds=limit.per_seconds
            )
        ) > 0:
            _pause(limit, seconds, ports, patience)


def lock_out(error: Throttled, limits: Sequence[Limit], ports: Ports) -> Throttled:
    """Put an answered lock-out on the bucket it belongs to, for all workers; return the error.

    The bucket is the first with the error's code, else the first of all. Waits are kept
    between one second and one day, whatever the other system says.
    """
    now = ports.clock.now()
    until = error.until or now + timedelta(seconds=error.after_seconds or 0.0)
    until = min(max(until, now + timedelta(seconds=1)), now + timedelta(days=1))
    error.until = until
    error.after_seconds = (until - now).total_seconds()
    if limits:
        name = next((one.name for one in limits if one.code == error.code), limits[0].name)
        ports.buckets.block(name, until)
    return error
